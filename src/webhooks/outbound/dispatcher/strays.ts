/**
 * Deliveries that stand in the queue as this process's own and are not in its hands: the answer to their claim or to their insert got lost with a
 * connection. Nobody would deliver them while the process lives, so they are freed.
 */
import type { Db } from '../../../db/db.ts'
import { findClaimed, releaseRows } from './queue-store.ts'

export interface Strays {
  /** What became of a claim or an insert is not known. */
  suspect(): void
  /** Looks where there is reason to. Not while a claim is under way: its rows are in nobody's hands yet. */
  free(): Promise<void>
}

export interface StraysDeps {
  db: Db
  workerId: string
  isInHand(deliveryId: string): boolean
}

/** A statement whose connection is gone may commit as late as its timeout lets it. */
const SUSPECT_MS = 40_000
const LOOK_EVERY_MS = 5000

export function createStrays({ db, workerId, isInHand }: StraysDeps): Strays {
  let untilMs = -Infinity
  let nextMs = Infinity
  return {
    suspect() {
      untilMs = performance.now() + SUSPECT_MS
      nextMs = Math.min(nextMs, performance.now())
    },
    async free() {
      if (performance.now() < nextMs) return
      const strays = (await findClaimed(db, workerId)).filter(({ id }) => !isInHand(id))
      if (strays.length > 0) await releaseRows(db, workerId, strays)
      nextMs = performance.now() < untilMs ? performance.now() + LOOK_EVERY_MS : Infinity
    },
  }
}
