/**
 * The sign of life of a process that has claimed work. One that gave none for a while loses what it had claimed: so a process that could not give it
 * (its database was away, it was stopped) must not go on with what it holds until it has asked again.
 */
import type { Db } from '../db/db.ts'
import { every, type Schedule } from './schedule.ts'

/** Where the signs are noted, and what is claimed. */
export interface ClaimsStore {
  beat(db: Db, workerId: string): Promise<void>
  /** Processes that gave no sign of life for so long lose what they had claimed. */
  freeLapsed(db: Db, lapsedSeconds: number): Promise<void>
  /** What is claimed by a process that isn't known at all. */
  freeOrphans(db: Db): Promise<void>
  signOff(db: Db, workerId: string): Promise<void>
}

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
  store: ClaimsStore
  workerId: string
  /** The claims are lost: whatever is in memory is somebody else's now. */
  lost(): void
  /** From here on what is claimed is held again. */
  held(): void
  onError(error: unknown): void
}

export function createHeartbeat({ db, store, workerId, lost, held, onError }: HeartbeatDeps): Heartbeat {
  let lastMs = -Infinity
  let schedule: Schedule | undefined

  const once = async (): Promise<void> => {
    const askedMs = performance.now()
    const lapsed = askedMs - lastMs > HELD_MS && lastMs !== -Infinity
    await store.beat(db, workerId)
    if (lapsed) lost()
    lastMs = askedMs
    held()
    await store.freeLapsed(db, LAPSED_SECONDS)
  }
  return {
    isHeld: () => performance.now() - lastMs < HELD_MS,
    async start() {
      await once()
      await store.freeOrphans(db)
      schedule = every(BEAT_MS, once, onError)
    },
    async stop() {
      await schedule?.stop()
      await store.signOff(db, workerId).catch(onError)
    },
  }
}
