import { Anchor, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Ban, FlaskConical, Pause, PencilLine, Play, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { Editor } from '../../../components/code/editor.tsx'
import { ValueView } from '../../../components/code/value-view.tsx'
import { askedOfHub, CurlButton } from '../../../components/curl-button.tsx'
import { Facts } from '../../../components/facts.tsx'
import { Loaded } from '../../../components/loading.tsx'
import { notifyDone, notifyFailed } from '../../../components/notify.tsx'
import { Page } from '../../../components/page.tsx'
import { Related } from '../../../components/related.tsx'
import { Section } from '../../../components/section.tsx'
import { ShareButton } from '../../../components/share-button.tsx'
import { useAction } from '../../../hub/action.ts'
import type { Run } from '../../../hub/client.ts'
import { useGet } from '../../../hub/queries.ts'
import { useTenant } from '../../../hub/session.ts'
import { formatExact, formatMs } from '../../../lib/format.ts'
import { RouteLink, useGo } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { flowIdOf, flowPath } from '../paths.ts'
import { texts } from '../texts.ts'
import { ReplayDrawer } from './replay-drawer.tsx'
import { isIncomplete, RunDrawer } from './run-drawer.tsx'
import { RunError } from './run-error.tsx'
import { RunGraph } from './run-graph.tsx'
import { tookOf } from './runs-list.tsx'
import { isOver, RunStatus } from './status.tsx'
import { Tasks } from './tasks.tsx'

export function RunPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const path = usePath()
  const query = useGet('/api/v1/runs/{id}', { path: { id } })
  const run = query.data
  return (
    <Page title={run === undefined ? texts.one : flowIdOf(run)} crumbs={[{ label: texts.flows, to: path('flows') }, { label: texts.runs, to: path('runs') }]}
      isComing={query.isPending} subtitle={run && <Group gap="sm" aria-live="polite"><RunStatus status={run.status} /><span>{formatExact(run.startedAt)}</span></Group>} actions={run && <Actions run={run} />}>
      <Loaded query={query} list={{ label: texts.runs, to: path('runs') }}>{(data) => <Shown run={data} />}</Loaded>
    </Page>
  )
}

type Verb = keyof typeof texts.steered

function Actions({ run }: { run: Run }) {
  const { can } = useTenant()
  const [isStarting, setStarting] = useState(false)
  const [isReplaying, setReplaying] = useState(false)
  const steer = useAction<Verb>({
    run: ({ hub }, verb) => hub.post(`/api/v1/runs/{id}/${verb}`, { path: { id: run.id } }), changes: ['/api/v1/runs'],
    done: (_result, verb) => { notifyDone(texts.steered[verb]) }, failed: (error) => { notifyFailed(texts.steerFailed, error) },
  })
  const go = useGo()
  const path = usePath()
  const again = useAction<void, { id: string }>({
    run: ({ hub }) => hub.post('/api/v1/flows/{flow}/runs', { path: { flow: flowIdOf(run) }, body: { input: run.input, version: run.version, repeats: run.id } }), changes: ['/api/v1/runs', '/api/v1/records'],
    done({ id }) {
      notifyDone(texts.againDone)
      go(path(`runs/${id}`))
    },
    failed: (error) => { notifyFailed(texts.startFailed, error) },
  })
  // A hidden secret or a value that is too large must be given anew.
  const isUsable = !isIncomplete(run.input)
  const button = (verb: Verb, icon: React.ReactNode) => <Button variant="default" leftSection={icon} loading={steer.isPending && steer.variables === verb} onClick={() => { steer.mutate(verb) }}>{texts[verb]}</Button>
  const mayRun = can('flows:run')
  return (
    <>
      <CurlButton asked={() => askedOfHub(`/api/v1/flows/${encodeURIComponent(flowIdOf(run))}/runs`, { input: run.input, version: run.version })} />
      <ShareButton />
      {mayRun && !isOver(run.status) && (
        <>
          {run.status === 'suspended' ? button('resume', <Play size={14} />) : button('suspend', <Pause size={14} />)}
          {button('cancel', <Ban size={14} />)}
        </>
      )}
      {can('flows:write') && isOver(run.status) && <Button variant="default" leftSection={<FlaskConical size={14} />} onClick={() => { setReplaying(true) }}>{texts.replay}</Button>}
      {mayRun && isOver(run.status) && (
        <>
          <Button variant="default" leftSection={<PencilLine size={14} />} onClick={() => { setStarting(true) }}>{texts.againEdits}</Button>
          <Button leftSection={<RotateCw size={14} />} loading={again.isPending} onClick={() => { if (isUsable) again.mutate(); else setStarting(true) }}>{texts.again}</Button>
        </>
      )}
      {isReplaying && <ReplayDrawer run={run} onClose={() => { setReplaying(false) }} />}
      {isStarting && <RunDrawer flowId={flowIdOf(run)} version={run.version} input={run.input} repeats={run.id} onClose={() => { setStarting(false) }} />}
    </>
  )
}

function Shown({ run }: { run: Run }) {
  const path = usePath()
  const flowId = flowIdOf(run)
  return (
    <Stack gap="md">
      {run.error !== undefined && <RunError error={run.error} />}
      <Section title={texts.tasks}><RunGraph run={run} /><Tasks run={run} /></Section>
      <Related id={run.id} />
      <Section title={texts.input}><ValueView value={run.input} label={texts.input} /></Section>
      {isOver(run.status) && run.status !== 'faulted' && <Section title={texts.output}><ValueView value={run.output} label={texts.output} /></Section>}
      <Section title={texts.one}>
        <Facts facts={[
          [texts.name, <Anchor key="f" component={RouteLink} to={path(flowPath(flowId))} size="sm">{flowId}</Anchor>], [texts.version, run.version],
          [texts.trigger, texts.triggers[run.trigger.type] ?? run.trigger.type], [texts.took, run.endedAt !== null && formatMs(tookOf(run))], [texts.id, <Code key="id">{run.id}</Code>],
        ]} />
        <Definition id={run.id} />
      </Section>
    </Stack>
  )
}

function Definition({ id }: { id: string }) {
  const [isOpen, setOpen] = useState(false)
  const query = useGet('/api/v1/runs/{id}/definition', { path: { id } }, { enabled: isOpen, staleTime: Infinity })
  return (
    <details onToggle={(event) => { setOpen(event.currentTarget.open) }}>
      <summary><Text span size="sm" c="dimmed">{texts.definition}</Text></summary>
      {isOpen && <Loaded query={query}>{(definition) => <Editor language="json" label={texts.definition} value={JSON.stringify(definition, null, 2)} />}</Loaded>}
    </details>
  )
}
