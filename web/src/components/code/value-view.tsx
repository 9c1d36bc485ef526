import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTenant } from '../../hub/session.ts'
import { formatBytes } from '../../lib/format.ts'
import { CopyButton } from '../copy-button.tsx'
import { Problem } from '../problem.tsx'
import { texts } from '../texts.ts'
import { Editor } from './editor.tsx'

interface Large { id: string, contentType: string, sizeBytes: number }

function largeOf(value: unknown): Large | undefined {
  const { $blob } = (value ?? {}) as { $blob?: Large }
  return typeof $blob?.id === 'string' && typeof $blob.sizeBytes === 'number' ? $blob : undefined
}

/** A payload of whatever kind: JSON, text, nothing, or a large value beside the record, of which at most the beginning is fetched. */
export function ValueView({ value, label }: { value: unknown, label: string }) {
  const large = largeOf(value)
  if (large !== undefined) return <LargeView large={large} label={label} />
  if (value === undefined || value === null || value === '') return <Text size="sm" c="dimmed">{texts.empty}</Text>
  const { text, language } = readable(value)
  return (
    <div className="app-over">
      <div className="app-over-action"><CopyButton value={text} /></div>
      <Editor value={text} language={language} label={label} />
    </div>
  )
}

function readable(value: unknown): { text: string, language: 'json' | 'text' } {
  if (typeof value !== 'string') return { text: JSON.stringify(value, null, 2), language: 'json' }
  try {
    return { text: JSON.stringify(JSON.parse(value), null, 2), language: 'json' }
  } catch {
    return { text: value, language: 'text' }
  }
}

const BEGINNING_BYTES = 100_000

function LargeView({ large: { id, contentType, sizeBytes }, label }: { large: Large, label: string }) {
  const { hub, slug } = useTenant()
  const [isOpen, setOpen] = useState(false)
  const isText = /json|text|xml|yaml|javascript|urlencoded/.test(contentType)
  const { data, error } = useQuery({
    queryKey: [slug, 'beginning', id], enabled: isOpen, staleTime: Infinity,
    queryFn: async ({ signal }) => beginningOf(await hub.raw('GET', '/api/v1/blobs/{id}', { path: { id }, signal })),
  })
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="sm">{texts.large(formatBytes(sizeBytes))} {!isText && texts.binary}</Text>
        <Button variant="default" leftSection={<Download size={14} />} component="a" href={`/api/v1/blobs/${id}?tenant=${encodeURIComponent(slug)}`} download={id}>{texts.download}</Button>
        {isText && !isOpen && <Button variant="default" onClick={() => { setOpen(true) }}>{texts.showBeginning}</Button>}
      </Group>
      {error !== null && <Problem error={error} />}
      {data !== undefined && <><Text size="xs" c="dimmed">{texts.shortened(formatBytes(data.length), formatBytes(sizeBytes))}</Text><Editor value={data} language="text" label={label} /></>}
    </Stack>
  )
}

/** No more of it crosses the wire. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < BEGINNING_BYTES) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text.slice(0, BEGINNING_BYTES)
}
