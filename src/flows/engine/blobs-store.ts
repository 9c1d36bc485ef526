import type { Db } from '../../db/db.ts'

/** Before the run's state names it. */
export async function insertBlobOwner(db: Db, { tenantId, blobId, runId }: { tenantId: string, blobId: string, runId: string }): Promise<void> {
  await db.query('insert into flow_blobs (tenant_id, blob_id, run_id) values ($1, $2, $3)', [tenantId, blobId, runId])
}
