import type { Db } from '../../db/db.ts'

/** Before the run's state names it. */
export async function insertBlobOwner(db: Db, { tenantId, blobId, runId }: { tenantId: string, blobId: string, runId: string }): Promise<void> {
  await db.query('insert into flow_blobs (tenant_id, blob_id, run_id) values ($1, $2, $3)', [tenantId, blobId, runId])
}

export async function listBlobsOf(db: Db, { tenantId, runId }: { tenantId: string, runId: string }): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select blob_id as id from flow_blobs where tenant_id = $1 and run_id = $2', [tenantId, runId])
  return rows.map(({ id }) => id)
}
