import type { Db } from '../db/db.ts'

export interface KeyVersion { version: number, wrapped: Buffer, rootKeyId: string }

/** The oldest first. */
export async function listKeyVersions(db: Db, tenantId: string): Promise<KeyVersion[]> {
  const { rows } = await db.query<KeyVersion>('select version, wrapped, root_key_id as "rootKeyId" from tenant_keys where tenant_id = $1 order by version', [tenantId])
  return rows
}

/** Does nothing where the version is there already. */
export async function insertKeyVersion(db: Db, tenantId: string, { version, wrapped, rootKeyId }: KeyVersion): Promise<void> {
  await db.query('insert into tenant_keys (tenant_id, version, wrapped, root_key_id) values ($1, $2, $3, $4) on conflict do nothing', [tenantId, version, wrapped, rootKeyId])
}

export async function deleteKeyVersions(db: Db, tenantId: string, before: number): Promise<void> {
  await db.query('delete from tenant_keys where tenant_id = $1 and version < $2', [tenantId, before])
}

/** Over all tenants. */
export async function listRootKeyIds(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select distinct root_key_id as id from tenant_keys')
  return rows.map(({ id }) => id)
}

/** Over all tenants. */
export async function listWrappedByOthers(db: Db, rootKeyId: string, limit: number): Promise<(KeyVersion & { tenantId: string })[]> {
  const { rows } = await db.query<KeyVersion & { tenantId: string }>(
    'select tenant_id as "tenantId", version, wrapped, root_key_id as "rootKeyId" from tenant_keys where root_key_id <> $1 limit $2', [rootKeyId, limit])
  return rows
}

/** Only where it is still wrapped by `before`. */
export async function updateWrapped(db: Db, key: KeyVersion & { tenantId: string, before: string }): Promise<void> {
  await db.query('update tenant_keys set wrapped = $3, root_key_id = $4 where tenant_id = $1 and version = $2 and root_key_id = $5', [key.tenantId, key.version, key.wrapped, key.rootKeyId, key.before])
}

/** To the end of the transaction: shared by those who wrap a key, exclusive for the rotation of the root key. */
export async function lockRootKey(db: Db, mode: 'shared' | 'exclusive'): Promise<void> {
  await db.query(`select pg_advisory_xact_lock${mode === 'shared' ? '_shared' : ''}(hashtext('interchange root key'))`)
}
