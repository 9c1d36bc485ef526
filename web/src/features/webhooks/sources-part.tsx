import { Button, Group, Stack } from '@mantine/core'
import { Inbox, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { Ago } from '../../components/ago.tsx'
import { Sparkline } from '../../components/chart/sparkline.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { WebhookSource } from '../../hub/client.ts'
import { useRows, type Row } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { formatCompact, NONE } from '../../lib/format.ts'
import { hoursAgo, hoursOf } from '../../lib/hours.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { State } from './state.tsx'
import { texts } from './texts.ts'

interface SourceRow extends Pick<WebhookSource, 'id' | 'name' | 'url' | 'status'> { scheme: string, figure: Row<'/api/v1/figures/webhook-sources'> | undefined }

const none = { q: undefined, status: undefined }

/** Where others post to us. */
export function SourcesPart() {
  const { can } = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'status' | 'sort'>()
  const list = useRows('/api/v1/webhook-sources', { query: { ...search.q && { q: search.q }, ...search.status && { status: search.status as WebhookSource['status'] } } })
  const { rows: figures } = useRows('/api/v1/figures/webhook-sources', { query: { limit: 500 } }, { refetchInterval: 30_000 })
  const rows = useMemo(() => {
    const known = new Map(figures?.map((figure) => [figure.sourceId, figure]))
    return list.rows?.map(({ id, name, url, status, verification: { scheme } }): SourceRow => ({ id, name, url, status, scheme, figure: known.get(id) }))
  }, [list.rows, figures])
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchSources} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        <FilterChoice label={texts.anyStatus} choices={{ active: texts.statuses.active, paused: texts.statuses.paused }} value={search.status} onChange={(status) => { setSearch({ status }) }} />
      </Group>
      <DataTable
        label={texts.parts.sources} rows={rows} columns={columns} rowId={({ id }) => id} to={({ id }) => path(`webhooks/sources/${id}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={search.q !== undefined || search.status !== undefined} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Inbox, title: texts.noSources, text: texts.noSourcesText, action: can('webhooks:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('webhooks/new', { kind: 'source' })}>{texts.createSource}</Button> }}
        more={list.more}
      />
    </Stack>
  )
}

const columns: Column<SourceRow>[] = [
  { id: 'name', header: texts.name, sort: ({ name }) => name, cell: ({ name, scheme }) => <Named name={name} below={scheme} /> },
  { id: 'status', header: texts.status, sort: ({ status }) => status, cell: ({ status }) => <State status={status} /> },
  { id: 'course', header: texts.course, isHeaderHidden: true, from: 'sm', width: 96, cell: ({ figure }) => figure !== undefined && <Sparkline width={72} height={24} values={hoursOf(figure.series, hoursAgo(23)).map((hour) => hour?.accepted ?? 0)} /> },
  { id: 'accepted', header: texts.acceptedDay, align: 'end', from: 'xs', sort: ({ figure }) => figure?.accepted ?? null, cell: ({ figure }) => <span className="app-num">{formatCompact(figure?.accepted)}</span> },
  {
    id: 'refused', header: texts.refusedDay, align: 'end', from: 'xs', sort: ({ figure }) => figure?.refused ?? null,
    cell: ({ figure }) => <span className="app-num" style={(figure?.refused ?? 0) > 0 ? { color: 'var(--app-bad)' } : {}}>{figure === undefined ? NONE : formatCompact(figure.refused)}</span>,
  },
  { id: 'last', header: texts.lastEvent, align: 'end', from: 'sm', sort: ({ figure }) => figure?.lastEventAt ?? null, cell: ({ figure }) => <Ago time={figure?.lastEventAt} none={NONE} /> },
  { id: 'url', header: texts.copyUrl, isHeaderHidden: true, align: 'end', width: 48, cell: ({ url, name }) => <CopyButton value={url} label={texts.copyUrlOf(name)} /> },
]
