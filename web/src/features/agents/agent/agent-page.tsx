import { Button, Group, Stack } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { History, SquarePlay, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Ago } from '../../../components/ago.tsx'
import { Confirm } from '../../../components/confirm.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { notifyDone } from '../../../components/notify.tsx'
import { Page } from '../../../components/page.tsx'
import { Problem } from '../../../components/problem.tsx'
import { Status } from '../../../components/status.tsx'
import { TabStrip } from '../../../components/tab-strip.tsx'
import type { Column } from '../../../components/table/columns.ts'
import { DataTable } from '../../../components/table/data-table.tsx'
import { useAction } from '../../../hub/action.ts'
import { isProblem, type Agent, type RunSummary } from '../../../hub/client.ts'
import { useGet, useRows } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { formatMs } from '../../../lib/format.ts'
import { useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { PromptDrawer } from '../prompt-drawer.tsx'
import { texts } from '../texts.ts'
import { AgentForm, draftOf, settingsOf } from './agent-form.tsx'
import { RunSteps, runTones } from './run-steps.tsx'

export function AgentPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const [{ part }] = useUrl<'part'>()
  const query = useGet('/api/v1/agents/{id}', { path: { id } })
  const agent = query.data
  const shown = part === 'settings' ? 'settings' : 'runs'
  return (
    <Page title={agent?.name ?? texts.agent} isComing={query.isPending} subtitle={agent?.description} crumbs={[{ label: texts.agents, to: path('agents', { part: 'definitions' }) }]} actions={agent && <Actions agent={agent} />}>
      <TabStrip label={texts.agentParts} tabs={(['runs', 'settings'] as const).map((each) => ({ key: each, label: texts[each], to: path(`agents/${id}`, each === 'runs' ? {} : { part: each }), isCurrent: each === shown }))} />
      <Loaded query={query} list={{ label: texts.agents, to: path('agents', { part: 'definitions' }) }}>{(data) => (shown === 'settings' ? <Settings key={data.id} agent={data} /> : <Runs agent={data} />)}</Loaded>
    </Page>
  )
}

function Actions({ agent }: { agent: Agent }) {
  const { can } = useTenant()
  const path = usePath()
  const go = useGo()
  const [isRunning, setRunning] = useState(false)
  const [isDeleting, setDeleting] = useState(false)
  const remove = useAction({ run: ({ hub }) => hub.delete('/api/v1/agents/{id}', { path: { id: agent.id } }), changes: ['/api/v1/agents'], done: () => { go(path('agents', { part: 'definitions' })) } })
  return (
    <>
      {can('agents:write') && <Button variant="default" leftSection={<Trash2 size={14} />} onClick={() => { setDeleting(true) }}>{texts.delete}</Button>}
      {can('agents:run') && <Button leftSection={<SquarePlay size={15} />} onClick={() => { setRunning(true) }}>{texts.run}</Button>}
      {isRunning && <PromptDrawer agent={agent} onStarted={(run) => { setRunning(false); go(path(`agents/${agent.id}`, { run })) }} onClose={() => { setRunning(false) }} />}
      <Confirm opened={isDeleting} title={texts.deleteAgentTitle} text={texts.deleteAgentText(agent.name)} action={texts.delete} isPending={remove.isPending} error={remove.error} onConfirm={() => { remove.mutate() }} onClose={() => { setDeleting(false) }} />
    </>
  )
}

function Settings({ agent }: { agent: Agent }) {
  const { can } = useTenant()
  const [base, setBase] = useState(agent)
  const [draft, setDraft] = useState(() => draftOf(agent))
  const settings = settingsOf(draft)
  const take = (next: Agent): void => {
    setBase(next)
    setDraft(draftOf(next))
  }
  const save = useAction<void, Agent>({
    run: ({ hub }) => hub.put('/api/v1/agents/{id}', { path: { id: agent.id }, body: settings!, ifMatch: base.etag }), changes: ['/api/v1/agents'],
    done(saved) {
      notifyDone(texts.agentSaved)
      take(saved)
    },
  })
  const isOvertaken = isProblem(save.error, 'precondition_failed')
  const mayWrite = can('agents:write')
  return (
    <Stack gap="md">
      <AgentForm draft={draft} change={(part) => { setDraft((now) => ({ ...now, ...part })) }} error={save.error} isNew={false} isReadOnly={!mayWrite} />
      {save.isError && <Problem error={save.error} title={texts.agentNotSaved} action={isOvertaken && <Button size="xs" variant="default" onClick={() => { take(agent); save.reset() }}>{texts.takeTheirs}</Button>} />}
      {mayWrite && <Group justify="flex-end"><Button size="sm" disabled={settings === undefined} loading={save.isPending} onClick={() => { save.mutate() }}>{texts.save}</Button></Group>}
    </Stack>
  )
}

const columns: Column<RunSummary>[] = [
  { id: 'started', header: texts.when, cell: ({ startedAt }) => <Ago time={startedAt} /> },
  { id: 'status', header: texts.state, cell: ({ status }) => <Status tone={runTones[status]}>{texts.runStates[status]}</Status> },
  { id: 'took', header: texts.took, align: 'end', cell: ({ startedAt, endedAt }) => <span className="app-num">{formatMs(endedAt === null ? null : new Date(endedAt).getTime() - new Date(startedAt).getTime())}</span> },
]

/** Its runs; the one that is chosen shows what the model said and what was called. */
function Runs({ agent: { id, flow } }: { agent: Agent }) {
  const path = usePath()
  const [{ run }] = useUrl<'run'>()
  const list = useRows('/api/v1/runs', { query: { flow } })
  return (
    <Stack gap="md">
      {run !== undefined && <RunSteps key={run} id={run} list={{ label: texts.runs, to: path(`agents/${id}`) }} />}
      <DataTable label={texts.runs} rows={list.rows} columns={columns} rowId={(row) => row.id} to={(row) => path(`agents/${id}`, { run: row.id })} highlighted={run} error={list.error} retry={() => { void list.refetch() }}
        empty={{ icon: History, title: texts.noRuns, text: texts.noRunsText }} more={list.more} />
    </Stack>
  )
}
