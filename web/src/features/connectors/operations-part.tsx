import { Stack, Text } from '@mantine/core'
import { ListTree } from 'lucide-react'
import { SearchInput } from '../../components/search-input.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { Connector, OperationSummary } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

const columns: Column<OperationSummary>[] = [
  { id: 'id', header: texts.operation, cell: ({ id }) => <Text size="sm" fw={550} className="app-anywhere">{id}</Text> },
  { id: 'path', header: texts.path, from: 'sm', cell: ({ method, path }) => (path === undefined ? '' : <span className="app-mono app-anywhere"><strong>{method?.toUpperCase()}</strong> {path}</span>) },
  { id: 'summary', header: texts.summary, from: 'xs', cell: ({ summary }) => <span className="app-anywhere" dir="auto">{summary}</span> },
]

export function OperationsPart({ connector: { id } }: { connector: Connector }) {
  const [{ q }, setUrl] = useUrl<'q'>()
  const list = useRows('/api/v1/connectors/{id}/operations', { path: { id }, query: { ...q && { q } } })
  return (
    <Stack gap="sm">
      <SearchInput label={texts.searchOperations} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 280 }} />
      <DataTable label={texts.operationsTitle} rows={list.rows} columns={columns} rowId={({ id: operation }) => operation} error={list.error} retry={() => { void list.refetch() }}
        filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }} empty={{ icon: ListTree, title: texts.noOperations }}
        more={list.more} />
    </Stack>
  )
}
