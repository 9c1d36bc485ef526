import type { Db } from '../../db/db.ts'
import { idTime, lowestId } from '../../db/partitions.ts'

/** Of one tenant, or over all of them. */
export interface Old { tenantId?: string, before: Date }

/** Journals of runs that are over and are let go of, while others of their day are not over. */
export async function deleteJournalsBefore(db: Db, { tenantId, before }: Old): Promise<void> {
  await db.query(
    'delete from flow_journal j where j.run_id < $1 and ($2::uuid is null or j.tenant_id = $2) and not exists (select from flow_live l where l.tenant_id = j.tenant_id and l.id = j.run_id)',
    [lowestId(before), tenantId ?? null])
}

export interface OldBlob { tenantId: string, blobId: string, runId: string }

export async function listOldBlobs(db: Db, { tenantId, before }: Old, limit: number): Promise<OldBlob[]> {
  const { rows } = await db.query<OldBlob>(
    `select tenant_id as "tenantId", blob_id as "blobId", run_id as "runId" from flow_blobs b
     where run_id < $1 and ($3::uuid is null or tenant_id = $3) and not exists (select from flow_live l where l.tenant_id = b.tenant_id and l.id = b.run_id) limit $2`,
    [lowestId(before), limit, tenantId ?? null])
  return rows
}

export async function deleteBlobOwners(db: Db, rows: readonly OldBlob[]): Promise<void> {
  await db.query(
    `delete from flow_blobs b using unnest($1::uuid[], $2::uuid[], $3::uuid[]) as r (tenant_id, run_id, blob_id)
     where b.tenant_id = r.tenant_id and b.run_id = r.run_id and b.blob_id = r.blob_id`,
    [rows.map(({ tenantId }) => tenantId), rows.map(({ runId }) => runId), rows.map(({ blobId }) => blobId)])
}

export async function deleteOldKeys(db: Db, limit: number): Promise<number> {
  const { rowCount } = await db.query('delete from flow_keys where (tenant_id, flow_id, key) in (select tenant_id, flow_id, key from flow_keys where expires_at <= now() limit $1)', [limit])
  return rowCount ?? 0
}

/** Deleted flows of which no run is left. */
export async function deleteForgottenFlows(db: Db): Promise<number> {
  const { rowCount } = await db.query(
    `delete from flows f where deleted_at is not null
       and not exists (select from flow_live l where l.tenant_id = f.tenant_id and l.flow_id = f.id)
       and not exists (select from flow_runs r where r.tenant_id = f.tenant_id and r.flow_id = f.id)`)
  return rowCount ?? 0
}

/** By its id, which says when it began. */
export async function findOldestLive(db: Db): Promise<Date | undefined> {
  const { rows } = await db.query<{ id: string }>('select id from flow_live order by id limit 1')
  return rows[0] && new Date(idTime(rows[0].id))
}
