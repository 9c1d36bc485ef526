import { Button, Group, Stack } from '@mantine/core'
import { Plus, Tags } from 'lucide-react'
import { useState } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { FilterChoice } from '../../../components/filter-choice.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Named } from '../../../components/table/cells.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { DataTable } from '../../../components/table/data-table.tsx'
import type { EventType } from '../../../hub/client.ts'
import { useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { texts } from '../texts.ts'
import { TypeDrawer } from './type-drawer.tsx'
import { typePath } from './type-path.ts'

const none = { q: undefined, origin: undefined }

/** Types of events that are known: with a description, and mostly with a schema of their data. */
export function TypesPart() {
  const { can } = useTenant()
  const path = usePath()
  const [search, setSearch] = useUrl<'q' | 'origin' | 'sort'>()
  const [isRegistering, setRegistering] = useState(false)
  const list = useRows('/api/v1/event-types', { query: { ...search.q && { q: search.q }, ...search.origin && { origin: search.origin as EventType['origin'] } } })
  const register = can('events:write') && <Button variant="default" leftSection={<Plus size={15} />} onClick={() => { setRegistering(true) }}>{texts.registerType}</Button>
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <SearchInput label={texts.searchTypes} value={search.q} onSearch={(q) => { setSearch({ q }) }} w={{ base: '100%', xs: 280 }} />
        <FilterChoice label={texts.anyOrigin} choices={texts.origins} value={search.origin} onChange={(origin) => { setSearch({ origin }) }} />
        {register}
      </Group>
      <DataTable
        label={texts.parts.types} rows={list.rows} columns={columns} rowId={({ type }) => type} to={({ type }) => path(typePath(type))}
        error={list.error} retry={() => { void list.refetch() }} sort={search.sort} onSort={(sort) => { setSearch({ sort }) }}
        filtered={search.q !== undefined || search.origin !== undefined} clearFilters={() => { setSearch(none) }}
        empty={{ icon: Tags, title: texts.noTypes, text: texts.noTypesText, action: register }}
        more={list.more}
      />
      {isRegistering && <TypeDrawer known={undefined} onClose={() => { setRegistering(false) }} />}
    </Stack>
  )
}

const columns: Column<EventType>[] = [
  { id: 'type', header: texts.type, sort: ({ type }) => type, cell: ({ type, description }) => <Named name={type} below={description === '' ? undefined : description} title={description} /> },
  { id: 'origin', header: texts.origin, from: 'xs', sort: ({ connector }) => connector ?? '', cell: ({ connector }) => connector ?? texts.origins.tenant },
  { id: 'schema', header: texts.schema, from: 'sm', sort: ({ schema }) => (schema === null ? 1 : 0), cell: ({ schema }) => (schema === null ? texts.no : texts.yes) },
  { id: 'changed', header: texts.changed, align: 'end', from: 'md', sort: ({ updatedAt }) => updatedAt, cell: ({ updatedAt }) => <Ago time={updatedAt} none="" /> },
]
