/** Commits of runs, in groups over all runs of the process. A database that is away is waited for: what was done must be noted. */
import type { Db } from '../../db/db.ts'
import { isRowFault } from '../../db/faults.ts'
import { createSureWrites } from '../../db/write-surely.ts'
import { createGroupCommit } from '../../lib/group-commit.ts'
import { insertFinished, updateCheckpoints, type CheckpointRow, type FinishedRow } from './checkpoint-store.ts'

export type Step = { kind: 'checkpoint', row: CheckpointRow } | { kind: 'finished', row: FinishedRow }

export interface Checkpoints {
  /** Resolves once it is committed: false where the run is held by another, and nothing was written. Rejects after `giveUp`, or where Postgres refuses the row. */
  commit(step: Step): Promise<boolean>
  /** From here on a database that is away is waited for no longer. */
  giveUp(): void
  drain(): Promise<void>
}

export interface CheckpointsDeps {
  db: Db
  workerId: string
  ensurePartitions(): Promise<void>
  onError(error: unknown): void
}

const MAX_ROWS = 200
const MAX_IN_FLIGHT = 2

interface Waiting { step: Step, isHeld: boolean, fault: unknown }

export function createCheckpoints({ db, workerId, ensurePartitions, onError }: CheckpointsDeps): Checkpoints {
  const write = async (all: Waiting[]): Promise<void> => {
    const checkpoints = all.flatMap(({ step }) => (step.kind === 'checkpoint' ? [step.row] : []))
    const finished = all.flatMap(({ step }) => (step.kind === 'finished' ? [step.row] : []))
    const held = [
      checkpoints.length > 0 ? updateCheckpoints(db, workerId, checkpoints) : undefined,
      finished.length > 0 ? insertFinished(db, workerId, finished) : undefined,
    ]
    const ids = (await Promise.all(held)).flatMap((each) => [...each ?? []])
    const known = new Set(ids)
    for (const each of all) each.isHeld = known.has(each.step.row.id)
  }

  const sure = createSureWrites<Waiting>({ write, ensurePartitions, onError })
  const commits = createGroupCommit<Waiting>({
    maxRows: MAX_ROWS, maxInFlight: MAX_IN_FLIGHT,
    async write(all) {
      try {
        await sure.write(all)
      } catch (error) {
        if (!isRowFault(error)) throw error
        // One run's row must not take the others along.
        for (const each of all) await sure.write([each]).catch((fault: unknown) => { each.fault = fault })
      }
    },
  })
  return {
    async commit(step) {
      const waiting: Waiting = { step, isHeld: false, fault: undefined }
      await commits.add(waiting)
      if (waiting.fault !== undefined) throw waiting.fault
      return waiting.isHeld
    },
    giveUp: () => { sure.giveUp() },
    drain: () => commits.drain(),
  }
}
