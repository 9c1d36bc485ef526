import { Group } from '@mantine/core'
import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { FilterChoice } from '../../../components/filter-choice.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Named } from '../../../components/table/cells.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { DataTable } from '../../../components/table/data-table.tsx'
import { TimeFilter, useSince } from '../../../components/time-filter.tsx'
import type { RunSummary } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { formatMs } from '../../../lib/format.ts'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { flowIdOf } from '../paths.ts'
import { texts } from '../texts.ts'
import { RunStatus, type RunState } from './status.tsx'

type Filters = 'q' | 'status' | 'since' | 'trigger' | 'flow' | 'sort'
const none = { q: undefined, status: undefined, since: undefined, trigger: undefined, flow: undefined }

/** With filters in the URL. `flowId`: of this one only. */
export function RunsList({ flowId, beside, emptyAction }: { flowId?: string, beside?: ReactNode, emptyAction?: ReactNode }) {
  const path = usePath()
  const [search, setSearch] = useUrl<Filters>()
  const of = flowId ?? search.flow
  const from = useSince(search.since)
  const list = useRows('/api/v1/runs', {
    query: { ...of && { flow: of }, ...search.q && { q: search.q }, ...search.status && { status: search.status as RunState }, ...search.trigger && { trigger: search.trigger }, ...from && { from } },
  })
  return (
    <>
      <Group gap="xs">
        <SearchInput label={texts.runSearch} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        {beside}
        <FilterChoice label={texts.anyStatus} choices={texts.statuses} value={search.status} onChange={(status) => { setSearch({ status }) }} />
        <FilterChoice label={texts.anyTrigger} choices={texts.triggers} value={search.trigger} onChange={(trigger) => { setSearch({ trigger }) }} />
        <TimeFilter value={search.since} onChange={(since) => { setSearch({ since }) }} />
      </Group>
      <DataTable
        label={texts.runsList} rows={list.rows} columns={flowId === undefined ? columns : columns.filter(({ id }) => id !== 'version')} rowId={({ id }) => id} to={({ id }) => path(`runs/${id}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={Object.keys(none).some((name) => search[name as Filters] !== undefined)} clearFilters={() => { setSearch(none) }}
        empty={{ icon: History, title: texts.noRuns, text: texts.noRunsText, action: emptyAction }}
        more={list.more}
      />
    </>
  )
}

export const tookOf = ({ startedAt, endedAt }: { startedAt: string, endedAt: string | null }): number | null => (endedAt === null ? null : new Date(endedAt).getTime() - new Date(startedAt).getTime())

const columns: Column<RunSummary>[] = [
  { id: 'flow', header: texts.name, sort: flowIdOf, cell: (run) => <Named name={flowIdOf(run)} below={run.id.slice(-12)} /> },
  { id: 'version', header: texts.latestVersion, from: 'md', cell: ({ version }) => <span className="app-num">{version}</span> },
  { id: 'status', header: texts.status, sort: ({ status }) => status, cell: ({ status, errorType }) => <span title={errorType ?? ''}><RunStatus status={status} /></span> },
  { id: 'trigger', header: texts.trigger, from: 'sm', sort: ({ trigger }) => trigger.type, cell: ({ trigger: { type } }) => texts.triggers[type] ?? type },
  { id: 'took', header: texts.took, align: 'end', from: 'xs', sort: tookOf, cell: (run) => <span className="app-num">{formatMs(tookOf(run))}</span> },
  { id: 'started', header: texts.started, align: 'end', sort: ({ startedAt }) => startedAt, cell: ({ startedAt }) => <Ago time={startedAt} /> },
]
