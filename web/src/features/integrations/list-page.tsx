import { Button, Group, Select, Stack } from '@mantine/core'
import { Link2, Plus } from 'lucide-react'
import { SearchInput } from '../../components/search-input.tsx'
import { DataTable } from '../../components/table/data-table.tsx'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { columns } from './columns.tsx'
import { useIntegrationRows } from './rows.ts'
import { texts } from './texts.ts'

const none = { q: undefined, status: undefined, health: undefined }

export function ListPage() {
  const tenant = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'status' | 'health' | 'sort'>()
  const list = useIntegrationRows(search)
  const isFiltered = search.q !== undefined || search.status !== undefined || search.health !== undefined
  const add = tenant.can('integrations:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new')}>{texts.add}</Button>
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.search} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        <Choice label={texts.anyStatus} choices={texts.statuses} value={search.status} onChange={(status) => { setSearch({ status }) }} />
        <Choice label={texts.anyHealth} choices={texts.healths} value={search.health} onChange={(health) => { setSearch({ health }) }} />
      </Group>
      <DataTable
        label={texts.list} rows={list.rows} columns={columns} rowId={({ id }) => id} to={({ id }) => path(`integrations/${id}`)}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={isFiltered} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Link2, title: texts.emptyTitle, text: add ? texts.emptyText : texts.emptyForViewers, action: add }}
        more={list.hasNextPage ? { load: () => { void list.fetchNextPage() }, isLoading: list.isFetchingNextPage } : undefined}
      />
    </Stack>
  )
}

function Choice({ label, choices, value, onChange }: { label: string, choices: Record<string, string>, value: string | undefined, onChange(value: string | undefined): void }) {
  return (
    <Select aria-label={label} placeholder={label} clearable w={{ base: 'calc(50% - 4px)', xs: 150 }} data={Object.entries(choices).map(([each, text]) => ({ value: each, label: text }))}
      value={value ?? null} onChange={(next) => { onChange(next ?? undefined) }} />
  )
}
