/**
 * Lets go of records: each integration's after its own `dataPolicy.retentionPeriod`, its tenant's or the operator's days if those are fewer, by deleting rows; days that nobody keeps, by dropping
 * partitions. Counts of calls outlive the records, since quotas and reports look further back.
 */
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { dropPartitionsSoon, ensurePartitions, idTime } from '../db/partitions.ts'
import type { Figures } from './figures.ts'
import { floorMinute, MINUTE_MS } from '../lib/minute.ts'
import { clearStored, deleteMinutes, deleteSlice, findExpired, findIdAfter, findKept, findLongestRetention, listMeasured, type Expired, type Kept } from './retention-store.ts'

export interface RetentionResult { executions: number, days: Date[], blobs: number, minutes: number }

export interface Retention {
  /** May be broken off and repeated at any time. Run it every hour or so. */
  apply(now?: Date): Promise<RetentionResult>
  /** Makes the coming days' partitions. Run it at least once a day; a hub that missed it makes them when a record finds none. */
  ensurePartitions(now?: Date): Promise<void>
}

/** For integrations that are deleted or say nothing. */
const DEFAULT_RETENTION_DAYS = 30
/** Counts of calls: long enough for a year's view. */
const FIGURES_DAYS = 400
const DAY_MS = 86_400_000
/** Even a retention of 0 days leaves a record time to be counted for good. */
const LEAST_AGE_MS = 3_600_000
/** A large value is made after its record's id: it goes later, so that no record points at nothing. */
const BLOB_GRACE_MS = 3_600_000
const SLICE_ROWS = 20_000
const KEYS = 1000

export interface RetentionDeps {
  database: Database
  blobs: Pick<Blobs, 'owners' | 'removeOlderThan'>
  figures: Pick<Figures, 'rollUp' | 'settled'>
  /** That the operator allows. */
  ceilingDays: number
  /** Of the tenants that say something themselves. */
  ownDays(): Promise<{ tenantId: string, days: { executions?: number } }[]>
}

export function createRetention(deps: RetentionDeps): Retention {
  const { database: { system, owner }, figures } = deps
  return {
    async apply(now = new Date()) {
      await figures.rollUp()
      const latest = floorMinute(Math.min(now.getTime() - LEAST_AGE_MS, (await figures.settled()).getTime()))
      const kept = await findKept(system, await listMeasured(system), DEFAULT_RETENTION_DAYS)
      const own = new Map((await deps.ownDays()).map(({ tenantId, days: { executions: few } }) => [tenantId, few ?? deps.ceilingDays]))
      const cutoffOf = ({ tenantId, days }: Kept): number => Math.max(0, Math.min(latest, floorMinute(now.getTime() - Math.min(days, deps.ceilingDays, own.get(tenantId) ?? days) * DAY_MS)))
      const days = await dropDays(deps, kept, { now, latest })
      let executions = 0
      for (const page of pagesOf(kept)) {
        for (const key of await findExpired(system, page.map((each) => ({ tenantId: each.tenantId, integrationId: each.integrationId, before: cutoffOf(each) })))) {
          executions += await deleteBefore(deps, key)
        }
      }
      const blobs = await removeBlobs(deps, cutoffOf)
      let minutes = 0
      for (const page of pagesOf(kept)) minutes += await deleteMinutes(system, page, now.getTime() - FIGURES_DAYS * DAY_MS)
      return { executions, days, blobs, minutes }
    },
    ensurePartitions: (now) => ensurePartitions(owner, now),
  }
}

function pagesOf<Item>(items: Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / KEYS) }, (_, page) => items.slice(page * KEYS, (page + 1) * KEYS))
}

/** Drops the days that even the longest retention is done with. */
async function dropDays({ database, ceilingDays }: RetentionDeps, kept: Kept[], { now, latest }: { now: Date, latest: number }): Promise<Date[]> {
  const longest = Math.min(ceilingDays, Math.max(DEFAULT_RETENTION_DAYS, await findLongestRetention(database.system)))
  const before = Math.min(latest, now.getTime() - longest * DAY_MS)
  const day = Math.floor(before / DAY_MS) * DAY_MS
  for (const page of pagesOf(kept)) {
    const going = await findExpired(database.system, page.map(({ tenantId, integrationId }) => ({ tenantId, integrationId, before: day })))
    // First, since a day that is gone is not looked at again. Should the drop fail, the storage reads too low till the next time.
    await clearStored(database.system, going.map((key) => ({ ...key, from: floorMinute(idTime(key.oldestId)), to: day })))
  }
  return dropPartitionsSoon(database.owner, new Date(day), ['executions'])
}

/** In slices of whole minutes, each a transaction: what is left after a break-off are whole minutes too. */
async function deleteBefore({ database: { system } }: RetentionDeps, { tenantId, integrationId, before, oldestId }: Expired & { oldestId: string }): Promise<number> {
  let deleted = 0
  for (let from = floorMinute(idTime(oldestId)); from < before;) {
    const next = await findIdAfter(system, { tenantId, integrationId, from, to: before }, SLICE_ROWS)
    const to = next === undefined ? before : Math.max(floorMinute(idTime(next)), from + MINUTE_MS)
    deleted += await deleteSlice(system, { tenantId, integrationId, from, to })
    from = to
  }
  return deleted
}

/** Looks retentions up anew: an integration may have large values and no figures. */
async function removeBlobs({ database, blobs }: RetentionDeps, cutoffOf: (kept: Kept) => number): Promise<number> {
  let removed = 0
  for (const page of pagesOf(await blobs.owners())) {
    const oldest = new Map(page.map((owner) => [owner.tenantId + owner.integrationId, owner.oldest]))
    for (const kept of await findKept(database.system, page, DEFAULT_RETENTION_DAYS)) {
      const before = new Date(cutoffOf(kept) - BLOB_GRACE_MS)
      if (oldest.get(kept.tenantId + kept.integrationId)! < before) removed += await blobs.removeOlderThan(kept.tenantId, kept.integrationId, before)
    }
  }
  return removed
}
