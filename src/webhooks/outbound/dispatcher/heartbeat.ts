/**
 * The sign of life of a process that delivers. One that gave none for a while loses what it had claimed: so a process that could not give it
 * (its database was away, it was stopped) must not go on with what it holds until it has asked again.
 */
import type { Db } from '../../../db/db.ts'
import { every, type Schedule } from '../../../jobs/schedule.ts'
import { beat, freeLapsed, freeOrphans, signOff } from './queue-store.ts'

export interface Heartbeat {
  /** False where the claims may have been given to others. */
  isHeld(): boolean
  start(): Promise<void>
  stop(): Promise<void>
}

const BEAT_MS = 2000
const LAPSED_SECONDS = 9
/** Well before the others take over. */
const HELD_MS = 6000

export interface HeartbeatDeps {
  db: Db
  workerId: string
  /** The claims are lost: whatever is in memory is somebody else's now. */
  lost(): void
  /** From here on what is claimed is held again. */
  held(): void
  onError(error: unknown): void
}

export function createHeartbeat({ db, workerId, lost, held, onError }: HeartbeatDeps): Heartbeat {
  let lastMs = -Infinity
  let schedule: Schedule | undefined

  const once = async (): Promise<void> => {
    const askedMs = performance.now()
    const lapsed = askedMs - lastMs > HELD_MS && lastMs !== -Infinity
    await beat(db, workerId)
    if (lapsed) lost()
    lastMs = askedMs
    held()
    await freeLapsed(db, LAPSED_SECONDS)
  }
  return {
    isHeld: () => performance.now() - lastMs < HELD_MS,
    async start() {
      await once()
      await freeOrphans(db)
      schedule = every(BEAT_MS, once, onError)
    },
    async stop() {
      await schedule?.stop()
      await signOff(db, workerId).catch(onError)
    },
  }
}
