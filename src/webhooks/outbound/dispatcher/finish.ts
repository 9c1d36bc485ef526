/** Writes what became of deliveries, in groups. A database that is away is waited for: the deliveries are made and must be noted. */
import type { Db } from '../../../db/db.ts'
import { isRowFault } from '../../../db/faults.ts'
import { createSureWrites } from '../../../db/write-surely.ts'
import { createGroupCommit } from '../../../lib/group-commit.ts'
import { deleteUnwanted, insertFinished, updateRetried } from './finish-store.ts'
import { releaseRows } from './queue-store.ts'

interface Place { tenantId: string, id: string }

export type Ending = Place & (
  | { kind: 'finished', status: 'delivered' | 'failed' | 'parked', reason: string | null, attempts: string }
  | { kind: 'retried', waitMs: number, attempt: number, attempts: string }
  | { kind: 'unwanted' }
  /** Not tried: anybody may take it. */
  | { kind: 'released' })

export interface Finisher {
  /** Resolves once it is written. Rejects only after `giveUp`, or where Postgres refuses the row itself. */
  end(ending: Ending): Promise<void>
  waiting(): number
  /** From here on a database that is away is waited for no longer. */
  giveUp(): void
  drain(): Promise<void>
}

export interface FinisherDeps {
  db: Db
  workerId: string
  ensurePartitions(): Promise<void>
  onError(error: unknown): void
}

const MAX_ROWS = 200
const MAX_IN_FLIGHT = 2

export function createFinisher({ db, workerId, ensurePartitions, onError }: FinisherDeps): Finisher {
  const write = async (endings: Ending[]): Promise<void> => {
    const of = <Kind extends Ending['kind']>(kind: Kind): Extract<Ending, { kind: Kind }>[] => endings.filter((each): each is Extract<Ending, { kind: Kind }> => each.kind === kind)
    const [finished, retried, unwanted, released] = [of('finished'), of('retried'), of('unwanted'), of('released')]
    if (finished.length > 0) await insertFinished(db, workerId, finished)
    if (retried.length > 0) await updateRetried(db, workerId, retried)
    if (unwanted.length > 0) await deleteUnwanted(db, workerId, unwanted)
    if (released.length > 0) await releaseRows(db, workerId, released)
  }

  /** May be repeated: what was written already is no longer held, and is left alone. */
  const sure = createSureWrites<Ending>({ write, ensurePartitions, onError })
  const commits = createGroupCommit<Ending>({
    maxRows: MAX_ROWS, maxInFlight: MAX_IN_FLIGHT,
    async write(endings) {
      try {
        await sure.write(endings)
      } catch (error) {
        if (!isRowFault(error)) throw error
        // What one row holds must not keep the others from being noted; its record is left out, not its end.
        onError(error)
        for (const ending of endings) await sure.write([ending]).catch(() => sure.write([plain(ending)]))
      }
    },
  })
  return { end: (ending) => commits.add(ending), waiting: () => commits.size(), giveUp: () => { sure.giveUp() }, drain: () => commits.drain() }
}

function plain(ending: Ending): Ending {
  return 'attempts' in ending ? { ...ending, attempts: '[]', ...'reason' in ending && { reason: 'record_refused' } } : ending
}
