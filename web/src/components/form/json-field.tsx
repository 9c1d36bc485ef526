import { Textarea } from '@mantine/core'
import type { FieldProps } from '@rjsf/utils'
import { useState } from 'react'
import { texts } from '../texts.ts'
import { described } from './described.tsx'

/** Any JSON, where a schema says nothing of its form. */
export function JsonField({ fieldPathId, formData, onChange, schema, name, title, required, disabled, rawErrors }: FieldProps) {
  const [typed, setTyped] = useState<{ text: string, value: unknown, fault?: string }>()
  // What came from elsewhere goes before what was typed.
  const text = typed !== undefined && (typed.fault !== undefined || JSON.stringify(typed.value) === JSON.stringify(formData)) ? typed.text : formData === undefined ? '' : JSON.stringify(formData, null, 2)
  const type = (next: string): void => {
    try {
      const value: unknown = next.trim() === '' ? undefined : JSON.parse(next)
      setTyped({ text: next, value })
      onChange(value, fieldPathId.path)
    } catch (error) {
      setTyped({ text: next, value: undefined, fault: texts.notJson((error as Error).message) })
    }
  }
  return (
    <Textarea
      id={fieldPathId.$id} label={schema.title ?? title ?? name} description={described(schema.description ?? '')} required={required} disabled={disabled}
      autosize minRows={2} maxRows={14} spellCheck={false} classNames={{ input: 'app-mono' }} placeholder={texts.anyJson} data-kind="json"
      value={text} error={typed?.fault ?? rawErrors?.join('\n')} onChange={(event) => { type(event.currentTarget.value) }}
    />
  )
}
