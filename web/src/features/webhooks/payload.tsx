import { Button, Group, Stack, Text } from '@mantine/core'
import { Download } from 'lucide-react'
import { useMemo } from 'react'
import { Editor } from '../../components/code/editor.tsx'
import { ValueView } from '../../components/code/value-view.tsx'
import { texts as common } from '../../components/texts.ts'
import { formatBytes } from '../../lib/format.ts'
import { save } from '../../lib/save.ts'

/** Longer than this is no reading matter, and would hold the page up. */
const SHOWN = 200_000

/** Data of an event: whole where it can be looked at, else its beginning and the whole as a file. */
export function Payload({ value, label, name }: { value: unknown, label: string, name: string }) {
  const text = useMemo(() => (typeof value === 'string' ? value : JSON.stringify(value) ?? ''), [value])
  if (text.length <= SHOWN) return <ValueView value={value} label={label} />
  return (
    <Stack gap="xs">
      <Group gap="xs"><Text size="sm">{common.shortened(formatBytes(SHOWN), formatBytes(text.length))}</Text><Button variant="default" leftSection={<Download size={14} />} onClick={() => { save(text, 'application/json', name) }}>{common.download}</Button></Group>
      <Editor value={text.slice(0, SHOWN)} language="text" label={label} />
    </Stack>
  )
}

const HEX_BYTES = 512

/** Bytes that are no text: how they begin, and the whole as a file. */
export function BinaryPayload({ base64, contentType = 'application/octet-stream', label, name }: { base64: string, contentType?: string | undefined, label: string, name: string }) {
  const bytes = useMemo(() => Uint8Array.from(atob(base64), (each) => each.codePointAt(0)!), [base64])
  return (
    <Stack gap="xs">
      <Group gap="xs"><Text size="sm">{common.binary} {contentType}, {formatBytes(bytes.length)}</Text><Button variant="default" leftSection={<Download size={14} />} onClick={() => { save(bytes, contentType, name) }}>{common.download}</Button></Group>
      {bytes.length > HEX_BYTES && <Text size="xs" c="dimmed">{common.shortened(formatBytes(HEX_BYTES), formatBytes(bytes.length))}</Text>}
      <Editor value={hexOf(bytes.subarray(0, HEX_BYTES))} language="text" label={label} />
    </Stack>
  )
}

/** Sixteen bytes a line, with what of them is readable. */
function hexOf(bytes: Uint8Array): string {
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, line) => {
    const part = [...bytes.subarray(line * 16, line * 16 + 16)]
    return `${(line * 16).toString(16).padStart(4, '0')}  ${part.map((each) => each.toString(16).padStart(2, '0')).join(' ').padEnd(47)}  ${part.map((each) => (each >= 32 && each < 127 ? String.fromCodePoint(each) : '.')).join('')}`
  }).join('\n')
}
