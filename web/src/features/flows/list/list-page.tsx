import { Button, Group, Stack } from '@mantine/core'
import { Download, FilePlus2, History, Library, Workflow } from 'lucide-react'
import { useMemo, useState } from 'react'
import { FilterChoice } from '../../../components/filter-choice.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { DataTable } from '../../../components/table/data-table.tsx'
import { useTenant } from '../../../hub/session.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { DeleteFlow } from '../delete-flow.tsx'
import { flowPath } from '../paths.ts'
import { RunDrawer } from '../runs/run-drawer.tsx'
import { texts } from '../texts.ts'
import { columns } from './columns.tsx'
import { RowMenu } from './row-menu.tsx'
import { useFlowRows, type FlowRow } from './rows.ts'

const none = { q: undefined, state: undefined }

export function ListPage() {
  const { can, slug } = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'state' | 'sort'>()
  const list = useFlowRows(search)
  const [deleting, setDeleting] = useState<string>()
  const [running, setRunning] = useState<string>()
  const withMenu = useMemo(() => [...columns, { id: 'actions', header: texts.actions, isHeaderHidden: true, align: 'end' as const, width: 48, cell: (row: FlowRow) => <RowMenu flow={row} onRun={() => { setRunning(row.flowId) }} onDelete={() => { setDeleting(row.flowId) }} /> }], [])
  const mayWrite = can('flows:write')
  const library = <Button variant="default" leftSection={<Library size={15} />} component={RouteLink} to={path('flows/library')}>{texts.library}</Button>
  return (
    <Stack gap="sm">
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <SearchInput label={texts.search} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
          <FilterChoice label={texts.anyState} choices={texts.states} value={search.state} onChange={(state) => { setSearch({ state }) }} />
        </Group>
        <Group gap="xs">
          <Button variant="default" leftSection={<History size={15} />} component={RouteLink} to={path('runs')}>{texts.allRuns}</Button>
          {library}
          {(list.rows?.length ?? 0) > 0 && <Button variant="default" leftSection={<Download size={15} />} component="a" href={`/api/v1/flows/export?tenant=${encodeURIComponent(slug)}`} download="flows.yaml">{texts.exportAll}</Button>}
          {mayWrite && <Button leftSection={<FilePlus2 size={15} />} component={RouteLink} to={path('flows/new')}>{texts.newFlow}</Button>}
        </Group>
      </Group>
      <DataTable
        label={texts.list} rows={list.rows} columns={withMenu} rowId={({ flowId }) => flowId} to={({ flowId }) => path(flowPath(flowId))}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={search.q !== undefined || search.state !== undefined} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Workflow, title: texts.emptyTitle, text: mayWrite ? texts.emptyText : texts.emptyForViewers, action: library }}
        more={list.more}
      />
      {deleting !== undefined && <DeleteFlow flowId={deleting} onClose={() => { setDeleting(undefined) }} />}
      {running !== undefined && <RunDrawer flowId={running} onClose={() => { setRunning(undefined) }} />}
    </Stack>
  )
}
