import type { Db } from '../db/db.ts'

/** `wrapped` in base64. */
export interface KeyVersion { version: number, wrapped: string, rootKeyId: string }

const columns = `version, encode(wrapped, 'base64') as wrapped, root_key_id as "rootKeyId"`

/**
 * A tenant's keys as a column of another statement ($1 is the tenant): read in one snapshot with what they encrypt, the key of a
 * value is always among them, whatever a rotation does meanwhile.
 */
export const keysColumn = `(select coalesce(json_agg(json_build_object('version', k.version, 'wrapped', encode(k.wrapped, 'base64'), 'rootKeyId', k.root_key_id)), '[]')
  from tenant_keys k where k.tenant_id = $1) as keys`

export async function listKeyVersions(db: Db, tenantId: string): Promise<KeyVersion[]> {
  const { rows } = await db.query<KeyVersion>(`select ${columns} from tenant_keys where tenant_id = $1 order by version`, [tenantId])
  return rows
}

/** The oldest first. None of them can be removed or wrapped anew before the transaction's end. */
export async function lockKeyVersions(db: Db, tenantId: string): Promise<KeyVersion[]> {
  const { rows } = await db.query<KeyVersion>(`select ${columns} from tenant_keys where tenant_id = $1 order by version for share`, [tenantId])
  return rows
}

/** The one to encrypt with. It cannot be removed before the transaction's end. */
export async function lockNewestKey(db: Db, tenantId: string): Promise<KeyVersion | undefined> {
  const { rows } = await db.query<KeyVersion>(`select ${columns} from tenant_keys where tenant_id = $1 order by version desc limit 1 for share`, [tenantId])
  return rows[0]
}

/** Does nothing where the version is there already. */
export async function insertKeyVersion(db: Db, tenantId: string, { version, wrapped, rootKeyId }: KeyVersion): Promise<void> {
  await db.query(
    "insert into tenant_keys (tenant_id, version, wrapped, root_key_id) values ($1, $2, decode($3, 'base64'), $4) on conflict do nothing",
    [tenantId, version, wrapped, rootKeyId])
}

/** Waits for those who are encrypting with older versions than the newest; what they wrote is seen by the next statement. */
export async function lockOldKeys(db: Db, tenantId: string): Promise<void> {
  await db.query(
    'select version from tenant_keys where tenant_id = $1 and version < (select max(version) from tenant_keys where tenant_id = $1) order by version for update',
    [tenantId])
}

/** Removes the older versions that nothing is encrypted by. What a browser is away with for minutes is not encrypted anew: its key stays until then. */
export async function deleteUnusedKeys(db: Db, tenantId: string): Promise<number[]> {
  const { rows } = await db.query<{ version: number }>(
    `delete from tenant_keys k
     where k.tenant_id = $1 and k.version < (select max(version) from tenant_keys where tenant_id = $1)
       and not exists (select from credentials c, jsonb_each(c.fields) f where c.tenant_id = $1 and (f.value->>'v')::int = k.version)
       and not exists (select from credential_tokens t where t.tenant_id = $1 and (t.token->>'v')::int = k.version)
       and not exists (select from oauth_authorizations a where a.tenant_id = $1 and a.expires_at > now() and (a.secret->>'v')::int = k.version)
     returning version`,
    [tenantId])
  return rows.map(({ version }) => version)
}

/** Over all tenants: those that have a key. */
export async function listTenantsWithKeys(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select distinct tenant_id as id from tenant_keys order by tenant_id')
  return rows.map(({ id }) => id)
}

/** Over all tenants. */
export async function listRootKeyIds(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select distinct root_key_id as id from tenant_keys')
  return rows.map(({ id }) => id)
}

export async function countWrappedByOthers(db: Db, rootKeyId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*)::int as count from tenant_keys where root_key_id <> $1', [rootKeyId])
  return rows[0]!.count
}

export interface TenantKeyVersion extends KeyVersion { tenantId: string }

/** Over all tenants, after a place in the order of tenants and versions. */
export async function listWrappedByOthers(db: Db, rootKeyId: string, { after, limit }: { after: Pick<TenantKeyVersion, 'tenantId' | 'version'> | undefined, limit: number }): Promise<TenantKeyVersion[]> {
  const { rows } = await db.query<TenantKeyVersion>(
    `select tenant_id as "tenantId", ${columns} from tenant_keys
     where root_key_id <> $1 and ($2::uuid is null or (tenant_id, version) > ($2, $3)) order by tenant_id, version limit $4`,
    [rootKeyId, after?.tenantId ?? null, after?.version ?? null, limit])
  return rows
}

/** Only where it is still wrapped by `before`. */
export async function updateWrapped(db: Db, key: TenantKeyVersion & { before: string }): Promise<void> {
  await db.query(
    "update tenant_keys set wrapped = decode($3, 'base64'), root_key_id = $4 where tenant_id = $1 and version = $2 and root_key_id = $5",
    [key.tenantId, key.version, key.wrapped, key.rootKeyId, key.before])
}

/** To the end of the transaction: one at a time wraps a new key or changes the root key. */
export async function lockRootKey(db: Db): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtext('interchange root key'))")
}
