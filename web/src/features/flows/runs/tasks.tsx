import { ActionIcon, Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { ChevronLeft, ChevronRight, Pencil, RotateCw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { ValueView } from '../../../components/code/value-view.tsx'
import { Facts } from '../../../components/facts.tsx'
import type { Run } from '../../../hub/client.ts'
import { useTenant } from '../../../hub/session.ts'
import { formatExact, formatMs } from '../../../lib/format.ts'
import { RouteLink } from '../../../routing/link.tsx'
import { usePath } from '../../../routing/paths.ts'
import { useUrl } from '../../../routing/url.ts'
import { flowIdOf, flowPath } from '../paths.ts'
import { texts } from '../texts.ts'
import { RetryDrawer } from './retry-drawer.tsx'
import { RunError } from './run-error.tsx'
import { tookOf } from './runs-list.tsx'
import { isOver, RunStatus, runTone } from './status.tsx'
import { depthsOf, isOfDefinition } from './task-tree.ts'

type Task = Run['tasks'][number]
const PAGE = 100

/** In the order in which they started, against the time of the whole run. Which one is chosen is in the URL. */
export function Tasks({ run }: { run: Run }) {
  const [{ task }, setUrl] = useUrl<'task'>()
  const [shown, setShown] = useState(PAGE)
  const depths = useMemo(() => depthsOf(run.tasks), [run.tasks])
  const from = new Date(run.startedAt).getTime()
  const until = Math.max(from + 1, ...run.tasks.map(({ startedAt, endedAt }) => new Date(endedAt ?? startedAt).getTime()), ...run.endedAt === null ? [Date.now()] : [new Date(run.endedAt).getTime()])
  if (run.tasks.length === 0) return <Text size="sm" c="dimmed">{texts.noTasks}</Text>
  const chosen = task === undefined ? undefined : run.tasks[Number(task)]
  return (
    <Stack gap="sm">
      {chosen === undefined ? <Text size="sm" c="dimmed">{texts.chooseTask}</Text> : <TaskView key={task} run={run} task={chosen} at={Number(task)} />}
      <ul className="app-tasks" aria-label={texts.tasks}>
        {run.tasks.slice(0, shown).map((each, at) => (
          <li key={at}><TaskRow task={each} depth={depths[at]!} from={from} until={until} isChosen={String(at) === task} onChoose={() => { setUrl({ task: String(at) === task ? undefined : String(at) }) }} /></li>
        ))}
      </ul>
      {run.tasks.length > shown && <Button variant="default" onClick={() => { setShown(shown + PAGE) }}>{texts.moreTasks(Math.min(PAGE, run.tasks.length - shown))}</Button>}
    </Stack>
  )
}

interface TaskRowProps { task: Task, depth: number, from: number, until: number, isChosen: boolean, onChoose(): void }

function TaskRow({ task, depth, from, until, isChosen, onChoose }: TaskRowProps) {
  const start = new Date(task.startedAt).getTime()
  const end = task.endedAt === null ? until : new Date(task.endedAt).getTime()
  const part = (ms: number): string => `${Math.min(100, Math.max(0, 100 * ms / (until - from)))}%`
  return (
    <button type="button" className="app-task" aria-pressed={isChosen} onClick={onChoose}>
      <span className="app-clip" style={{ paddingInlineStart: depth * 14 }} title={task.reference}>{task.name}</span>
      <span><RunStatus status={task.status} /></span>
      <span className="app-timeline-track app-hide-xs" aria-hidden><span className="app-timeline-bar" style={{ left: part(start - from), width: `max(3px, ${part(end - start)})`, maxWidth: '100%', background: `var(--app-${runTone[task.status]})` }} /></span>
      <span className="app-num app-task-end">{task.attempts > 1 && <Text span size="xs" c="dimmed">{texts.attempts(task.attempts)} </Text>}{formatMs(tookOf(task))}</span>
    </button>
  )
}

function TaskView({ run, task, at }: { run: Run, task: Task, at: number }) {
  const path = usePath()
  const { can } = useTenant()
  const [isRetrying, setRetrying] = useState(false)
  const { executionId } = task
  return (
    <Stack gap="sm" component="section" aria-label={`${texts.task}: ${task.name}`} className="app-inset">
      <Group gap="sm">
        <Text fw={600}>{task.name}</Text><RunStatus status={task.status} />
        <Times run={run} task={task} at={at} />
        {can('flows:run') && isOver(run.status) && isOfDefinition(task.reference) && <Button variant="default" size="compact-sm" leftSection={<RotateCw size={13} />} onClick={() => { setRetrying(true) }}>{texts.retryHere}</Button>}
        <Button variant="default" size="compact-sm" leftSection={<Pencil size={13} />} component={RouteLink} to={path(flowPath(flowIdOf(run)), { run: run.id, task: task.reference })}>{texts.editWithData}</Button>
      </Group>
      {isRetrying && <RetryDrawer run={run} task={at} onClose={() => { setRetrying(false) }} />}
      {task.error !== undefined && <RunError error={task.error} />}
      <Facts facts={[
        [texts.reference, <span key="r" className="app-mono app-anywhere">{task.reference}</span>], [texts.started, formatExact(task.startedAt)], [texts.took, task.endedAt !== null && formatMs(tookOf(task))], [texts.attemptsName, task.attempts > 1 && String(task.attempts)], [texts.roundName, task.rounds !== undefined && task.rounds.map((round) => round + 1).join('.')],
        [texts.execution, executionId !== undefined && (can('executions:read') ? <Anchor key="e" component={RouteLink} to={path(`executions/${executionId}`)} size="sm">{texts.openExecution}</Anchor> : executionId)],
      ]} />
      <Text size="sm" fw={600}>{texts.input}</Text>
      <ValueView value={task.input} label={`${texts.input}: ${task.name}`} />
      <Text size="sm" fw={600}>{texts.output}</Text>
      <ValueView value={task.output} label={`${texts.output}: ${task.name}`} />
    </Stack>
  )
}

/** Of a task that ran several times: which of them is shown. */
function Times({ run, task, at }: { run: Run, task: Task, at: number }) {
  const [, setUrl] = useUrl<'task'>()
  const times = run.tasks.flatMap(({ reference }, index) => (reference === task.reference ? [index] : []))
  if (times.length < 2) return null
  const own = times.indexOf(at)
  const go = (to: number): void => { setUrl({ task: String(times[to]) }) }
  return (
    <Group gap={4}>
      <ActionIcon aria-label={texts.earlierTime} disabled={own === 0} onClick={() => { go(own - 1) }}><ChevronLeft size={14} /></ActionIcon>
      <Text size="sm" c="dimmed">{texts.timeOf(own + 1, times.length)}</Text>
      <ActionIcon aria-label={texts.laterTime} disabled={own === times.length - 1} onClick={() => { go(own + 1) }}><ChevronRight size={14} /></ActionIcon>
    </Group>
  )
}
