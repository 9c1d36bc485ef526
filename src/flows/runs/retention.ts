/** Lets go of runs that are over: whole days, by dropping partitions, with the large values of theirs; and of what nobody needs any longer. */
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { dropPartitions } from '../../db/partitions.ts'
import { deleteBlobOwners, deleteForgottenFlows, deleteOldKeys, deleteRunsBefore, listOldBlobs } from './retention-store.ts'

export interface RunRetentionResult { days: Date[], blobs: number, keys: number, flows: number }

export interface RunRetention {
  /** May be broken off and repeated at any time. */
  apply(now?: Date): Promise<RunRetentionResult>
}

export interface RunRetentionDeps {
  database: Pick<Database, 'system' | 'owner'>
  blobs: Pick<Blobs, 'remove'>
  days: number
}

const DAY_MS = 86_400_000
const PAGE = 1000
/** Dropping waits for all who read or write the table, and they for it: rather not now than long. */
const DROP_LOCK_TIMEOUT_MS = 2000

export function createRunRetention({ database, blobs, days }: RunRetentionDeps): RunRetention {
  const { system, owner } = database
  return {
    async apply(now = new Date()) {
      const before = new Date(Math.floor((now.getTime() - days * DAY_MS) / DAY_MS) * DAY_MS)
      // A run that began long ago and is not over keeps its journal, and so its day.
      await deleteRunsBefore(system, before)
      const removed = await removeBlobs({ database, blobs }, before)
      const dropped = await owner.transaction(async (db) => {
        await db.query(`set local lock_timeout = ${DROP_LOCK_TIMEOUT_MS}`)
        const { rows: [oldest] } = await db.query('select min(started_at) as at from flow_live')
        const live = oldest!['at'] as Date | null
        const journalBefore = live === null || live > before ? before : new Date(Math.floor(live.getTime() / DAY_MS) * DAY_MS)
        await dropPartitions(db, journalBefore, ['flow_journal'])
        return dropPartitions(db, before, ['flow_runs'])
      }).catch((error: unknown) => {
        if ((error as { code?: string }).code === '55P03') return []
        throw error
      })
      let keys = 0
      for (let deleted = PAGE; deleted === PAGE; keys += deleted) deleted = await deleteOldKeys(system, PAGE)
      return { days: dropped, blobs: removed, keys, flows: await deleteForgottenFlows(system) }
    },
  }
}

/** Before the runs that name them: what is left behind by a break-off is found again. */
async function removeBlobs({ database: { system }, blobs }: Pick<RunRetentionDeps, 'database' | 'blobs'>, before: Date): Promise<number> {
  let removed = 0
  for (;;) {
    const page = await listOldBlobs(system, before, PAGE)
    for (const { tenantId, blobId } of page) if (await blobs.remove(tenantId, blobId)) removed += 1
    await deleteBlobOwners(system, page)
    if (page.length < PAGE) return removed
  }
}
