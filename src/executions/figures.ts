/** Measured figures of calls, and the storage that their records take. Times are whole minutes: `from` is rounded down, `to` up. */
import type { Database } from '../db/database.ts'
import { isUuid } from '../lib/page.ts'
import { floorMinute, MINUTE_MS } from '../lib/minute.ts'
import { sumBlobs, sumByIntegration, sumByPart, sumByStep, sumFigures, sumStored, type Range, type Step, type Sums } from './figures-store.ts'
import { percentile } from './histogram.ts'
import { createRollup, type Rollup } from './rollup.ts'

export interface TimeRange { from: Date, to: Date }

/** Refused runs were never sent: they are counted apart, and have no part in rates and latencies. */
export interface CallCounts { calls: number, succeeded: number, failed: number, refused: number }

export interface Rates extends CallCounts {
  /** ms; null without calls, like the rates. */
  averageLatency: number | null
  /** Percent of `calls`. */
  successRate: number | null
  errorRate: number | null
  /** Calls a minute, over the part of the range that has passed. */
  throughput: number
}

export interface Performance extends Rates {
  /** ms, estimated from counts in classes. */
  p50: number | null
  p95: number | null
  p99: number | null
}

export interface SeriesPoint extends CallCounts { at: Date, averageLatency: number | null, p50: number | null, p95: number | null, p99: number | null, successRate: number | null }

export interface Figures extends Pick<Rollup, 'recorded'> {
  performance(tenantId: string, integrationId: string, range: TimeRange): Promise<Performance>
  /** Over all the tenant's integrations, deleted ones too. */
  totals(tenantId: string, range: TimeRange): Promise<Performance>
  /** Of several integrations at once; those without runs are left out. */
  rates(tenantId: string, integrationIds: string[], range: TimeRange): Promise<Map<string, Rates>>
  /** Calls that were tried in each of `parts` equal parts of the range, oldest first; those without any are left out. */
  trends(tenantId: string, integrationIds: string[], range: TimeRange, parts: number): Promise<Map<string, number[]>>
  /** Points in the order of time; steps without runs are left out. All integrations where none is named. Steps begin in UTC. */
  series(tenantId: string, query: TimeRange & { integrationId?: string | undefined, step: Step }): Promise<SeriesPoint[]>
  /** Calls that were tried since the minute of `since`: what quotas count. */
  callsSince(tenantId: string, integrationId: string, since: Date): Promise<number>
  /** Bytes of an integration's records and large values. */
  storage(tenantId: string, integrationId: string): Promise<number>
  /** Bytes of the records alone: of one tenant's, or of all tenants'. */
  storageByTenant(tenantId?: string): Promise<{ tenantId: string, bytes: number }[]>
  /** Of records and large values of each integration that has any, deleted ones too; the largest first. */
  storageByIntegration(tenantId: string): Promise<{ integrationId: string, recordBytes: number, blobBytes: number }[]>
  /** Makes the figures of minutes that are over. Call it every ten seconds or so; figures are right without it, but slower to read. */
  rollUp(): Promise<void>
  /** Records made before this are counted for good: they may go without changing a figure. */
  settled(): Promise<Date>
}

/** Later than anything: "till now" must not leave out a record because clocks differ. */
const FOREVER = Date.UTC(9999, 0)

