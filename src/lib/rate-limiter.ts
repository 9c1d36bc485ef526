/** Calls a minute, as a bucket that refills evenly (GCRA): a full bucket allows a burst of a minute's worth. */
import { MINUTE_MS } from './minute.ts'

export interface RateDecision {
  allowed: boolean
  limit: number
  /** Calls that would be allowed right now. */
  remaining: number
  /** Until a refused call may come again, or else until the bucket is full. */
  resetSeconds: number
}

export class RateLimiter {
  #perMinute: number
  /** Theoretical arrival time: how far ahead of now the bucket is used up. */
  #usedUntil = 0

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Calls that were made stay made: so many fewer are left of the new limit. */
  setLimit(perMinute: number, now: number): void {
    if (perMinute === this.#perMinute) return
    const used = Math.max(0, this.#usedUntil - now) * this.#perMinute / perMinute
    this.#usedUntil = now + Math.min(used, MINUTE_MS)
    this.#perMinute = perMinute
  }

  take(now: number): RateDecision {
    const step = MINUTE_MS / this.#perMinute
    const start = Math.max(this.#usedUntil, now)
    const after = start + step
    const allowed = after - now <= MINUTE_MS + 0.001
    if (allowed) this.#usedUntil = after
    const used = Math.max(0, this.#usedUntil - now)
    return {
      allowed, limit: this.#perMinute,
      remaining: Math.max(0, Math.floor((MINUTE_MS - used) / step + 0.001)),
      resetSeconds: Math.ceil((allowed ? used : after - now - MINUTE_MS) / 1000),
    }
  }

  /** Gives one call back that was taken, but then refused by somebody else. */
  giveBack(): void {
    this.#usedUntil -= MINUTE_MS / this.#perMinute
  }

  /** Calls of the limit that are used up at this moment. */
  used(now: number): number {
    return Math.ceil(Math.max(0, this.#usedUntil - now) * this.#perMinute / MINUTE_MS - 0.001)
  }

  /** True when nothing of it is used: it may be forgotten. */
  isIdle(now: number): boolean {
    return this.#usedUntil <= now
  }
}
