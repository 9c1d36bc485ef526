/** Lets go of events and finished deliveries: whole days, by dropping partitions, and by rows where a tenant keeps them for fewer days; and of the keys of repeats, once their window is over. */
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { deleteRowsBefore, dropPartitionsSoon } from '../db/partitions.ts'
import { deleteOldKeys, listLargeEvents } from './events-store.ts'

export interface EventRetentionResult { days: Date[], blobs: number, keys: number, rows: number }

export interface EventRetention {
  /** May be broken off and repeated at any time. */
  apply(now?: Date): Promise<EventRetentionResult>
}

export interface EventRetentionDeps {
  database: Pick<Database, 'system' | 'owner'>
  blobs: Pick<Blobs, 'remove'>
  /** That the operator allows. */
  days: number
  /** Of the tenants that say something themselves. */
  ownDays(): Promise<{ tenantId: string, days: { events?: number, deliveries?: number } }[]>
}

const DAY_MS = 86_400_000
const PAGE = 1000

export function createEventRetention({ database, blobs, days, ownDays }: EventRetentionDeps): EventRetention {
  return {
    async apply(now = new Date()) {
      // Only days that are over whole: the partition of the last one that goes ends here.
      const before = new Date(Math.floor((now.getTime() - days * DAY_MS) / DAY_MS) * DAY_MS)
      let removed = await removeBlobs({ database, blobs }, { before })
      const dropped = await dropPartitionsSoon(database.owner, before, ['events', 'deliveries'])
      let rows = 0
      for (const { tenantId, days: { events, deliveries } } of await ownDays()) {
        if (events !== undefined) {
          const ownBefore = new Date(now.getTime() - events * DAY_MS)
          removed += await removeBlobs({ database, blobs }, { tenantId, before: ownBefore })
          rows += await deleteRowsBefore(database.system, 'events', { tenantId, before: ownBefore })
        }
        if (deliveries !== undefined) rows += await deleteRowsBefore(database.system, 'deliveries', { tenantId, before: new Date(now.getTime() - deliveries * DAY_MS) })
      }
      let keys = 0
      for (let deleted = PAGE; deleted === PAGE; keys += deleted) deleted = await deleteOldKeys(database.system, PAGE)
      return { days: dropped, blobs: removed, keys, rows }
    },
  }
}

/** Before the events that name them: what is left behind by a break-off is found again. */
async function removeBlobs({ database, blobs }: Pick<EventRetentionDeps, 'database' | 'blobs'>, of: { tenantId?: string, before: Date }): Promise<number> {
  let removed = 0
  for (let after: { tenantId: string, id: string } | undefined; ;) {
    const page = await listLargeEvents(database.system, { ...of, after, limit: PAGE })
    for (const { tenantId, blobId } of page) if (await blobs.remove(tenantId, blobId)) removed += 1
    if (page.length < PAGE) return removed
    after = page.at(-1)
  }
}
