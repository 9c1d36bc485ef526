import { Button, Group, Stack } from '@mantine/core'
import { FileUp, Puzzle } from 'lucide-react'
import { Ago } from '../../components/ago.tsx'
import { Logo } from '../../components/logo.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { ConnectorSummary } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatNumber } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'
import { waysIn } from './ways-in.ts'

const columns: Column<ConnectorSummary>[] = [
  {
    id: 'name', header: texts.connectors, sort: ({ name }) => name,
    cell: ({ name, id, logo }) => (
      <Group gap="sm" wrap="nowrap"><Logo src={logo} /><Named name={name} below={id} /></Group>
    ),
  },
  { id: 'origin', header: texts.origin, from: 'sm', sort: ({ origin }) => origin, cell: ({ origin }) => texts.originOf[origin] },
  { id: 'support', header: texts.supportLevel, from: 'md', sort: ({ supportLevel }) => supportLevel, cell: ({ supportLevel }) => texts.support[supportLevel] },
  { id: 'authentication', header: texts.authentication, from: 'md', cell: ({ authentication }) => waysIn(authentication) },
  { id: 'version', header: texts.version, from: 'sm', cell: ({ version }) => version },
  { id: 'operations', header: texts.operationsTitle, align: 'end', sort: ({ operations }) => operations, cell: ({ operations }) => <span className="app-num">{formatNumber(operations)}</span> },
  { id: 'updated', header: texts.updated, align: 'end', from: 'xs', sort: ({ updatedAt }) => updatedAt, cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
]

/** The tenant's own: the hub's, and those that were imported or installed. */
export function ConnectorsPage() {
  const path = usePath()
  const { can } = useTenant()
  const [{ q }, setUrl] = useUrl<'q'>()
  const list = useRows('/api/v1/connectors', { query: { limit: 500, ...q && { q } } })
  const importing = can('connectors:write') && <Button variant="default" leftSection={<FileUp size={14} />} component={RouteLink} to={path('connectors/import')}>{texts.import}</Button>
  return (
    <Stack gap="sm">
      <Group gap="xs"><SearchInput label={texts.searchConnectors} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 280 }} />{importing}</Group>
      <DataTable label={texts.list} rows={list.rows} columns={columns} rowId={({ id }) => id} to={({ id }) => path(`connectors/${encodeURIComponent(id)}`)} error={list.error} retry={() => { void list.refetch() }}
        filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }} empty={{ icon: Puzzle, title: texts.emptyTitle, action: importing }}
        more={list.more} />
    </Stack>
  )
}
