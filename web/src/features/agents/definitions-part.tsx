import { Anchor, Button, Drawer, Group, Stack, Text, Textarea } from '@mantine/core'
import { Bot, SquarePlay } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '../../components/ago.tsx'
import { errorAt } from '../../components/form/problem-errors.ts'
import { Problem } from '../../components/problem.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import type { Column } from '../../components/table/columns.ts'
import { DataTable } from '../../components/table/data-table.tsx'
import { useAction } from '../../hub/action.ts'
import type { Agent } from '../../hub/client.ts'
import { useRows } from '../../hub/queries.ts'
import { useTenant } from '../../hub/session.ts'
import { RouteLink, useGo } from '../../routing/link.tsx'
import { usePath } from '../../routing/paths.ts'
import { useUrl } from '../../routing/url.ts'
import { texts } from './texts.ts'

/** Agents of the hub's own: each runs as a flow, so that its runs show every turn and call. */
export function DefinitionsPart() {
  const { can } = useTenant()
  const [{ q }, setUrl] = useUrl<'q'>()
  const list = useRows('/api/v1/agents', { query: { ...q && { q } } })
  const [running, setRunning] = useState<Agent>()
  const mayRun = can('agents:run')
  const withRun = useMemo(() => [...columns, ...mayRun ? [{ id: 'run', header: texts.run, isHeaderHidden: true, align: 'end' as const, cell: (agent: Agent) => <Button variant="default" leftSection={<SquarePlay size={14} />} aria-label={texts.runAgent(agent.name)} onClick={() => { setRunning(agent) }}>{texts.run}</Button> }] : []], [mayRun])
  return (
    <Stack gap="sm">
      <Group><SearchInput label={texts.agentsSearch} value={q} onSearch={(next) => { setUrl({ q: next }) }} w={{ base: '100%', xs: 320 }} /></Group>
      <DataTable label={texts.agents} rows={list.rows} columns={withRun} rowId={({ id }) => id} error={list.error} retry={() => { void list.refetch() }} filtered={q !== undefined} clearFilters={() => { setUrl({ q: undefined }) }}
        empty={{ icon: Bot, title: texts.noAgents, text: texts.noAgentsText, action: <Anchor href="/docs" target="_blank" rel="noreferrer noopener" size="sm">{texts.apiReference}</Anchor> }}
        more={list.hasNextPage ? { load: () => { void list.fetchNextPage() }, isLoading: list.isFetchingNextPage } : undefined} />
      {running !== undefined && <PromptDrawer agent={running} onClose={() => { setRunning(undefined) }} />}
    </Stack>
  )
}

function PromptDrawer({ agent: { id, name, description }, onClose }: { agent: Agent, onClose(): void }) {
  const go = useGo()
  const path = usePath()
  const [prompt, setPrompt] = useState('')
  const start = useAction<void, { id: string }>({
    run: ({ hub }) => hub.post('/api/v1/agents/{id}/runs', { path: { id }, body: { prompt } }), changes: ['/api/v1/runs'],
    done: (run) => { go(path(`runs/${run.id}`)) },
  })
  return (
    <Drawer opened onClose={onClose} title={texts.runAgent(name)}>
      <Stack gap="sm">
        {description !== '' && <Text size="sm" c="dimmed">{description}</Text>}
        <Textarea label={texts.prompt} autosize minRows={4} data-autofocus value={prompt} error={errorAt(start.error, '/prompt')} onChange={(event) => { setPrompt(event.currentTarget.value) }} />
        {start.isError && <Problem error={start.error} title={texts.startFailed} />}
        <Group justify="flex-end"><Button loading={start.isPending} disabled={prompt.trim() === ''} onClick={() => { start.mutate() }}>{texts.run}</Button></Group>
      </Stack>
    </Drawer>
  )
}

const columns: Column<Agent>[] = [
  { id: 'name', header: texts.agent, cell: ({ name, description }) => <div className="app-shrink"><Text size="sm" fw={550} className="app-clip app-cell-name">{name}</Text><Text size="xs" c="dimmed" className="app-clip app-cell-name" dir="auto">{description}</Text></div> },
  { id: 'model', header: texts.model, from: 'sm', cell: ({ model: { integration, model } }) => <span className="app-anywhere">{[integration, model].filter(Boolean).join(' · ')}</span> },
  { id: 'tools', header: texts.tools, from: 'md', cell: ({ tools: { operations, flows } }) => <Text span size="xs" className="app-mono app-anywhere">{[...operations, ...flows].slice(0, 6).join(', ') || texts.nothing}</Text> },
  { id: 'runs', header: texts.runs, from: 'xs', cell: ({ flow }) => <Runs flow={flow} /> },
  { id: 'changed', header: texts.changed, from: 'md', align: 'end', cell: ({ updatedAt }) => <Ago time={updatedAt} /> },
]

function Runs({ flow }: { flow: string }) {
  const path = usePath()
  return <Anchor component={RouteLink} to={path('runs', { flow })} size="sm">{texts.runs}</Anchor>
}
