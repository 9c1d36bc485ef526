/** Lets go of runs that are over: whole days, by dropping partitions, and by rows where a tenant keeps them for fewer days, with the large values of theirs; and of what nobody needs any longer. */
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { deleteRowsBefore, dropPartitionsSoon } from '../../db/partitions.ts'
import { deleteBlobOwners, deleteForgottenFlows, deleteJournalsBefore, deleteOldKeys, findOldestLive, listOldBlobs, type Old } from './retention-store.ts'

export interface RunRetentionResult { days: Date[], blobs: number, keys: number, flows: number, runs: number }

export interface RunRetention {
  /** May be broken off and repeated at any time. */
  apply(now?: Date): Promise<RunRetentionResult>
}

export interface RunRetentionDeps {
  database: Pick<Database, 'system' | 'owner'>
  blobs: Pick<Blobs, 'remove'>
  /** That the operator allows. */
  days: number
  /** Of the tenants that say something themselves. */
  ownDays(): Promise<{ tenantId: string, days: { runs?: number } }[]>
}

const DAY_MS = 86_400_000
const PAGE = 1000

export function createRunRetention({ database, blobs, days, ownDays }: RunRetentionDeps): RunRetention {
  const { system, owner } = database
  return {
    async apply(now = new Date()) {
      const before = new Date(Math.floor((now.getTime() - days * DAY_MS) / DAY_MS) * DAY_MS)
      // A run that began long ago and is not over keeps its journal, and so its day.
      await deleteJournalsBefore(system, { before })
      let removed = await removeBlobs({ database, blobs }, { before })
      await dropPartitionsSoon(owner, await journalEnd(system, before), ['flow_journal'])
      const dropped = await dropPartitionsSoon(owner, before, ['flow_runs'])
      let runs = 0
      for (const { tenantId, days: { runs: own } } of await ownDays()) {
        if (own === undefined) continue
        const old = { tenantId, before: new Date(now.getTime() - own * DAY_MS) }
        await deleteJournalsBefore(system, old)
        removed += await removeBlobs({ database, blobs }, old)
        runs += await deleteRowsBefore(system, 'flow_runs', old)
      }
      let keys = 0
      for (let deleted = PAGE; deleted === PAGE; keys += deleted) deleted = await deleteOldKeys(system, PAGE)
      return { days: dropped, blobs: removed, keys, flows: await deleteForgottenFlows(system), runs }
    },
  }
}

/** The journal's days of runs that are not over stay. */
async function journalEnd(system: Db, before: Date): Promise<Date> {
  const oldest = await findOldestLive(system)
  return oldest === undefined || oldest > before ? before : new Date(Math.floor(oldest.getTime() / DAY_MS) * DAY_MS)
}

/** Before the runs that name them: what is left behind by a break-off is found again. */
async function removeBlobs({ database: { system }, blobs }: Pick<RunRetentionDeps, 'database' | 'blobs'>, old: Old): Promise<number> {
  let removed = 0
  for (;;) {
    const page = await listOldBlobs(system, old, PAGE)
    for (const { tenantId, blobId } of page) if (await blobs.remove(tenantId, blobId)) removed += 1
    await deleteBlobOwners(system, page)
    if (page.length < PAGE) return removed
  }
}
