/**
 * Calls in a period (hour, day, month, UTC). Counted in memory from what the database had at the start of the count;
 * the database is asked again now and then, so that several hubs see each other's calls.
 */

export interface Limited { limit: number, period: 'hour' | 'day' | 'month' }

export interface QuotaDecision { allowed: boolean, limit: number, used: number, resetSeconds: number, windowSeconds: number }

/** How long a count may go without a look at the database. */
const RECOUNT_MS = 10_000

export class Quota {
  #period = Number.NaN
  #used = 0
  #countedAt = 0
  #counting: Promise<void> | undefined

  /** In the period of the last call. */
  get used(): number { return this.#used }

  /** `count` answers the calls since a moment. */
  async take(quota: Limited, now: number, count: (since: Date) => Promise<number>): Promise<QuotaDecision> {
    const start = periodStart(quota.period, now)
    if (start !== this.#period) await this.#recount(start, now, count)
    else if (now - this.#countedAt > RECOUNT_MS) await this.#recount(start, now, count)
    const allowed = this.#used < quota.limit
    if (allowed) this.#used += 1
    const end = periodEnd(quota.period, start)
    return { allowed, limit: quota.limit, used: this.#used, resetSeconds: Math.ceil((end - now) / 1000), windowSeconds: (end - start) / 1000 }
  }

  /** Gives one call back that was taken, but then refused by somebody else. */
  giveBack(): void {
    this.#used = Math.max(0, this.#used - 1)
  }

  async #recount(start: number, now: number, count: (since: Date) => Promise<number>): Promise<void> {
    this.#counting ??= (async () => {
      const known = start === this.#period ? this.#used : 0
      // Calls under way are not in the database yet: the larger number is nearer the truth.
      this.#used = Math.max(await count(new Date(start)), known)
      this.#period = start
      this.#countedAt = now
    })().finally(() => { this.#counting = undefined })
    await this.#counting
  }
}

export function periodStart(period: Limited['period'], now: number): number {
  const date = new Date(now)
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  const length = period === 'hour' ? 3_600_000 : 86_400_000
  return Math.floor(now / length) * length
}

export function periodEnd(period: Limited['period'], start: number): number {
  const date = new Date(start)
  if (period === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  return start + (period === 'hour' ? 3_600_000 : 86_400_000)
}
