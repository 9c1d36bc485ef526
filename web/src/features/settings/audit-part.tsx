import { Group, Stack, Text } from '@mantine/core'
import { ScrollText } from 'lucide-react'
import { Ago } from '../../components/ago.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { AuditEntry } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

const columns: Column<AuditEntry>[] = [
  { id: 'at', header: texts.when, cell: ({ at }) => <Ago time={at} /> },
  { id: 'action', header: texts.what, cell: ({ action }) => <Text span size="sm" fw={550}>{action}</Text> },
  { id: 'actor', header: texts.who, from: 'sm', cell: ({ actor }) => <span className="app-mono">{actor}</span> },
  { id: 'target', header: texts.target, from: 'xs', cell: ({ targetType, targetId }) => <span className="app-mono app-anywhere">{targetType} {targetId}</span> },
  { id: 'detail', header: texts.detail, from: 'md', cell: ({ detail }) => <span className="app-mono app-anywhere">{Object.keys(detail).length === 0 ? '' : JSON.stringify(detail).slice(0, 200)}</span> },
]

export function AuditPart() {
  const [{ action }, setUrl] = useUrl<'action'>()
  const list = useRows('/api/v1/audit', { query: { ...action && { action } } })
  return (
    <Stack gap="sm">
      <Group><SearchInput label={texts.action} value={action} onSearch={(next) => { setUrl({ action: next }) }} w={{ base: '100%', xs: 320 }} /></Group>
      <DataTable label={texts.audit} rows={list.rows} columns={columns} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} filtered={action !== undefined} clearFilters={() => { setUrl({ action: undefined }) }} empty={{ icon: ScrollText, title: texts.noEntries }}
        more={list.hasNextPage ? { load: () => { void list.fetchNextPage() }, isLoading: list.isFetchingNextPage } : undefined} />
    </Stack>
  )
}