export function createFigures({ database, clock = Date.now }: { database: Database, clock?: () => number }): Figures {
  const rollup = createRollup({ database, clock })
  const rangeOf = async (tenantId: string, { from, to }: TimeRange, integrationIds?: string[]): Promise<Range> => ({
    tenantId, integrationIds, from: floorMinute(from.getTime()), to: floorMinute(to.getTime() + MINUTE_MS - 1), complete: await rollup.boundary(),
  })
  const performance = async (tenantId: string, time: TimeRange, integrationIds?: string[]): Promise<Performance> => {
    const range = await rangeOf(tenantId, time, integrationIds)
    const { counts, ...sums } = await sumFigures(database.tenant(tenantId), range)
    return { ...ratesOf(sums, minutesOf(range, clock())), p50: percentile(counts, 0.5), p95: percentile(counts, 0.95), p99: percentile(counts, 0.99) }
  }

  return {
    recorded: rollup.recorded,
    performance: (tenantId, integrationId, time) => performance(tenantId, time, [integrationId].filter(isUuid)),
    totals: (tenantId, time) => performance(tenantId, time),

    async rates(tenantId, integrationIds, time) {
      const range = await rangeOf(tenantId, time, integrationIds.filter(isUuid))
      const rows = await sumByIntegration(database.tenant(tenantId), range)
      return new Map(rows.map(({ integrationId, ...sums }) => [integrationId, ratesOf(sums, minutesOf(range, clock()))]))
    },

    async trends(tenantId, integrationIds, time, parts) {
      const range = await rangeOf(tenantId, time, integrationIds.filter(isUuid))
      const trends = new Map<string, number[]>()
      for (const { integrationId, part, calls } of await sumByPart(database.tenant(tenantId), range, parts)) {
        const trend = trends.get(integrationId) ?? Array.from({ length: parts }, () => 0)
        trends.set(integrationId, trend)
        trend[Math.min(parts - 1, Math.max(0, part))]! += calls
      }
      return trends
    },

    async series(tenantId, { integrationId, step, ...time }) {
      const range = await rangeOf(tenantId, time, integrationId === undefined ? undefined : [integrationId].filter(isUuid))
      const rows = await sumByStep(database.tenant(tenantId), range, step)
      return rows.map(({ at, counts, ...sums }) => {
        const { throughput: _unused, errorRate: _rest, ...point } = ratesOf(sums, 1)
        return { at, ...point, p50: percentile(counts, 0.5), p95: percentile(counts, 0.95), p99: percentile(counts, 0.99) }
      })
    },

    async callsSince(tenantId, integrationId, since) {
      const { succeeded, failed } = await sumFigures(database.tenant(tenantId), await rangeOf(tenantId, { from: since, to: new Date(FOREVER) }, [integrationId].filter(isUuid)))
      return succeeded + failed
    },

    async storage(tenantId, integrationId) {
      if (!isUuid(integrationId)) return 0
      const rows = await storageOf(database, { tenantId, integrationId, complete: await rollup.boundary() })
      return rows.reduce((sum, { recordBytes, blobBytes }) => sum + recordBytes + blobBytes, 0)
    },

    storageByTenant: async (tenantId) => sumStored(tenantId === undefined ? database.system : database.tenant(tenantId), { tenantId, complete: await rollup.boundary() }),
    storageByIntegration: async (tenantId) => storageOf(database, { tenantId, complete: await rollup.boundary() }),
    rollUp: () => rollup.run(),
    settled: async () => new Date(await rollup.settled()),
  }
}

async function storageOf(database: Database, of: { tenantId: string, integrationId?: string, complete: number }): Promise<{ integrationId: string, recordBytes: number, blobBytes: number }[]> {
  const db = database.tenant(of.tenantId)
  const [records, blobs] = await Promise.all([sumStored(db, of), sumBlobs(db, of.tenantId, of.integrationId)])
  const recordBytes = new Map(records.map(({ integrationId, bytes }) => [integrationId, bytes]))
  const blobBytes = new Map(blobs.map(({ integrationId, bytes }) => [integrationId, bytes]))
  return [...new Set([...recordBytes.keys(), ...blobBytes.keys()])]
    .map((integrationId) => ({ integrationId, recordBytes: recordBytes.get(integrationId) ?? 0, blobBytes: blobBytes.get(integrationId) ?? 0 }))
    .filter(({ recordBytes, blobBytes }) => recordBytes + blobBytes > 0)
    .sort((a, b) => b.recordBytes + b.blobBytes - a.recordBytes - a.blobBytes)
}

function ratesOf({ succeeded, failed, refused, latencyMs }: Sums, minutes: number): Rates {
  const calls = succeeded + failed
  const percent = (part: number): number | null => (calls === 0 ? null : 100 * part / calls)
  return {
    calls, succeeded, failed, refused, averageLatency: calls === 0 ? null : latencyMs / calls,
    successRate: percent(succeeded), errorRate: percent(failed), throughput: minutes <= 0 ? 0 : calls / minutes,
  }
}

function minutesOf({ from, to }: Range, now: number): number {
  return (Math.min(to, Math.max(now, from + MINUTE_MS)) - from) / MINUTE_MS
}
