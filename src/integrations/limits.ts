/** How much of its limits each integration has used. */
import type { Figures, Rates } from '../executions/figures.ts'
import { periodEnd, periodStart, type Limited } from '../lib/quota.ts'
import type { LoadedIntegrations } from './loaded.ts'
import type { IntegrationRow } from './store.ts'

export interface LimitsInUse {
  /** Calls a minute, as this process counts them: of several, each has the limit for itself. */
  rate: { limit: number, used: number }
  /** Null where it is unlimited. */
  quota: { limit: number, period: Limited['period'], used: number, resetsAt: Date } | null
  /** How long the upstream wishes not to be called; 0 where it may be. */
  heldSeconds: number
}

export interface LimitsDeps { loaded: LoadedIntegrations, figures: Pick<Figures, 'rates'>, clock?: () => number }

export type ReadLimits = (tenantId: string, rows: readonly IntegrationRow[]) => Promise<Map<string, LimitsInUse>>

export function createReadLimits({ loaded, figures, clock = Date.now }: LimitsDeps): ReadLimits {
  return async (tenantId, rows) => {
    const now = clock()
    const used = await quotasUsed(figures, tenantId, rows, now)
    return new Map(rows.map(({ id, dataHandling, usage: { usageQuota } }) => {
      const state = loaded.state(tenantId, id)
      return [id, {
        rate: { limit: dataHandling.rateLimit.requestsPerMinute, used: state?.limiter.used(now) ?? 0 },
        quota: usageQuota.unlimited ? null : {
          limit: usageQuota.limit, period: usageQuota.period, used: used.get(id) ?? 0, resetsAt: new Date(periodEnd(usageQuota.period, periodStart(usageQuota.period, now))),
        },
        heldSeconds: Math.max(0, state?.hold.secondsLeft(now) ?? 0),
      }]
    }))
  }
}

/** One question a kind of period, however many integrations there are. */
async function quotasUsed(figures: LimitsDeps['figures'], tenantId: string, rows: readonly IntegrationRow[], now: number): Promise<Map<string, number>> {
  const counted = await Promise.all((['hour', 'day', 'month'] as const).map((period) => {
    const ids = rows.filter(({ usage: { usageQuota } }) => !usageQuota.unlimited && usageQuota.period === period).map(({ id }) => id)
    return ids.length === 0 ? new Map<string, Rates>() : figures.rates(tenantId, ids, { from: new Date(periodStart(period, now)), to: new Date(now) })
  }))
  return new Map(counted.flatMap((each) => [...each].map(([id, { calls }]) => [id, calls] as const)))
}
