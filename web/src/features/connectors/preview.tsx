import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatNumber } from '../../lib/format.ts'
import type { Given } from './document-input.tsx'
import { readDocument } from './read-document.ts'
import { texts } from './texts.ts'

/** What is in a document, before anything is sent. */
export function Preview({ given }: { given: Given }) {
  const { data } = useQuery({ queryKey: ['document', given], enabled: given.kind === 'text', staleTime: Infinity, gcTime: 0, queryFn: () => readDocument(given.kind === 'text' ? given.text : '') })
  if (given.kind === 'url') return <Text size="sm" c="dimmed">{texts.previewUrl}</Text>
  if (data === undefined) return null
  if ('fault' in data) return <Text size="sm" style={{ color: 'var(--app-bad)' }} className="app-anywhere">{data.fault}</Text>
  return (
    <Stack gap={6}>
      <Text fw={600} dir="auto" className="app-anywhere">{data.title}</Text>
      <Text size="sm" c="dimmed">{texts.previewText(data.version, formatNumber(data.operations.length))}{data.server !== undefined && ` · ${texts.server}: ${data.server}`}</Text>
      {data.operations.slice(0, 8).map(({ method, path, summary }) => (
        <Group key={`${method} ${path}`} gap="sm" wrap="nowrap"><span className="app-method">{method.toUpperCase()}</span><span className="app-mono app-clip">{path}</span><Text span size="xs" c="dimmed" className="app-clip">{summary}</Text></Group>
      ))}
      {data.operations.length > 8 && <Text size="xs" c="dimmed">{texts.more(formatNumber(data.operations.length - 8))}</Text>}
    </Stack>
  )
}
