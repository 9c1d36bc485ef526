/** Lifecycle events of the DSL, told of runs whose flow wants them: https://github.com/serverlessworkflow/specification, "Lifecycle Events". */
import type { HubEvents } from '../../events/hub-events.ts'
import { settingsOf } from '../definition.ts'
import { framesOf, type Frame } from '../engine/frame.ts'
import type { RunObserver } from '../engine/observer.ts'
import type { LiveRun } from '../engine/run.ts'

const PREFIX = 'io.serverlessworkflow'
/** What a task is in once that has happened to it. One that is tried again runs on. */
const phases = { created: 'pending', started: 'running', suspended: 'suspended', resumed: 'running', retried: undefined, cancelled: 'cancelled', faulted: 'faulted', completed: 'completed' } as const

interface Teller {
  wants(run: LiveRun, least: 'workflow' | 'tasks'): boolean
  workflow(run: LiveRun, what: string, key: string, data: Record<string, unknown>): void
  status(run: LiveRun, to: string, key: string): void
  task(run: LiveRun, frame: Frame, what: keyof typeof phases, at: number, key?: string, more?: Record<string, unknown>): void
  /** Of the run and of the tasks for which it waits. */
  paused(run: LiveRun, to: 'waiting' | 'running'): void
}

function createTeller({ announce }: Pick<HubEvents, 'announce'>): Teller {
  const tell = (run: LiveRun, level: 'workflow' | 'task', what: string, key: string, data: Record<string, unknown>): void => {
    announce(run.row.tenantId, {
      type: `${PREFIX}.${level}.${what}.v1`, subject: run.row.id, data: { ...level === 'workflow' ? { name: nameOf(run) } : { workflow: nameOf(run) }, ...data },
      depth: run.depth + 1, once: { scope: 'flow-lifecycle', key: `${run.row.id} ${what} ${key}`, windowSeconds: 86_400 },
    })
  }
  const wants: Teller['wants'] = (run, least) => {
    const { lifecycleEvents = 'none' } = settingsOf(run.definition)
    return lifecycleEvents === 'tasks' || lifecycleEvents === least
  }
  const status: Teller['status'] = (run, to, key) => { tell(run, 'workflow', 'status-changed', `${to} ${key}`, { updatedAt: now(), status: to }) }
  const statusOfTask = (run: LiveRun, { order, reference }: Frame, to: string, at: string, key: string): void => { tell(run, 'task', 'status-changed', `${order} ${key}`, { task: reference, updatedAt: at, status: to }) }
  return {
    wants, status,
    workflow: (run, what, key, data) => { tell(run, 'workflow', what, key, data) },
    task(run, frame, what, at, key = '', more = {}) {
      if (!wants(run, 'tasks')) return
      const time = new Date(at).toISOString()
      tell(run, 'task', what, `${frame.order} ${key}`, { task: frame.reference, [`${what}At`]: time, ...more })
      const to = phases[what]
      if (to !== undefined) statusOfTask(run, frame, to, time, `${what} ${key}`)
    },
    paused(run, to) {
      if (!wants(run, 'workflow')) return
      status(run, to, String(run.row.epoch))
      if (!wants(run, 'tasks')) return
      for (const frame of framesOf(run.state.list)) if (frame.waiting === true) statusOfTask(run, frame, to, now(), `${to} ${run.row.epoch}`)
    },
  }
}

function now(): string {
  return new Date().toISOString()
}

/** Told once it is committed, and at least once: a process that dies right after may tell it never, one that takes over may tell it again under the same key. */
export function createLifecycle(deps: Pick<HubEvents, 'announce'>): Omit<RunObserver, 'committed'> {
  const { wants, workflow, status, task, paused } = createTeller(deps)
  return {
    started(run) {
      if (!wants(run, 'workflow')) return
      const { namespace, name, version, startedAt } = run.row
      workflow(run, 'started', '', { definition: { namespace, name, version }, startedAt: startedAt.toISOString() })
      status(run, 'running', '')
    },
    suspended(run) {
      if (!wants(run, 'workflow')) return
      workflow(run, 'suspended', String(run.row.epoch), { suspendedAt: now() })
      status(run, 'suspended', String(run.row.epoch))
      for (const frame of framesOf(run.state.list)) task(run, frame, 'suspended', Date.now(), String(run.row.epoch))
    },
    resumed(run) {
      if (!wants(run, 'workflow')) return
      workflow(run, 'resumed', String(run.row.epoch), { resumedAt: now() })
      status(run, 'running', String(run.row.epoch))
      for (const frame of framesOf(run.state.list)) task(run, frame, 'resumed', Date.now(), String(run.row.epoch))
    },
    waiting: (run) => { paused(run, 'waiting') },
    woken: (run) => { paused(run, 'running') },
    ended(run, end) {
      if (!wants(run, 'workflow')) return
      const at = { [`${end.status}At`]: now() }
      workflow(run, end.status, '', { ...at, ...end.status === 'completed' && { output: end.output }, ...end.error !== undefined && { error: end.error } })
      status(run, end.status, '')
    },
    stepsTaken(run, steps) {
      for (const { what, frame, at, keys } of steps) {
        if (what === 'began') task(run, frame, 'created', at)
        if (what === 'began') task(run, frame, 'started', frame.startedAt)
        if (what === 'retried') task(run, frame, 'retried', at, String(frame.attempts))
        if (what === 'correlating' && wants(run, 'workflow')) workflow(run, 'correlation-started', String(frame.order), { startedAt: new Date(at).toISOString() })
        if (what === 'correlated' && wants(run, 'workflow')) workflow(run, 'correlation-completed', String(frame.order), { completedAt: new Date(at).toISOString(), correlationKeys: run.mask.maskValue(keys) })
      }
    },
    tasksEnded(run, tasks) {
      for (const { frame, status: ended, endedAt, error } of tasks) task(run, frame, ended, endedAt, '', error !== undefined ? { error: run.mask.maskValue(error) } : {})
    },
  }
}

/** Of the run: the flow's name with the run's id, and its namespace. */
function nameOf({ row: { name, id, namespace } }: LiveRun): string {
  return `${name}-${id}.${namespace}`
}
