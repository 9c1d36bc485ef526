import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import type { AgentPolicy, Role, Scope } from './caller.ts'

export interface KeyRow {
  id: string
  name: string
  prefix: string
  role: Role
  scopes: Scope[] | null
  agent: AgentPolicy | null
  createdBy: string
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}

const columns = `id, name, prefix, role, scopes, agent, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`

export interface NewKey extends Pick<KeyRow, 'id' | 'name' | 'prefix' | 'role' | 'scopes' | 'agent' | 'createdBy' | 'expiresAt'> { hash: Buffer }

export async function insertKey(db: Db, tenantId: string, key: NewKey): Promise<KeyRow> {
  const { rows } = await db.query<KeyRow>(
    `insert into api_keys (tenant_id, id, name, hash, prefix, role, scopes, created_by, expires_at, agent)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${columns}`,
    [tenantId, key.id, key.name, key.hash, key.prefix, key.role, key.scopes, key.createdBy, key.expiresAt, key.agent === null ? null : JSON.stringify(key.agent)])
  return rows[0]!
}

/** `q` looks into name, prefix and role. */
export async function listKeys(db: Db, tenantId: string, { q, after, limit }: { q: string | undefined, after: string | undefined, limit: number }): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    `select ${columns} from api_keys
     where tenant_id = $1 and ($2::uuid is null or id > $2) and ($3::text is null or concat_ws(' ', name, prefix, role) ilike '%' || $3 || '%') order by id limit $4`,
    [tenantId, after ?? null, literally(q), limit])
  return rows
}

export async function findKey(db: Db, tenantId: string, id: string): Promise<KeyRow | undefined> {
  const { rows } = await db.query<KeyRow>(`select ${columns} from api_keys where tenant_id = $1 and id = $2 and revoked_at is null for update`, [tenantId, id])
  return rows[0]
}

export async function updateKeyPolicy(db: Db, tenantId: string, id: string, agent: AgentPolicy): Promise<KeyRow> {
  const { rows } = await db.query<KeyRow>(`update api_keys set agent = $3 where tenant_id = $1 and id = $2 returning ${columns}`, [tenantId, id, JSON.stringify(agent)])
  return rows[0]!
}

/** The key, or undefined where there is none or it was revoked before. */
export async function revokeKey(db: Db, tenantId: string, id: string): Promise<KeyRow | undefined> {
  const { rows } = await db.query<KeyRow>(
    `update api_keys set revoked_at = now() where tenant_id = $1 and id = $2 and revoked_at is null returning ${columns}`,
    [tenantId, id])
  return rows[0]
}

export interface FoundKey extends KeyRow { tenantId: string, isOperator: boolean }

/** Over all tenants: needs the system's connection. */
export async function findKeyByHash(db: Db, hash: Buffer): Promise<FoundKey | undefined> {
  const { rows } = await db.query<FoundKey>(
    `select k.*, t.is_operator as "isOperator"
     from (select tenant_id as "tenantId", ${columns} from api_keys where hash = $1) k join tenants t on t.id = k."tenantId"`,
    [hash])
  return rows[0]
}

/** Notes when keys were last used; over all tenants. */
export async function updateLastUsed(db: Db, ids: string[], at: Date): Promise<void> {
  await db.query('update api_keys set last_used_at = $2 where id = any($1::uuid[])', [ids, at])
}

/** Revokes the keys that came from the environment, but for the one that it names now. */
export async function revokeEnvironmentKeys(db: Db, tenantId: string, keep: Buffer): Promise<void> {
  await db.query(
    `update api_keys set revoked_at = now() where tenant_id = $1 and created_by = 'environment' and hash <> $2 and revoked_at is null`,
    [tenantId, keep])
}
