import type { Db } from '../db/db.ts'

/** `v`: version of the tenant's key; `c`: nonce, ciphertext and tag in base64. */
export interface SealedField { v: number, c: string }

export interface CredentialRow {
  id: string
  name: string
  connector: string
  fields: Record<string, SealedField>
  revision: number
  createdAt: Date
  updatedAt: Date
}

const columns = 'id, name, connector, fields, revision, created_at as "createdAt", updated_at as "updatedAt"'

/** Breaks `credentials_pkey` where the id is taken. */
export async function insertCredential(db: Db, tenantId: string, row: Pick<CredentialRow, 'id' | 'name' | 'connector' | 'fields'>): Promise<CredentialRow> {
  const { rows } = await db.query<CredentialRow>(
    `insert into credentials (tenant_id, id, name, connector, fields) values ($1, $2, $3, $4, $5) returning ${columns}`,
    [tenantId, row.id, row.name, row.connector, JSON.stringify(row.fields)])
  return rows[0]!
}

export async function findCredential(db: Db, tenantId: string, id: string): Promise<CredentialRow | undefined> {
  const { rows } = await db.query<CredentialRow>(`select ${columns} from credentials where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

export async function listCredentials(db: Db, tenantId: string, { connector, after, limit }: { connector: string | undefined, after: string | undefined, limit: number }): Promise<CredentialRow[]> {
  const { rows } = await db.query<CredentialRow>(
    `select ${columns} from credentials where tenant_id = $1 and ($2::text is null or connector = $2) and ($3::text is null or id > $3) order by id limit $4`,
    [tenantId, connector ?? null, after ?? null, limit])
  return rows
}

/** Undefined where the row is gone or was changed since `revision`. */
export async function updateCredential(db: Db, tenantId: string, row: Pick<CredentialRow, 'id' | 'name' | 'fields'>, revision: number): Promise<CredentialRow | undefined> {
  const { rows } = await db.query<CredentialRow>(
    `update credentials set name = $3, fields = $4, revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and revision = $5 returning ${columns}`,
    [tenantId, row.id, row.name, JSON.stringify(row.fields), revision])
  return rows[0]
}

/** Breaks a foreign key where integrations use it. */
export async function deleteCredential(db: Db, tenantId: string, id: string): Promise<CredentialRow | undefined> {
  const { rows } = await db.query<CredentialRow>(`delete from credentials where tenant_id = $1 and id = $2 returning ${columns}`, [tenantId, id])
  return rows[0]
}

export async function listUsers(db: Db, tenantId: string, id: string): Promise<{ id: string, name: string }[]> {
  const { rows } = await db.query<{ id: string, name: string }>('select id, name from integrations where tenant_id = $1 and credential_id = $2 order by name limit 20', [tenantId, id])
  return rows
}
