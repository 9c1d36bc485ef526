/** What other features show of executions. */
import { Group, Text } from '@mantine/core'
import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { Ago } from '../../components/ago.tsx'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status, type Tone } from '../../components/status.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { TimeFilter, useSince } from '../../components/time-filter.tsx'
import type { Execution, ExecutionSummary } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { formatMs, NONE } from '../../lib/format.ts'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

const statusTone: Record<Execution['status'], Tone> = { succeeded: 'good', failed: 'bad', refused: 'warn' }

export function ExecutionStatus({ status }: { status: Execution['status'] }) {
  return <Status tone={statusTone[status]}>{texts.statuses[status]}</Status>
}

type Filters = 'q' | 'status' | 'operation' | 'since' | 'integration' | 'sort'
const none = { q: undefined, status: undefined, operation: undefined, since: undefined, integration: undefined }

/** With filters in the URL. `integrationId`: of this one only. */
export function ExecutionsList({ integrationId, beside, emptyAction }: { integrationId?: string, beside?: ReactNode, emptyAction?: ReactNode }) {
  const path = usePath()
  const [search, setSearch] = useUrl<Filters>()
  const of = integrationId ?? search.integration
  const from = useSince(search.since)
  const list = useRows('/api/v1/executions', {
    query: { ...of && { integrationId: of }, ...search.q && { q: search.q }, ...search.status && { status: search.status as Execution['status'] }, ...search.operation && { operation: search.operation }, ...from && { from } },
  })
  return (
    <>
      <Group gap="xs">
        <SearchInput label={texts.search} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        {beside}
        <FilterChoice label={texts.anyStatus} choices={texts.statuses} value={search.status} onChange={(status) => { setSearch({ status }) }} />
        <TimeFilter value={search.since} onChange={(since) => { setSearch({ since }) }} />
      </Group>
      <DataTable
        label={texts.list} rows={list.rows} columns={integrationId === undefined ? columns : columns.filter(({ id }) => id !== 'integration')} rowId={({ id }) => id} to={({ id }) => path(`executions/${id}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={Object.keys(none).some((name) => search[name as Filters] !== undefined)} clearFilters={() => { setSearch(none) }}
        empty={{ icon: History, title: texts.emptyTitle, text: texts.emptyText, action: emptyAction }}
        more={list.more}
      />
    </>
  )
}

const columns: Column<ExecutionSummary>[] = [
  {
    id: 'operation', header: texts.operation, sort: ({ operation }) => operation,
    cell: ({ operation, method, endpoint }) => <Named name={operation} below={[method, endpoint].filter(Boolean).join(' ')} />,
  },
  { id: 'integration', header: texts.integration, from: 'sm', sort: ({ integrationName }) => integrationName, cell: ({ integrationName }) => (integrationName === null ? <Text span size="sm" c="dimmed">{texts.deleted}</Text> : <span dir="auto" className="app-clip">{integrationName}</span>) },
  { id: 'status', header: texts.status, sort: ({ status }) => status, cell: ({ status }) => <ExecutionStatus status={status} /> },
  {
    id: 'answer', header: texts.answer, from: 'md', sort: ({ statusCode }) => statusCode,
    cell: ({ statusCode, error }) => <span className="app-num" title={error?.message}>{[statusCode, error?.type].filter((each) => each !== null && each !== undefined).join(' · ') || NONE}</span>,
  },
  { id: 'latency', header: texts.latency, align: 'end', from: 'xs', sort: ({ latencyMs }) => latencyMs, cell: ({ latencyMs }) => <span className="app-num">{formatMs(latencyMs)}</span> },
  { id: 'started', header: texts.started, align: 'end', sort: ({ startedAt }) => startedAt, cell: ({ startedAt }) => <Ago time={startedAt} /> },
]
