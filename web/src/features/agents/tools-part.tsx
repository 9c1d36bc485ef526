import { Button, Drawer, Stack, Text } from '@mantine/core'
import { Plus, Wrench } from 'lucide-react'
import { ValueView } from '../../components/code/value-view.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { Tool } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

export function ToolsPart() {
  const path = usePath()
  const { can } = useTenant()
  const [{ q, tool }, setUrl] = useUrl<'q' | 'tool'>()
  const list = useRows('/api/v1/agent/tools', { query: q === undefined ? { all: 'true' } : { q } })
  const rows = list.rows as Tool[] | undefined
  const chosen = rows?.find(({ name }) => name === tool)
  const add = can('integrations:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('integrations/new')}>{texts.addIntegration}</Button>
  return (
    <Stack gap="sm">
      <SearchInput label={texts.toolsSearch} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 320 }} />
      <Text size="sm" c="dimmed">{texts.toolsText}</Text>
      <DataTable
        label={texts.tools} rows={rows} columns={columns} rowId={({ name }) => name} to={({ name }) => path('agents', { part: 'tools', q, tool: name })} highlighted={tool}
        error={list.error} retry={() => { void list.refetch() }} filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }}
        empty={{ icon: Wrench, title: texts.noTools, text: texts.noToolsText, action: add }}
        more={list.more}
      />
      {chosen !== undefined && <ToolDrawer tool={chosen} onClose={() => { setUrl({ tool: undefined }) }} />}
    </Stack>
  )
}

function ToolDrawer({ tool: { title, name, description, inputSchema, example }, onClose }: { tool: Tool, onClose(): void }) {
  return (
    <Drawer opened onClose={onClose} title={title}>
      <Stack gap="sm">
        <Text className="app-mono app-anywhere">{name}</Text>
        <Text size="sm" className="app-anywhere">{description}</Text>
        <Text size="sm" fw={600}>{texts.schema}</Text>
        <ValueView value={inputSchema} label={texts.schema} />
        {example !== undefined && <><Text size="sm" fw={600}>{texts.example}</Text><ValueView value={example} label={texts.example} /></>}
      </Stack>
    </Drawer>
  )
}

const hintsOf = ({ hints: { readOnly, destructive } }: Tool): string => [readOnly && texts.readOnly, destructive && texts.destructive].filter(Boolean).join(', ')

const columns: Column<Tool>[] = [
  { id: 'tool', header: texts.tool, cell: ({ name, description }) => <div className="app-shrink"><Text size="sm" fw={550} className="app-clip app-cell-name">{name}</Text><Text size="xs" c="dimmed" lineClamp={1} className="app-cell-name">{description}</Text></div> },
  { id: 'kind', header: texts.kind, from: 'xs', cell: ({ kind }) => texts.kinds[kind] },
  { id: 'hints', header: texts.hints, from: 'sm', cell: hintsOf },
]
