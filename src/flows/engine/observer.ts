/** Told of what happens to runs, once it is committed. */
import type { RunEnd } from './end.ts'
import type { EndedTask, RunStep } from './entry.ts'
import type { LiveRun } from './run.ts'

export interface RunObserver {
  started(run: LiveRun): void
  suspended(run: LiveRun): void
  resumed(run: LiveRun): void
  /** It left memory until its time, or an event, or another run's end; and it is back. */
  waiting(run: LiveRun): void
  woken(run: LiveRun): void
  /** Of flows that want lifecycle events; before what ended. */
  stepsTaken(run: LiveRun, steps: readonly RunStep[]): void
  tasksEnded(run: LiveRun, tasks: readonly EndedTask[]): void
  ended(run: LiveRun, end: RunEnd): void
  /** Whatever it was: where the run stands, or that it is over. */
  committed(run: LiveRun): void
}
