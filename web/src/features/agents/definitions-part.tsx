import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { Bot, Plus, SquarePlay } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Named } from '../../components/table/cells.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import type { Agent } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink, useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { PromptDrawer } from './prompt-drawer.tsx'
import { texts } from './texts.ts'

/** Agents of the hub's own: each runs as a flow, so that its runs show every turn and call. */
export function DefinitionsPart() {
  const { can } = useTenant()
  const [{ q }, setUrl] = useUrl<'q'>()
  const list = useRows('/api/v1/agents', { query: { ...q && { q } } })
  const [running, setRunning] = useState<Agent>()
  const mayRun = can('agents:run')
  const path = usePath()
  const go = useGo()
  const add = can('agents:write') && <Button leftSection={<Plus size={15} />} component={RouteLink} to={path('agents/new')}>{texts.newAgent}</Button>
  const withRun = useMemo(() => [...columns, ...mayRun ? [{ id: 'run', header: texts.run, isHeaderHidden: true, align: 'end' as const, cell: (agent: Agent) => <Button variant="default" leftSection={<SquarePlay size={14} />} aria-label={texts.runAgent(agent.name)} onClick={() => { setRunning(agent) }}>{texts.run}</Button> }] : []], [mayRun])
  return (
    <Stack gap="sm">
      <Group gap="xs"><SearchInput label={texts.agentsSearch} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 320 }} />{add}</Group>
      <DataTable label={texts.agents} rows={list.rows} columns={withRun} rowId={({ id }) => id} to={({ id }) => path(`agents/${id}`)} error={list.error} retry={() => { void list.refetch() }} filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }}
        empty={{ icon: Bot, title: texts.noAgents, text: texts.noAgentsText, action: add }}
        more={list.more} />
      {running !== undefined && <PromptDrawer agent={running} onStarted={(run) => { go(path(`runs/${run}`)) }} onClose={() => { setRunning(undefined) }} />}
    </Stack>
  )
}

const columns: Column<Agent>[] = [
  { id: 'name', header: texts.agent, cell: ({ name, description }) => <Named name={name} below={description} /> },
  { id: 'model', header: texts.model, from: 'sm', cell: ({ model: { integration, model } }) => <span className="app-anywhere">{[integration, model].filter(Boolean).join(' · ')}</span> },
  { id: 'tools', header: texts.tools, from: 'md', cell: ({ tools: { operations, flows } }) => <Text span size="xs" className="app-mono app-anywhere">{[...operations, ...flows].slice(0, 6).join(', ') || texts.nothing}</Text> },
  { id: 'runs', header: texts.runs, from: 'xs', cell: ({ id }) => <Runs id={id} /> },
  { id: 'changed', header: texts.changed, from: 'md', align: 'end', cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
]

function Runs({ id }: { id: string }) {
  const path = usePath()
  return <Anchor component={RouteLink} to={path(`agents/${id}`)} size="sm">{texts.runs}</Anchor>
}
