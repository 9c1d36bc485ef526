import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import { keysColumn, type KeyVersion } from './tenant-keys-store.ts'

/** What the field was when it was written. `env`: a reference to an environment variable. Only `text` and `env` may be shown. */
export type FieldKind = 'text' | 'password' | 'oauth' | 'env'

/** `v`: version of the tenant's key; `c`: nonce, ciphertext and tag in base64. */
export interface SealedField { v: number, t: FieldKind, c: string }
export type SealedFields = Record<string, SealedField>

export interface CredentialRow {
  id: string
  name: string
  connector: string
  fields: SealedFields
  revision: number
  /** When the service that gave it lets it end, as its owner says. */
  expiresAt: Date | null
  createdAt: Date
  updatedAt: Date
  /** The tenant's, as they were when the row was read. */
  keys: KeyVersion[]
}

const columns = `id, name, connector, fields, revision, expires_at as "expiresAt", created_at as "createdAt", updated_at as "updatedAt", ${keysColumn}`

/** Breaks `credentials_pkey` where the id is taken. */
export async function insertCredential(db: Db, tenantId: string, row: Pick<CredentialRow, 'id' | 'name' | 'connector' | 'fields' | 'expiresAt'>): Promise<CredentialRow> {
  const { rows } = await db.query<CredentialRow>(
    `insert into credentials (tenant_id, id, name, connector, fields, expires_at) values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
    [tenantId, row.id, row.name, row.connector, JSON.stringify(row.fields), row.expiresAt])
  return rows[0]!
}

export async function findCredential(db: Db, tenantId: string, id: string): Promise<CredentialRow | undefined> {
  const { rows } = await db.query<CredentialRow>(`select ${columns} from credentials where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** Replaces all fields where the id is taken. */
export async function upsertCredential(db: Db, tenantId: string, row: Pick<CredentialRow, 'id' | 'name' | 'connector' | 'fields'>): Promise<void> {
  await db.query(
    `insert into credentials (tenant_id, id, name, connector, fields) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, id) do update set fields = excluded.fields, revision = credentials.revision + 1, updated_at = now()`,
    [tenantId, row.id, row.name, row.connector, JSON.stringify(row.fields)])
}

/** By id; without those that belong to something of the hub, whose ids begin with a dot. `q` looks into id, name and connector. */
export async function listCredentials(db: Db, tenantId: string, { q, connector, endUserId, after, limit }: { q: string | undefined, connector: string | undefined, endUserId?: string | undefined, after: string | undefined, limit: number }): Promise<CredentialRow[]> {
  const { rows } = await db.query<CredentialRow>(
    `select ${columns} from credentials
     where tenant_id = $1 and id not like '.%' and ($2::text is null or connector = $2) and ($3::text is null or id collate "C" > $3)
       and ($4::text is null or concat_ws(' ', id, name, connector) ilike '%' || $4 || '%')
       and ($6::text is null or exists (select from credential_grants g where g.tenant_id = $1 and g.credential_id = credentials.id and g.end_user->>'id' = $6))
     order by id collate "C" limit $5`,
    [tenantId, connector ?? null, after ?? null, literally(q), limit, endUserId ?? null])
  return rows
}

/** To the transaction's end. */
export async function lockCredential(db: Db, tenantId: string, id: string): Promise<Pick<CredentialRow, 'name' | 'fields' | 'revision' | 'expiresAt'> | undefined> {
  const { rows } = await db.query<Pick<CredentialRow, 'name' | 'fields' | 'revision' | 'expiresAt'>>(
    'select name, fields, revision, expires_at as "expiresAt" from credentials where tenant_id = $1 and id = $2 for update', [tenantId, id])
  return rows[0]
}

export async function updateCredential(db: Db, tenantId: string, row: Pick<CredentialRow, 'id' | 'name' | 'fields' | 'expiresAt'>): Promise<CredentialRow> {
  const { rows } = await db.query<CredentialRow>(
    `update credentials set name = $3, fields = $4, expires_at = $5, revision = revision + 1, updated_at = now() where tenant_id = $1 and id = $2 returning ${columns}`,
    [tenantId, row.id, row.name, JSON.stringify(row.fields), row.expiresAt])
  return rows[0]!
}

/** Breaks a foreign key where integrations use it. Answers whether it was there. */
export async function deleteCredential(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from credentials where tenant_id = $1 and id = $2', [tenantId, id])
  return rowCount === 1
}

export async function countCredentials(db: Db, tenantId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*)::int as count from credentials where tenant_id = $1', [tenantId])
  return rows[0]!.count
}

/** Locked to the transaction's end: those with a field that is encrypted by an older version than `version`. By id. */
export async function lockOutdated(db: Db, tenantId: string, { version, after, limit }: { version: number, after: string | undefined, limit: number }): Promise<{ id: string, fields: SealedFields }[]> {
  const { rows } = await db.query<{ id: string, fields: SealedFields }>(
    `select id, fields from credentials
     where tenant_id = $1 and ($3::text is null or id collate "C" > $3)
       and exists (select from jsonb_each(fields) f where (f.value->>'v')::int < $2)
     order by id collate "C" limit $4 for update`,
    [tenantId, version, after ?? null, limit])
  return rows
}

/** The same content in another encryption: neither the revision nor the time of change moves. */
export async function replaceSealed(db: Db, tenantId: string, id: string, fields: SealedFields): Promise<void> {
  await db.query('update credentials set fields = $3 where tenant_id = $1 and id = $2', [tenantId, id, JSON.stringify(fields)])
}

export interface Expiring { tenantId: string, id: string, name: string, connector: string, expiresAt: Date }

/** Those that end before a moment and of whose end nobody was told, the next ones first. Over all tenants. */
export async function listExpiring(db: Db, before: Date, limit: number): Promise<Expiring[]> {
  const { rows } = await db.query<Expiring>(
    `select tenant_id as "tenantId", id, name, connector, expires_at as "expiresAt" from credentials
     where expires_at < $1 and expiry_told is distinct from expires_at order by expires_at limit $2`,
    [before, limit])
  return rows
}

export interface AilingRow { id: string, name: string, expiresAt: Date | null, error: string | null }

/** Those whose account its vendor connects no more, then those that end before a moment, the next ones first. */
export async function listAiling(db: Db, tenantId: string, before: Date, limit: number): Promise<AilingRow[]> {
  const { rows } = await db.query<AilingRow>(
    `select c.id, c.name, c.expires_at as "expiresAt", g.error from credentials c
     left join lateral (
       select coalesce(error, '') as error from credential_grants where tenant_id = c.tenant_id and credential_id = c.id and status = 'error' limit 1) g on true
     where c.tenant_id = $1 and c.id not like '.%' and (g.error is not null or c.expires_at < $2) order by g.error is null, c.expires_at, c.id limit $3`,
    [tenantId, before, limit])
  return rows
}

/** That somebody was told is no change of the credential. */
export async function markExpiryTold(db: Db, { tenantId, id, expiresAt }: Expiring): Promise<void> {
  await db.query('update credentials set expiry_told = $3 where tenant_id = $1 and id = $2 and expires_at = $3', [tenantId, id, expiresAt])
}
