import type { Db } from '../db/db.ts'

export interface BlobRow {
  id: string
  contentType: string
  /** pg gives bigint as text. */
  sizeBytes: string
  sha256: string
  filename: string | null
}

export interface NewBlob { id: string, contentType: string, sizeBytes: number, sha256: string, filename: string | null, integrationId: string | null }

export interface BlobKey { tenantId: string, id: string }

export async function insertBlob(db: Db, tenantId: string, blob: NewBlob): Promise<void> {
  await db.query(
    `insert into blobs (tenant_id, id, content_type, size_bytes, sha256, filename, integration_id) values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, blob.id, blob.contentType, blob.sizeBytes, blob.sha256, blob.filename, blob.integrationId])
}

export async function findBlob(db: Db, tenantId: string, id: string): Promise<BlobRow | undefined> {
  const { rows } = await db.query<BlobRow>(
    `select id, content_type as "contentType", size_bytes as "sizeBytes", sha256, filename from blobs where tenant_id = $1 and id = $2`,
    [tenantId, id])
  return rows[0]
}

export async function deleteBlob(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from blobs where tenant_id = $1 and id = $2', [tenantId, id])
  return rowCount === 1
}

/** Up to `limit` of an integration's values made before `before`; call again while it answers as many. */
export async function deleteOldBlobs(db: Db, { tenantId, integrationId, before, limit }: { tenantId: string, integrationId: string, before: Date, limit: number }): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `delete from blobs where tenant_id = $1 and id in (
       select id from blobs where tenant_id = $1 and integration_id = $2 and created_at < $3 order by created_at limit $4)
     returning id`,
    [tenantId, integrationId, before, limit])
  return rows.map(({ id }) => id)
}

/** Integrations that have values, over all tenants. Needs the system's connection. */
export async function listBlobOwners(db: Db): Promise<{ tenantId: string, integrationId: string, oldest: Date }[]> {
  const { rows } = await db.query<{ tenantId: string, integrationId: string, oldest: Date }>(
    `select tenant_id as "tenantId", integration_id as "integrationId", min(created_at) as oldest
     from blobs where integration_id is not null group by 1, 2`)
  return rows
}

/** What the values of a tenant take, or of each of them. */
export async function sumBlobs(db: Db, tenantId?: string): Promise<{ tenantId: string, bytes: number }[]> {
  const { rows } = await db.query<{ tenantId: string, bytes: number }>(
    'select tenant_id as "tenantId", sum(size_bytes)::float8 as bytes from blobs where $1::uuid is null or tenant_id = $1 group by 1', [tenantId ?? null])
  return rows
}

/** Which of these have a row. Needs the system's connection. */
export async function findExisting(db: Db, keys: BlobKey[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select b.id from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id) join blobs b on b.tenant_id = k.tenant_id and b.id = k.id`,
    [keys.map(({ tenantId }) => tenantId), keys.map(({ id }) => id)])
  return new Set(rows.map(({ id }) => id))
}

export interface BlobFilter { before: Date, contentType?: string | undefined }

/** All rows made before `before`, page by page in the order of their keys. Needs the system's connection. */
export async function listBlobs(db: Db, { after, before, contentType, limit }: BlobFilter & { after: BlobKey | undefined, limit: number }): Promise<BlobKey[]> {
  const { rows } = await db.query<BlobKey>(
    `select tenant_id as "tenantId", id from blobs
     where created_at < $1 and ($2::uuid is null or (tenant_id, id) > ($2, $3::uuid)) and ($4::text is null or content_type = $4) order by tenant_id, id limit $5`,
    [before, after?.tenantId ?? null, after?.id ?? null, contentType ?? null, limit])
  return rows
}
