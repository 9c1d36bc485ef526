/** Sessions belong to no tenant: all of this needs the system's connection. */
import type { Db } from '../../db/db.ts'
import type { Role, Scope } from '../caller.ts'

export type Via = 'password' | 'key' | 'link' | 'openid'

export interface SessionRow { id: string, via: Via, address: string, userAgent: string, createdAt: Date, lastUsedAt: Date, expiresAt: Date }

const columns = 's.id, s.via, s.address, s.user_agent as "userAgent", s.created_at as "createdAt", s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt"'

export interface NewSession extends Pick<SessionRow, 'id' | 'via' | 'address' | 'userAgent' | 'expiresAt'> {
  hash: Buffer
  userId: string | null
  key: { tenantId: string, id: string } | null
}

export async function insertSession(db: Db, session: NewSession): Promise<void> {
  await db.query(
    `insert into sessions (id, hash, user_id, key_tenant_id, key_id, via, address, user_agent, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [session.id, session.hash, session.userId, session.key?.tenantId ?? null, session.key?.id ?? null, session.via, session.address, session.userAgent, session.expiresAt])
}

export interface Membership { id: string, slug: string, name: string, isOperator: boolean, role: Role, memberId: string }

export interface FoundSession extends SessionRow {
  user: { id: string, email: string, name: string } | null
  tenants: Membership[]
  key: { id: string, name: string, role: Role, scopes: Scope[] | null, tenant: Omit<Membership, 'memberId' | 'role'> } | null
}

/** With whom it belongs to, as that is now: a user with all memberships, or a key that is still good. */
export async function findSession(db: Db, hash: Buffer, idleSince: Date): Promise<FoundSession | undefined> {
  const tenantOf = "'id', t.id, 'slug', t.slug, 'name', t.name, 'isOperator', t.is_operator"
  const { rows } = await db.query<FoundSession>(
    `select ${columns},
       (select json_build_object('id', u.id, 'email', u.email, 'name', u.name) from users u where u.id = s.user_id) as user,
       coalesce((select json_agg(json_build_object(${tenantOf}, 'role', m.role, 'memberId', m.id) order by t.name, t.id)
         from members m join tenants t on t.id = m.tenant_id where m.user_id = s.user_id), '[]') as tenants,
       (select json_build_object('id', k.id, 'name', k.name, 'role', k.role, 'scopes', k.scopes, 'tenant', json_build_object(${tenantOf}))
         from api_keys k join tenants t on t.id = k.tenant_id
         where k.tenant_id = s.key_tenant_id and k.id = s.key_id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) as key
     from sessions s where s.hash = $1 and s.expires_at > now() and s.last_used_at > $2`,
    [hash, idleSince])
  const [row] = rows
  return row === undefined || row.user === null && row.key === null ? undefined : row
}

/** Whose sessions: a user's, or those that one key opened. */
export interface SessionOwner { userId: string | undefined, keyId: string | undefined }

const ofOwner = '((s.user_id = $1) or (s.key_id = $2))'

/** Newest first. */
export async function listSessions(db: Db, { userId, keyId }: SessionOwner, { idleSince, after, limit }: { idleSince: Date, after: string | undefined, limit: number }): Promise<SessionRow[]> {
  const { rows } = await db.query<SessionRow>(
    `select ${columns} from sessions s where ${ofOwner} and s.expires_at > now() and s.last_used_at > $3 and ($4::uuid is null or s.id < $4) order by s.id desc limit $5`,
    [userId ?? null, keyId ?? null, idleSince, after ?? null, limit])
  return rows
}

/** One of them, all of them (`id` undefined), or all but one (`except`). Answers how many there were. */
export async function deleteSessions(db: Db, { userId, keyId }: SessionOwner, { id, except }: { id?: string, except?: string }): Promise<number> {
  const { rowCount } = await db.query(
    `delete from sessions s where ${ofOwner} and ($3::uuid is null or s.id = $3) and ($4::uuid is null or s.id <> $4)`,
    [userId ?? null, keyId ?? null, id ?? null, except ?? null])
  return rowCount ?? 0
}

export async function updateSessionsUsed(db: Db, ids: string[], at: Date): Promise<void> {
  await db.query('update sessions set last_used_at = greatest(last_used_at, $2) where id = any($1::uuid[])', [ids, at])
}

export async function deleteEndedSessions(db: Db, idleSince: Date): Promise<void> {
  await db.query('delete from sessions where expires_at < now() or last_used_at < $1', [idleSince])
}
