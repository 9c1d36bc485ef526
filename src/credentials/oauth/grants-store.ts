import type { Db } from '../../db/db.ts'
import type { OAuthServer } from './server.ts'

export interface EndUser { id: string, email?: string | undefined, name?: string | undefined }

export interface GrantRow {
  credentialId: string
  field: string
  vendor: string
  server: OAuthServer
  clientTenantId: string
  scopes: string[]
  endUser: EndUser | null
  detail: Record<string, unknown>
  status: 'connected' | 'error'
  error: string | null
  connectedAt: Date
  refreshedAt: Date | null
}

const columns = `credential_id as "credentialId", field, vendor, server, client_tenant_id as "clientTenantId", scopes, end_user as "endUser", detail, status, error,
  connected_at as "connectedAt", refreshed_at as "refreshedAt"`

export type NewGrant = Pick<GrantRow, 'credentialId' | 'field' | 'vendor' | 'server' | 'clientTenantId' | 'scopes' | 'endUser' | 'detail'>

/** One that was there is granted anew; its end user stays where none is named. */
export async function upsertGrant(db: Db, tenantId: string, grant: NewGrant): Promise<void> {
  await db.query(
    `insert into credential_grants (tenant_id, credential_id, field, vendor, server, client_tenant_id, scopes, end_user, detail)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, credential_id, field) do update set vendor = $4, server = $5, client_tenant_id = $6, scopes = $7,
       end_user = coalesce($8, credential_grants.end_user), detail = $9, status = 'connected', error = null, connected_at = now(), refreshed_at = null`,
    [tenantId, grant.credentialId, grant.field, grant.vendor, JSON.stringify(grant.server), grant.clientTenantId, grant.scopes, grant.endUser === null ? null : JSON.stringify(grant.endUser), JSON.stringify(grant.detail)])
}

export async function findGrant(db: Db, tenantId: string, credentialId: string, field: string): Promise<GrantRow | undefined> {
  const { rows } = await db.query<GrantRow>(`select ${columns} from credential_grants where tenant_id = $1 and credential_id = $2 and field = $3`, [tenantId, credentialId, field])
  return rows[0]
}

export async function listGrants(db: Db, tenantId: string, credentialIds: string[]): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(`select ${columns} from credential_grants where tenant_id = $1 and credential_id = any($2) order by credential_id, field`, [tenantId, credentialIds])
  return rows
}

export async function updateRefreshed(db: Db, tenantId: string, credentialId: string, field: string, { scopes }: { scopes: string[] | undefined }): Promise<void> {
  await db.query(
    `update credential_grants set refreshed_at = now(), status = 'connected', error = null, scopes = coalesce($4, scopes) where tenant_id = $1 and credential_id = $2 and field = $3`,
    [tenantId, credentialId, field, scopes ?? null])
}

/** Whether it was well before. */
export async function updateFailed(db: Db, tenantId: string, credentialId: string, field: string, error: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update credential_grants set status = 'error', error = $4 where tenant_id = $1 and credential_id = $2 and field = $3 and status = 'connected'`,
    [tenantId, credentialId, field, error])
  return rowCount === 1
}

export async function deleteGrants(db: Db, tenantId: string, credentialId: string, fields: string[]): Promise<void> {
  await db.query('delete from credential_grants where tenant_id = $1 and credential_id = $2 and field = any($3)', [tenantId, credentialId, fields])
}
