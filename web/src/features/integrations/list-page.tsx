import { Button, Group, Stack, Text } from '@mantine/core'
import { Link2, Pause, Play, PlugZap, Plus, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { FilterChoice } from '../../components/filter-choice.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { DataTable } from '../../components/table/data-table.tsx'
import { texts as common } from '../../components/texts.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { columns } from './columns.tsx'
import { useSetStatus, useTest } from './deeds.ts'
import { DeleteIntegrations } from './delete-integrations.tsx'
import { RowMenu } from './row-menu.tsx'
import { useIntegrationRows, type IntegrationRow } from './rows.ts'
import { texts } from './texts.ts'

const none = { q: undefined, status: undefined, health: undefined }

export function ListPage() {
  const tenant = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'status' | 'health' | 'sort'>()
  const list = useIntegrationRows(search)
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set<string>())
  const [deleting, setDeleting] = useState<IntegrationRow[]>()
  const isFiltered = search.q !== undefined || search.status !== undefined || search.health !== undefined
  const mayWrite = tenant.can('integrations:write')
  const chosen = useMemo(() => (list.rows ?? []).filter(({ id }) => ids.has(id)), [list.rows, ids])
  const add = mayWrite && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new')}>{texts.add}</Button>
  const withMenu = useMemo(() => [...columns, { id: 'actions', header: texts.actions, isHeaderHidden: true, align: 'end' as const, width: 48, cell: (row: IntegrationRow) => <RowMenu integration={row} onDelete={() => { setDeleting([row]) }} /> }], [])
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.search} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        <FilterChoice label={texts.anyStatus} choices={texts.statuses} value={search.status} onChange={(status) => { setSearch({ status }) }} />
        <FilterChoice label={texts.anyHealth} choices={texts.healths} value={search.health} onChange={(health) => { setSearch({ health }) }} />
        {chosen.length > 0 && <BulkActions rows={chosen} onDelete={() => { setDeleting(chosen) }} />}
      </Group>
      <DataTable
        label={texts.list} rows={list.rows} columns={withMenu} rowId={({ id }) => id} to={({ id }) => path(`integrations/${id}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={isFiltered} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Link2, title: texts.emptyTitle, text: add ? texts.emptyText : texts.emptyForViewers, action: add }}
        more={list.more}
        {...mayWrite && { selection: { ids, change: setIds, nameOf: ({ name }: IntegrationRow) => name } }}
      />
      {deleting !== undefined && <DeleteIntegrations rows={deleting} onClose={() => { setDeleting(undefined) }} onDone={() => { setIds(new Set()) }} />}
    </Stack>
  )
}

function BulkActions({ rows, onDelete }: { rows: IntegrationRow[], onDelete(): void }) {
  const test = useTest()
  const setStatus = useSetStatus()
  return (
    <Group gap={6} role="toolbar" aria-label={common.selected(rows.length)}>
      <Text size="sm" c="dimmed">{common.selected(rows.length)}</Text>
      <Button variant="default" leftSection={<PlugZap size={14} />} loading={test.isPending} onClick={() => { test.mutate(rows) }}>{texts.testAll}</Button>
      <Button variant="default" leftSection={<Pause size={14} />} onClick={() => { setStatus.mutate({ items: rows, status: 'inactive' }) }}>{texts.pause}</Button>
      <Button variant="default" leftSection={<Play size={14} />} onClick={() => { setStatus.mutate({ items: rows, status: 'active' }) }}>{texts.activate}</Button>
      <Button variant="default" leftSection={<Trash2 size={14} />} onClick={onDelete}>{texts.delete}</Button>
    </Group>
  )
}
