import type { Db } from '../../db/db.ts'

export interface ClientSettings {
  /** Asked for where nobody says which. */
  scopes?: string[] | undefined
  /** Of the vendor's addresses: a directory, a domain. */
  parameters?: Record<string, string> | undefined
  /** Of a vendor that does not come along, or instead of those in a document. */
  endpoints?: ClientEndpoints | undefined
}

export interface ClientEndpoints {
  /** Discovered from it. */
  issuer?: string | undefined
  authorizationUrl?: string | undefined
  tokenUrl?: string | undefined
  revocationUrl?: string | undefined
  deviceAuthorizationUrl?: string | undefined
}

export interface ClientRow { tenantId: string, vendor: string, clientId: string, hasSecret: boolean, settings: ClientSettings, shared: boolean, createdAt: Date, updatedAt: Date }

const columns = `tenant_id as "tenantId", vendor, client_id as "clientId", has_secret as "hasSecret", settings, shared, created_at as "createdAt", updated_at as "updatedAt"`

export async function upsertClient(db: Db, row: Omit<ClientRow, 'createdAt' | 'updatedAt'>): Promise<ClientRow> {
  const { rows } = await db.query<ClientRow>(
    `insert into oauth_clients (tenant_id, vendor, client_id, has_secret, settings, shared) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, vendor) do update set client_id = $3, has_secret = $4, settings = $5, shared = $6, updated_at = now() returning ${columns}`,
    [row.tenantId, row.vendor, row.clientId, row.hasSecret, JSON.stringify(row.settings), row.shared])
  return rows[0]!
}

export async function listClients(db: Db, tenantId: string): Promise<ClientRow[]> {
  const { rows } = await db.query<ClientRow>(`select ${columns} from oauth_clients where tenant_id = $1 order by vendor`, [tenantId])
  return rows
}

export async function findClient(db: Db, tenantId: string, vendor: string): Promise<ClientRow | undefined> {
  const { rows } = await db.query<ClientRow>(`select ${columns} from oauth_clients where tenant_id = $1 and vendor = $2`, [tenantId, vendor])
  return rows[0]
}

/** The operator's, for all tenants: needs the system's connection. */
export async function listSharedClients(db: Db): Promise<ClientRow[]> {
  const { rows } = await db.query<ClientRow>(`select ${columns} from oauth_clients where shared order by vendor`)
  return rows
}

export async function deleteClient(db: Db, tenantId: string, vendor: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from oauth_clients where tenant_id = $1 and vendor = $2', [tenantId, vendor])
  return rowCount === 1
}
