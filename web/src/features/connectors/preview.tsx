import { List, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '../../components/loading.tsx'
import type { Reply } from '../../hub/client.ts'
import { useTenant } from '../../hub/session.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Given } from './document-input.tsx'
import { readDocument } from './read-document.ts'
import { OperationLines } from './operation-lines.tsx'
import { texts } from './texts.ts'

/** What is in a document, before it is imported: read here as it is typed, or by the hub from its address. */
export function Preview({ given }: { given: Given }) {
  return given.kind === 'url' ? <OfUrl url={given.url} /> : <OfText text={given.text} />
}

function OfText({ text }: { text: string }) {
  const { data } = useQuery({ queryKey: ['document', text], staleTime: Infinity, gcTime: 0, queryFn: () => readDocument(text) })
  if (data === undefined) return null
  if ('fault' in data) return <Text size="sm" style={{ color: 'var(--app-bad)' }} className="app-anywhere">{data.fault}</Text>
  const { title, version, operations, server } = data
  return <Shown title={title} summary={`${texts.previewText(version, texts.operations(operations.length, formatNumber(operations.length)))}${server === undefined ? '' : ` · ${texts.server}: ${server}`}`} operations={operations} count={operations.length} />
}

const SETTLED_MS = 600

/** The hub fetches it: the page may not, and does not reach what the hub reaches. */
function OfUrl({ url }: { url: string }) {
  const { hub, slug } = useTenant()
  const [settled] = useDebouncedValue(url, SETTLED_MS)
  const isAddress = /^https?:\/\/[^/]+/.test(settled)
  const query = useQuery({ queryKey: [slug, 'preview', settled], enabled: isAddress, retry: false, staleTime: 60_000, queryFn: ({ signal }) => hub.post('/api/v1/connectors/preview', { body: { url: settled }, signal }) })
  if (!isAddress) return <Text size="sm" c="dimmed">{texts.previewUrl}</Text>
  return <Loaded query={query} height={80}>{(found) => <Found found={found} />}</Loaded>
}

/** As the hub read it. */
function Found({ found: { title, specification, operationCount, servers, operations, warnings } }: { found: Reply<'POST', '/api/v1/connectors/preview'> }) {
  return (
    <Stack gap="sm">
      <Shown title={title} summary={`${texts.previewText(specification, texts.operations(operationCount, formatNumber(operationCount)))}${servers[0] === undefined ? '' : ` · ${texts.server}: ${servers[0]}`}`} operations={operations} count={operationCount} />
      {warnings.length > 0 && <details><summary><Text span size="sm" c="dimmed">{texts.warnings} ({formatNumber(warnings.length)})</Text></summary><List size="sm">{warnings.map((each) => <List.Item key={each} className="app-anywhere">{each}</List.Item>)}</List></details>}
    </Stack>
  )
}

function Shown({ title, summary, operations, count }: { title: string, summary: string, operations: { method: string, path: string, summary: string }[], count: number }) {
  return (
    <Stack gap={6}>
      <Text fw={600} dir="auto" className="app-anywhere">{title}</Text>
      <Text size="sm" c="dimmed" className="app-anywhere">{summary}</Text>
      <OperationLines operations={operations.slice(0, 8)} count={count} />
    </Stack>
  )
}
