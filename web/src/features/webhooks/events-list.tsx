import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Plus, Radio } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { TimeFilter, useSince } from '../../components/time-filter.tsx'
import type { Event } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

const none = { q: undefined, type: undefined, since: undefined, filter: undefined }
const names = ['q', 'type', 'since', 'filter'] as const

/** Whole events come with a list: no more of them at once than one looks at. */
const PAGE = 50

/** With filters in the URL. `sourceId`: of this webhook source only. */
export function EventsList({ sourceId }: { sourceId?: string }) {
  const path = usePath()
  const { can } = useTenant()
  const [search, setSearch] = useUrl<(typeof names)[number]>()
  const from = useSince(search.since)
  const list = useRows('/api/v1/events', {
    query: { limit: PAGE, ...sourceId && { webhookSourceId: sourceId }, ...search.q && { q: search.q }, ...search.type && { type: search.type }, ...search.filter && { filter: search.filter }, ...from && { from } },
  })
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchEvents} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 240 }} />
        <SearchInput label={texts.typeFilter} value={search.type} onSearch={(type) => { setSearch({ type }) }} w={{ base: 'calc(50% - 4px)', xs: 180 }} leftSection={null} />
        <TimeFilter value={search.since} onChange={(since) => { setSearch({ since }) }} />
        <JqFilter value={search.filter} onChange={(filter) => { setSearch({ filter }) }} />
      </Group>
      <DataTable
        label={texts.parts.events} rows={list.rows} columns={columns} rowId={({ messageId }) => messageId} to={({ messageId }) => path(`events/${messageId}`)}
        error={list.error} retry={() => { void list.refetch() }} filtered={names.some((name) => search[name] !== undefined)} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Radio, title: texts.noEvents, text: sourceId === undefined ? texts.noEventsText : texts.noEventsOfSource, action: sourceId === undefined && can('webhooks:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('webhooks/new', { kind: 'source' })}>{texts.createSource}</Button> }}
        more={list.more}
      />
    </Stack>
  )
}

/** A program is sent once it is written: half of one is an error. */
function JqFilter({ value, onChange }: { value: string | undefined, onChange(value: string | undefined): void }) {
  const [text, setText] = useState(value ?? '')
  useEffect(() => { setText(value ?? '') }, [value])
  const send = useDebouncedCallback((next: string) => { onChange(next.trim() === '' ? undefined : next.trim()) }, 900)
  return (
    <TextInput aria-label={texts.jqFilter} placeholder={texts.jqFilterExample} value={text} w={{ base: '100%', xs: 260 }} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      onChange={(event) => {
        setText(event.currentTarget.value)
        send(event.currentTarget.value)
      }} />
  )
}

const columns: Column<Event>[] = [
  {
    id: 'type', header: texts.type,
    cell: ({ type, id, subject }) => <Named name={type} below={subject ?? id} />,
  },
  { id: 'source', header: texts.source, from: 'sm', cell: ({ source }) => <span className="app-mono app-anywhere">{source}</span> },
  { id: 'flag', header: texts.schema, from: 'md', cell: ({ schemaErrors }) => (schemaErrors === null ? null : <Text span size="xs" style={{ color: 'var(--app-warn)' }}>{texts.schemaFaults(schemaErrors.length)}</Text>) },
  { id: 'received', header: texts.received, align: 'end', cell: ({ receivedAt }) => <Ago time={receivedAt} /> },
]
