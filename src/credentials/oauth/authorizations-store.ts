import type { Db } from '../../db/db.ts'
import type { SealedToken } from '../tokens-store.ts'
import { keysColumn, type KeyVersion } from '../tenant-keys-store.ts'
import type { EndUser } from './grants-store.ts'
import type { OAuthServer } from './server.ts'
import type { Target } from './targets.ts'

export interface AuthorizationRow {
  tenantId: string
  id: string
  kind: 'code' | 'device'
  sessionId: string | null
  browserHash: Buffer | null
  connectSessionId: string | null
  target: Target
  server: OAuthServer
  clientTenantId: string
  endUser: EndUser | null
  returnTo: string | null
  secret: SealedToken
  intervalSeconds: number | null
  nextPollAt: Date | null
  createdBy: string
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
  credentialId: string | null
  /** The tenant's, as they were when the row was read. */
  keys: KeyVersion[]
}

const columns = `tenant_id as "tenantId", id, kind, session_id as "sessionId", browser_hash as "browserHash", connect_session_id as "connectSessionId", target, server, client_tenant_id as "clientTenantId",
  end_user as "endUser", return_to as "returnTo", secret, interval_seconds as "intervalSeconds", next_poll_at as "nextPollAt", created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", used_at as "usedAt", credential_id as "credentialId", ${keysColumn}`

export type NewAuthorization = Omit<AuthorizationRow, 'createdAt' | 'usedAt' | 'credentialId' | 'keys' | 'nextPollAt'> & { stateHash: Buffer | null }

export async function insertAuthorization(db: Db, row: NewAuthorization): Promise<void> {
  await db.query(
    `insert into oauth_authorizations (tenant_id, id, kind, state_hash, session_id, browser_hash, connect_session_id, target, server, client_tenant_id, end_user, return_to, secret, interval_seconds, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [row.tenantId, row.id, row.kind, row.stateHash, row.sessionId, row.browserHash, row.connectSessionId, JSON.stringify(row.target), JSON.stringify(row.server), row.clientTenantId,
      row.endUser === null ? null : JSON.stringify(row.endUser), row.returnTo, JSON.stringify(row.secret), row.intervalSeconds, row.createdBy, row.expiresAt])
}

/** Over all tenants: needs the system's connection. */
export async function findByState(db: Db, stateHash: Buffer): Promise<AuthorizationRow | undefined> {
  const { rows: [found] } = await db.query<{ tenantId: string, id: string }>(
    `select tenant_id as "tenantId", id from oauth_authorizations where state_hash = $1 and kind = 'code' and used_at is null and expires_at > now()`, [stateHash])
  return found && findAuthorization(db, found.tenantId, found.id)
}

export async function findAuthorization(db: Db, tenantId: string, id: string): Promise<AuthorizationRow | undefined> {
  const { rows } = await db.query<AuthorizationRow>(`select ${columns} from oauth_authorizations where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** False where another was faster: a code is exchanged once. */
export async function useAuthorization(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('update oauth_authorizations set used_at = now() where tenant_id = $1 and id = $2 and used_at is null and expires_at > now()', [tenantId, id])
  return rowCount === 1
}

/** False where it is not time yet, or it is over. The next time is `interval_seconds` later. */
export async function claimPoll(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update oauth_authorizations set next_poll_at = now() + interval_seconds * interval '1 second'
     where tenant_id = $1 and id = $2 and used_at is null and expires_at > now() and (next_poll_at is null or next_poll_at <= now())`,
    [tenantId, id])
  return rowCount === 1
}

/** RFC 8628 §3.5: five seconds more, from now on. */
export async function slowDown(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query(`update oauth_authorizations set interval_seconds = interval_seconds + 5, next_poll_at = now() + (interval_seconds + 5) * interval '1 second' where tenant_id = $1 and id = $2`, [tenantId, id])
}

export async function noteCredential(db: Db, tenantId: string, id: string, credentialId: string): Promise<void> {
  await db.query('update oauth_authorizations set credential_id = $3, used_at = coalesce(used_at, now()) where tenant_id = $1 and id = $2', [tenantId, id, credentialId])
}

/** Over all tenants. */
export async function deleteOldAuthorizations(db: Db): Promise<void> {
  await db.query("delete from oauth_authorizations where expires_at < now() - interval '1 day'")
}
