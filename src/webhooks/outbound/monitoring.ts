/** Measured figures of endpoints: added up in memory, and written every few seconds. */
import type { Database } from '../../db/database.ts'
import { floorMinute, MINUTE_MS } from '../../lib/minute.ts'
import { createMinutes, latestOf } from '../../lib/minutes.ts'
import { addMinutes, deleteMinutes, sumByStep, sumByWebhook, sumByWebhookHour, type MinuteRow, type Range, type Step, type Sums, type WebhookHour } from './monitoring-store.ts'

/** What one request to an endpoint came to. */
export interface Sample {
  tenantId: string
  webhookId: string
  at: Date
  latencyMs: number
  attempts: number
  failedAttempts: number
  /** Deliveries that were over with it, one way or the other. */
  delivered: number
  failed: number
}

export interface Measured {
  delivered: number
  failed: number
  attempts: number
  failedAttempts: number
  /** Percent of the deliveries that are over; 100 before the first. */
  deliveryRate: number
  /** ms an attempt; null without one. */
  averageLatency: number | null
  /** Percent of the attempts; 0 before the first. */
  errorRate: number
}

export interface Monitoring extends Measured { lastDelivery: Date | null }
export interface SeriesPoint extends Measured { at: Date }

export interface WebhookFigures {
  record(sample: Sample): void
  /** Of the last 24 hours; the last delivery is of all times. One for each id. */
  monitoring(tenantId: string, webhookIds: readonly string[]): Promise<Map<string, Monitoring>>
  /** Whole minutes: `from` is rounded down, `to` up. Steps begin in UTC; those without deliveries are left out. */
  performance(tenantId: string, webhookId: string, range: Range & { step: Step }): Promise<Monitoring & { series: SeriesPoint[] }>
  /** By the hour, of each of these endpoints. */
  courses(tenantId: string, webhookIds: readonly string[], range: Range): Promise<Map<string, WebhookHour[]>>
  /** The same over all the tenant's endpoints. */
  series(tenantId: string, range: Range & { step: Step }): Promise<SeriesPoint[]>
  /** Writes what was recorded. Call it every two seconds or so, and at the end. */
  flush(): Promise<void>
  /** Lets go of what is older than 90 days. */
  expire(): Promise<void>
}

const DAY_MS = 86_400_000
const KEPT_DAYS = 90

export function createWebhookFigures({ database, clock = Date.now }: { database: Database, clock?: () => number }): WebhookFigures {
  const minutes = createMinutes<MinuteRow>({
    keyOf: ({ webhookId, minute }) => `${webhookId}:${minute}`,
    merge(known, row) {
      known.delivered += row.delivered
      known.failed += row.failed
      known.attempts += row.attempts
      known.failedAttempts += row.failedAttempts
      known.latencyMs += row.latencyMs
      known.lastDelivery = latestOf(known.lastDelivery, row.lastDelivery)
    },
    write: (rows) => addMinutes(database.system, rows),
  })

  const monitoring = async (tenantId: string, webhookIds: readonly string[], range: Range): Promise<Map<string, Monitoring>> => {
    await minutes.flush().catch(() => undefined)
    const rows = webhookIds.length === 0 ? [] : await sumByWebhook(database.tenant(tenantId), tenantId, webhookIds, range)
    return new Map(rows.map(({ webhookId, lastDelivery, ...sums }) => [webhookId, { ...measured(sums), lastDelivery }]))
  }

  const series = async (tenantId: string, webhookId: string | undefined, { step, ...range }: Range & { step: Step }): Promise<SeriesPoint[]> => {
    const points = await sumByStep(database.tenant(tenantId), tenantId, webhookId, { ...wholeMinutes(range), step })
    return points.map(({ at, ...sums }) => ({ at, ...measured(sums) }))
  }

  return {
    record({ tenantId, webhookId, at, latencyMs, attempts, failedAttempts, delivered, failed }) {
      minutes.add({ tenantId, webhookId, minute: floorMinute(at.getTime()), delivered, failed, attempts, failedAttempts, latencyMs, lastDelivery: delivered > 0 ? at.getTime() : null })
    },
    monitoring: (tenantId, webhookIds) => monitoring(tenantId, webhookIds, { from: new Date(clock() - DAY_MS), to: new Date(clock() + MINUTE_MS) }),
    async performance(tenantId, webhookId, range) {
      const total = (await monitoring(tenantId, [webhookId], wholeMinutes(range))).get(webhookId)!
      return { ...total, series: await series(tenantId, webhookId, range) }
    },
    async courses(tenantId, webhookIds, range) {
      await minutes.flush().catch(() => undefined)
      const hours = webhookIds.length === 0 ? [] : await sumByWebhookHour(database.tenant(tenantId), tenantId, webhookIds, wholeMinutes(range))
      return Map.groupBy(hours, ({ webhookId }) => webhookId)
    },
    async series(tenantId, range) {
      await minutes.flush().catch(() => undefined)
      return series(tenantId, undefined, range)
    },
    flush: () => minutes.flush(),
    expire: () => deleteMinutes(database.system, new Date(clock() - KEPT_DAYS * DAY_MS)),
  }
}

function wholeMinutes({ from, to }: Range): Range {
  return { from: new Date(floorMinute(from.getTime())), to: new Date(Math.ceil(to.getTime() / MINUTE_MS) * MINUTE_MS) }
}

function measured({ delivered, failed, attempts, failedAttempts, latencyMs }: Sums): Measured {
  const over = delivered + failed
  return {
    delivered, failed, attempts, failedAttempts, deliveryRate: over === 0 ? 100 : 100 * delivered / over,
    averageLatency: attempts === 0 ? null : latencyMs / attempts, errorRate: attempts === 0 ? 0 : 100 * failedAttempts / attempts,
  }
}
