/**
 * How far the draining of backlogs holds back. It could take all that the machine and the database's log can give, while senders wait for their
 * answers: so it waits a little between rounds where they wait long, and goes as fast as it can where nobody waits.
 */
export interface Pace {
  /** A sender's event took so long from its arrival to its commit. */
  note(tookMs: number): void
  /** How long to wait before the next round, in ms. Asked once a round. */
  next(): number
}

const LONG_MS = 20
const FIRST_MS = 5
const SHORTER = 0.75
/** Rounds take some hundreds: a backlog drains by thousands a second even so. */
const LONGEST_MS = 100
/** What was noted longer ago says nothing of now, and a round longer ago was of another backlog. */
const FRESH_MS = 1000

export function createPace(now: () => number = () => performance.now()): Pace {
  let [worstMs, notedAt] = [0, -Infinity]
  let [pauseMs, askedAt] = [0, -Infinity]
  return {
    note(tookMs) {
      if (tookMs <= worstMs && now() - notedAt < FRESH_MS) return
      worstMs = tookMs
      notedAt = now()
    },
    next() {
      // It begins slowly: what it does to others shows only then.
      if (now() - askedAt > FRESH_MS) pauseMs = LONGEST_MS
      else if (worstMs > LONG_MS && now() - notedAt < FRESH_MS) pauseMs = Math.min(LONGEST_MS, Math.max(FIRST_MS, pauseMs * 2))
      else pauseMs = pauseMs < FIRST_MS ? 0 : pauseMs * SHORTER
      worstMs = 0
      askedAt = now()
      return pauseMs
    },
  }
}
