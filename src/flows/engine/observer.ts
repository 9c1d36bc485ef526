/** Told of what happens to runs, once it is committed. */
import type { RunEnd } from './end.ts'
import type { EndedTask } from './entry.ts'
import type { LiveRun } from './run.ts'

export interface RunObserver {
  started(run: LiveRun): void
  suspended(run: LiveRun): void
  resumed(run: LiveRun): void
  tasksEnded(run: LiveRun, tasks: readonly EndedTask[]): void
  ended(run: LiveRun, end: RunEnd): void
  /** Whatever it was: where the run stands, or that it is over. */
  committed(run: LiveRun): void
}
