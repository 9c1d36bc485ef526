import { ActionIcon, Button, Group, Input, Text, Textarea } from '@mantine/core'
import type { FieldProps } from '@rjsf/utils'
import { FileUp, X } from 'lucide-react'
import { useRef } from 'react'
import { formatBytes } from '../../lib/format.ts'
import { texts } from '../texts.ts'
import { described } from './described.tsx'
import type { FileForm } from './drawable.ts'

type Value = string | { filename?: string, contentType?: string, data?: string, $base64?: string, $blob?: unknown }

/** A file that is chosen, or a text that is sent as one. */
export function FileField({ form, field: { fieldPathId, formData, onChange, schema, name, title, required, disabled, rawErrors } }: { form: FileForm, field: FieldProps }) {
  const input = useRef<HTMLInputElement>(null)
  const id = fieldPathId.$id
  const label = schema.title ?? title ?? name
  const value = formData as Value | undefined
  const set = (next: Value | undefined): void => { onChange(next, fieldPathId.path) }
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    const bytes = await base64Of(file)
    set(form === 'part' ? { filename: file.name, ...file.type !== '' && { contentType: file.type }, data: bytes } : { $base64: bytes })
  }
  const isFile = typeof value === 'object'
  return (
    <Input.Wrapper id={`${id}-text`} label={label} required={required ?? false} description={described(schema.description ?? '')} error={rawErrors?.join('\n')}>
      {isFile
        ? <Group gap={6}><Text size="sm" className="app-anywhere">{nameOf(value)}</Text><ActionIcon size="sm" aria-label={texts.removeFile(label)} onClick={() => { set(undefined) }}><X size={13} /></ActionIcon></Group>
        : <Textarea id={`${id}-text`} autosize minRows={1} maxRows={10} disabled={disabled ?? false} placeholder={form === 'text' ? '' : texts.fileAsText} value={value ?? ''} onChange={(event) => { set(event.currentTarget.value === '' ? undefined : event.currentTarget.value) }} />}
      <Group gap="xs" mt={6}>
        <Button size="compact-sm" variant="default" leftSection={<FileUp size={13} />} disabled={disabled ?? false} aria-label={`${texts.chooseFile}: ${label}`} onClick={() => { input.current?.click() }}>{texts.chooseFile}</Button>
        <input ref={input} id={id} type="file" hidden aria-label={label} onChange={(event) => {
          void take(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }} />
      </Group>
    </Input.Wrapper>
  )
}

function nameOf({ filename, data, $base64, $blob }: Exclude<Value, string>): string {
  if ($blob !== undefined) return texts.storedFile
  const size = formatBytes(Math.floor((data ?? $base64 ?? '').replace(/=+$/, '').length * 3 / 4))
  return filename === undefined ? size : `${filename}, ${size}`
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  // As many arguments as one call takes.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}
