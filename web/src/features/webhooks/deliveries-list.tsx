import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { PackageCheck, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { TimeFilter, useSince } from '../../components/time-filter.tsx'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { NONE } from '../../lib/format.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { DeliveryState, type DeliveryRow } from './state.tsx'
import { texts } from './texts.ts'

const names = ['q', 'status', 'type', 'since', 'webhook'] as const
const none = { q: undefined, status: undefined, type: undefined, since: undefined, webhook: undefined }

/** With filters in the URL. `webhookId`: to this endpoint only. */
export function DeliveriesList({ webhookId }: { webhookId?: string }) {
  const [search, setSearch] = useUrl<(typeof names)[number] | 'sort'>()
  const from = useSince(search.since)
  const { rows: endpoints = [] } = useRows('/api/v1/webhooks', { query: { limit: 500 } })
  const to = webhookId ?? search.webhook
  const list = useRows('/api/v1/deliveries', {
    query: { ...to && { webhookId: to }, ...search.q && { q: search.q }, ...search.status && { status: search.status as DeliveryRow['status'] }, ...search.type && { eventType: search.type }, ...from && { from } },
    // A search takes its time: it is not made again by itself.
  }, { refetchInterval: search.q === undefined && 15_000 })
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchDeliveries} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 260 }} />
        {webhookId === undefined && <Select aria-label={texts.anyEndpoint} placeholder={texts.anyEndpoint} clearable searchable w={{ base: '100%', xs: 190 }} data={endpoints.map(({ id, name }) => ({ value: id, label: name }))} value={search.webhook ?? null} onChange={(webhook) => { setSearch({ webhook: webhook ?? undefined }) }} />}
        <FilterChoice label={texts.anyStatus} choices={texts.deliveryStatuses} value={search.status} onChange={(status) => { setSearch({ status }) }} />
        <SearchInput label={texts.exactType} value={search.type} onSearch={(type) => { setSearch({ type }) }} w={{ base: 'calc(50% - 4px)', xs: 160 }} leftSection={null} />
        <TimeFilter value={search.since} onChange={(since) => { setSearch({ since }) }} />
      </Group>
      <DeliveriesTable list={list} endpoints={endpoints} isOfOne={webhookId !== undefined} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }} filtered={names.some((name) => search[name] !== undefined)} clearFilters={() => { setSearch(none) }} />
    </Stack>
  )
}

type List = ReturnType<typeof useRows<'/api/v1/deliveries'>>

interface TableProps { list: List, endpoints: { id: string, name: string }[], isOfOne?: boolean, sort?: string | undefined, onSort?: (sort: string | undefined) => void, filtered?: boolean, clearFilters?: () => void }

function DeliveriesTable({ list, endpoints, isOfOne = false, sort, onSort, filtered = false, clearFilters }: TableProps) {
  const path = usePath()
  const { can } = useTenant()
  const columns = useMemo(() => columnsOf(new Map(endpoints.map(({ id, name }) => [id, name]))).filter(({ id }) => !isOfOne || id !== 'endpoint'), [endpoints, isOfOne])
  return (
    <DataTable
      label={texts.parts.deliveries} rows={list.rows} columns={columns} rowId={({ id }) => id} to={({ id }) => path(`deliveries/${id}`)}
      error={list.error} retry={() => { void list.refetch() }} sort={sort} {...onSort && { onSort }} filtered={filtered} {...clearFilters && { clearFilters }} empty={{ icon: PackageCheck, title: texts.noDeliveries, text: texts.noDeliveriesText, action: endpoints.length === 0 && can('webhooks:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('webhooks/new')}>{texts.create}</Button> }}
      more={list.more}
    />
  )
}

/** All deliveries of one event. */
export function DeliveriesOfEvent({ messageId }: { messageId: string }) {
  const list = useRows('/api/v1/deliveries', { query: { eventId: messageId } }, { refetchInterval: 10_000 })
  const { rows: endpoints = [] } = useRows('/api/v1/webhooks', { query: { limit: 500 } })
  return <DeliveriesTable list={list} endpoints={endpoints} />
}

function columnsOf(endpoints: Map<string, string>): Column<DeliveryRow>[] {
  return [
    { id: 'type', header: texts.event, sort: ({ eventType }) => eventType, cell: ({ eventType, eventId }) => <Named name={eventType} below={eventId} /> },
    { id: 'endpoint', header: texts.endpoint, from: 'sm', sort: ({ webhookId }) => endpoints.get(webhookId) ?? null, cell: ({ webhookId }) => <span dir="auto" className="app-anywhere">{endpoints.get(webhookId) ?? texts.deletedEndpoint}</span> },
    { id: 'status', header: texts.status, sort: ({ status }) => status, cell: ({ status }) => <DeliveryState status={status} /> },
    { id: 'attempts', header: texts.attempts, align: 'end', from: 'sm', sort: ({ attemptCount }) => attemptCount, cell: ({ attemptCount }) => <span className="app-num">{attemptCount}</span> },
    { id: 'answer', header: texts.answer, from: 'md', sort: ({ lastStatusCode }) => lastStatusCode, cell: ({ lastStatusCode, error }) => <span className="app-clip" style={{ display: 'block', maxWidth: 320 }} title={error ?? undefined}>{error ?? lastStatusCode ?? NONE}</span> },
    { id: 'when', header: texts.when, align: 'end', sort: ({ finishedAt, dueAt }) => finishedAt ?? dueAt, cell: ({ finishedAt, dueAt }) => (finishedAt === null ? <Text span size="xs" c="dimmed">{texts.due} <Ago time={dueAt} mayBeAhead /></Text> : <Ago time={finishedAt} />) },
  ]
}
