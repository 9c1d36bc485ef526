import { Button, Group, Stack } from '@mantine/core'
import { Plus, Send } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Sparkline } from '../../components/chart/sparkline.tsx'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { Webhook } from '../../hub/client.ts'
import { useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatCompact, formatMs, formatPercent, NONE } from '../../lib/format.ts'
import { hoursAgo, hoursOf } from '../../lib/hours.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { State } from './state.tsx'
import { texts } from './texts.ts'

const none = { q: undefined, status: undefined }

/** Where events are sent to. */
export function EndpointsPart() {
  const { can } = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'status' | 'sort'>()
  const list = useRows('/api/v1/webhooks', { query: { ...search.q && { q: search.q }, ...search.status && { status: search.status as Webhook['status'] } } }, { refetchInterval: 30_000 })
  const { rows: figures } = useRows('/api/v1/figures/webhooks', { query: { limit: 500 } }, { refetchInterval: 60_000 })
  const rows = useMemo(() => {
    const courses = new Map(figures?.map(({ webhookId, series }) => [webhookId, series]))
    return list.rows?.map((row): EndpointRow => ({ ...row, course: courses.get(row.id) }))
  }, [list.rows, figures])
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchEndpoints} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        <FilterChoice label={texts.anyStatus} choices={texts.statuses} value={search.status} onChange={(status) => { setSearch({ status }) }} />
      </Group>
      <DataTable
        label={texts.parts.endpoints} rows={rows} columns={columns} rowId={({ id }) => id} to={({ id }) => path(`webhooks/endpoints/${id}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={search.q !== undefined || search.status !== undefined} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Send, title: texts.noEndpoints, text: texts.noEndpointsText, action: can('webhooks:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('webhooks/new')}>{texts.create}</Button> }}
        more={list.more}
      />
    </Stack>
  )
}

interface EndpointRow extends Webhook { course: Row<'/api/v1/figures/webhooks'>['series'] | undefined }

const columns: Column<EndpointRow>[] = [
  {
    id: 'name', header: texts.name, sort: ({ name }) => name,
    cell: ({ name, url }) => <Named name={name} below={url} />,
  },
  { id: 'status', header: texts.status, sort: ({ status }) => status, cell: ({ status, failingSince }) => <State status={status} failingSince={failingSince} /> },
  { id: 'events', header: texts.eventTypes, from: 'md', cell: ({ events: { subscribedEvents: [first = '', ...others] } }) => <span className="app-mono" title={[first, ...others].join(', ')}>{first}{others.length > 0 && ` +${others.length}`}</span> },
  { id: 'course', header: texts.course, isHeaderHidden: true, from: 'md', width: 96, cell: ({ course }) => course !== undefined && <Sparkline width={72} height={24} values={hoursOf(course, hoursAgo(23)).map((hour) => hour?.delivered ?? 0)} /> },
  { id: 'delivered', header: texts.deliveredDay, align: 'end', from: 'sm', sort: ({ monitoring }) => monitoring.delivered, cell: ({ monitoring }) => <span className="app-num">{formatCompact(monitoring.delivered)}</span> },
  {
    id: 'errors', header: texts.errorRate, align: 'end', from: 'xs', sort: ({ monitoring: { attempts, errorRate } }) => (attempts === 0 ? null : errorRate),
    cell: ({ monitoring: { attempts, errorRate } }) => <span className="app-num" style={errorRate > 0 ? { color: 'var(--app-bad)' } : {}}>{attempts === 0 ? NONE : formatPercent(errorRate)}</span>,
  },
  { id: 'latency', header: texts.latency, align: 'end', from: 'md', sort: ({ monitoring }) => monitoring.averageLatency, cell: ({ monitoring }) => <span className="app-num">{formatMs(monitoring.averageLatency)}</span> },
  { id: 'last', header: texts.lastDelivery, align: 'end', from: 'sm', sort: ({ monitoring }) => monitoring.lastDelivery, cell: ({ monitoring }) => <Ago time={monitoring.lastDelivery} none={texts.never} /> },
]
