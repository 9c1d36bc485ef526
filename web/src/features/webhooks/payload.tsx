import { Button, Group, Stack, Text } from '@mantine/core'
import { Download } from 'lucide-react'
import { useMemo } from 'react'
import { Editor } from '../../components/code/editor.tsx'
import { ValueView } from '../../components/code/value-view.tsx'
import { texts as common } from '../../components/texts.ts'
import { formatBytes } from '../../lib/format.ts'

/** Longer than this is no reading matter, and would hold the page up. */
const SHOWN = 200_000

/** Data of an event: whole where it can be looked at, else its beginning and the whole as a file. */
export function Payload({ value, label, name }: { value: unknown, label: string, name: string }) {
  const text = useMemo(() => (typeof value === 'string' ? value : JSON.stringify(value) ?? ''), [value])
  if (text.length <= SHOWN) return <ValueView value={value} label={label} />
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    Object.assign(document.createElement('a'), { href: url, download: name }).click()
    URL.revokeObjectURL(url)
  }
  return (
    <Stack gap="xs">
      <Group gap="xs"><Text size="sm">{common.shortened(formatBytes(SHOWN), formatBytes(text.length))}</Text><Button variant="default" leftSection={<Download size={14} />} onClick={save}>{common.download}</Button></Group>
      <Editor value={text.slice(0, SHOWN)} language="text" label={label} />
    </Stack>
  )
}
