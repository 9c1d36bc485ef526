import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Editor } from '../code/editor.tsx'
import { texts } from '../texts.ts'
import { SchemaForm } from './schema-form.tsx'
import { hasFields, hideSecrets } from './secrets.ts'

export interface ValueFormProps {
  label: string
  /** Of an object with fields it makes a form; of anything else, JSON. */
  schema: Record<string, unknown> | undefined
  value: unknown
  /** Undefined as long as what is typed is no JSON. */
  onChange(value: unknown): void
  errors?: { pointer: string, detail: string }[]
}

/** A value by its form, or as JSON; either goes on where the other stopped. */
export function ValueForm({ label, schema, value, onChange, errors = [] }: ValueFormProps) {
  const hasForm = schema !== undefined && hasFields(schema)
  const [isJson, setJson] = useState(!hasForm)
  const [text, setText] = useState(() => JSON.stringify(value ?? {}, null, 2))
  const [fault, setFault] = useState<string>()
  const type = (next: string): void => {
    setText(next)
    try {
      onChange(JSON.parse(next))
      setFault(undefined)
    } catch (error) {
      onChange(undefined)
      setFault(texts.notJson((error as Error).message))
    }
  }
  const turn = (next: string): void => {
    if (next === 'json') setText(JSON.stringify(value ?? {}, null, 2))
    else if (value === undefined) onChange({})
    setFault(undefined)
    setJson(next === 'json')
  }
  return (
    <Stack gap="sm">
      {hasForm && <SegmentedControl aria-label={label} data={[{ value: 'form', label: texts.form }, { value: 'json', label: texts.json }]} value={isJson ? 'json' : 'form'} onChange={turn} />}
      {isJson || !hasForm
        ? <Editor language="json" label={label} value={text} onChange={type} minHeight={160} />
        : <SchemaForm schema={schema} ui={hideSecrets(schema)} value={value} onChange={onChange} errors={errors} />}
      {fault !== undefined && <Text size="sm" style={{ color: 'var(--app-bad)' }}>{fault}</Text>}
      {(isJson || !hasForm) && errors.map(({ pointer, detail }) => <Text key={`${pointer} ${detail}`} size="sm" style={{ color: 'var(--app-bad)' }}><code>{pointer}</code> {detail}</Text>)}
    </Stack>
  )
}
