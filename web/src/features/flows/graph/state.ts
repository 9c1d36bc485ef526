/** How the tasks of a run stand, for the graph. */
import type { Run } from '../../../hub/client.ts'
import { isOver } from '../runs/status.tsx'
import { allTasks, type TaskList } from './tasks.ts'

type Entry = Run['tasks'][number]
export type TaskState = Entry['status'] | 'skipped'

export interface TaskStanding {
  state: TaskState
  /** How often it ran: in loops more than once. */
  times: number
  attempts: number
  /** Of all its times; null while it runs. */
  tookMs: number | null
}

/** By the tasks' references. What was never begun is pending while something may still lead to it, and skipped after. */
export function standingsOf(run: Pick<Run, 'tasks' | 'status'>, list: TaskList): Map<string, TaskStanding> {
  const standings = new Map<string, TaskStanding>()
  for (const entry of run.tasks) {
    const before = standings.get(entry.reference)
    standings.set(entry.reference, {
      state: entry.status, times: (before?.times ?? 0) + 1, attempts: Math.max(before?.attempts ?? 1, entry.attempts),
      tookMs: entry.endedAt === null || before?.tookMs === null ? null : (before?.tookMs ?? 0) + new Date(entry.endedAt).getTime() - new Date(entry.startedAt).getTime(),
    })
  }
  for (const { pointer, parent, list: { tasks }, index } of allTasks(list)) {
    if (standings.has(pointer)) continue
    const around = parent === undefined ? undefined : standings.get(parent.pointer)
    const isPast = isOver(run.status) || (around !== undefined && around.tookMs !== null) || around?.state === 'skipped' || tasks.slice(index + 1).some((later) => standings.has(later.pointer) && !isSkipped(standings.get(later.pointer)))
    standings.set(pointer, { state: isPast ? 'skipped' : 'pending', times: 0, attempts: 0, tookMs: null })
  }
  return standings
}

const isSkipped = (standing: TaskStanding | undefined): boolean => standing?.state === 'skipped'
