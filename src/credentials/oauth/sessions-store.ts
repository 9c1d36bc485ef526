import type { Db } from '../../db/db.ts'
import type { EndUser } from './grants-store.ts'
import type { Wanted } from './targets.ts'

export interface ConnectSessionRow {
  tenantId: string
  id: string
  target: Wanted
  endUser: EndUser | null
  returnUrl: string | null
  status: 'open' | 'connected' | 'failed'
  credentialId: string | null
  createdBy: string
  createdAt: Date
  expiresAt: Date
}

const columns = `tenant_id as "tenantId", id, target, end_user as "endUser", return_url as "returnUrl", status, credential_id as "credentialId", created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt"`

export async function insertConnectSession(db: Db, row: Pick<ConnectSessionRow, 'tenantId' | 'id' | 'target' | 'endUser' | 'returnUrl' | 'createdBy' | 'expiresAt'> & { hash: Buffer }): Promise<ConnectSessionRow> {
  const { rows } = await db.query<ConnectSessionRow>(
    `insert into connect_sessions (tenant_id, id, hash, target, end_user, return_url, created_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [row.tenantId, row.id, row.hash, JSON.stringify(row.target), row.endUser === null ? null : JSON.stringify(row.endUser), row.returnUrl, row.createdBy, row.expiresAt])
  return rows[0]!
}

/** Over all tenants: needs the system's connection. */
export async function findConnectSessionByHash(db: Db, hash: Buffer): Promise<(ConnectSessionRow & { tenantName: string }) | undefined> {
  const { rows } = await db.query<ConnectSessionRow & { tenantName: string }>(
    `select s.*, t.name as "tenantName" from (select ${columns} from connect_sessions where hash = $1) s join tenants t on t.id = s."tenantId"`, [hash])
  return rows[0]
}

export async function findConnectSession(db: Db, tenantId: string, id: string): Promise<ConnectSessionRow | undefined> {
  const { rows } = await db.query<ConnectSessionRow>(`select ${columns} from connect_sessions where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** Newest first. */
export async function listConnectSessions(db: Db, tenantId: string, { endUserId, after, limit }: { endUserId: string | undefined, after: string | undefined, limit: number }): Promise<ConnectSessionRow[]> {
  const { rows } = await db.query<ConnectSessionRow>(
    `select ${columns} from connect_sessions where tenant_id = $1 and ($2::text is null or end_user->>'id' = $2) and ($3::uuid is null or id < $3) order by id desc limit $4`,
    [tenantId, endUserId ?? null, after ?? null, limit])
  return rows
}

/** One that is connected stays so. */
export async function updateConnectSession(db: Db, tenantId: string, id: string, { status, credentialId }: Pick<ConnectSessionRow, 'status' | 'credentialId'>): Promise<void> {
  await db.query(`update connect_sessions set status = $3, credential_id = $4 where tenant_id = $1 and id = $2 and status <> 'connected'`, [tenantId, id, status, credentialId])
}

export async function deleteConnectSession(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from connect_sessions where tenant_id = $1 and id = $2', [tenantId, id])
  return rowCount === 1
}

/** Over all tenants. */
export async function deleteOldConnectSessions(db: Db): Promise<void> {
  await db.query("delete from connect_sessions where expires_at < now() - interval '30 days'")
}

export async function listReturnUrls(db: Db, tenantId: string): Promise<string[]> {
  const { rows } = await db.query<{ url: string }>('select url from oauth_return_urls where tenant_id = $1 order by url', [tenantId])
  return rows.map(({ url }) => url)
}

export async function replaceReturnUrls(db: Db, tenantId: string, urls: string[]): Promise<void> {
  await db.query('delete from oauth_return_urls where tenant_id = $1', [tenantId])
  await db.query('insert into oauth_return_urls (tenant_id, url) select $1, unnest($2::text[])', [tenantId, urls])
}
