import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import type { OwnDays } from './retention.ts'

export interface TenantRow { id: string, slug: string, name: string, isOperator: boolean, createdAt: Date }

const columns = 'id, slug, name, is_operator as "isOperator", created_at as "createdAt"'

export async function insertTenant(db: Db, tenant: Omit<TenantRow, 'createdAt'>): Promise<TenantRow> {
  const { rows } = await db.query<TenantRow>(
    `insert into tenants (id, slug, name, is_operator) values ($1, $2, $3, $4) returning ${columns}`,
    [tenant.id, tenant.slug, tenant.name, tenant.isOperator])
  return rows[0]!
}

export async function findTenant(db: Db, id: string): Promise<TenantRow | undefined> {
  const { rows } = await db.query<TenantRow>(`select ${columns} from tenants where id = $1`, [id])
  return rows[0]
}

/** Over all tenants: needs the system's connection. */
export async function findTenantBySlug(db: Db, slug: string): Promise<TenantRow | undefined> {
  const { rows } = await db.query<TenantRow>(`select ${columns} from tenants where slug = $1`, [slug])
  return rows[0]
}

/** The oldest first. `q` looks into slug and name. */
export async function listTenants(db: Db, { q, after, limit }: { q?: string | undefined, after: string | undefined, limit: number }): Promise<TenantRow[]> {
  const { rows } = await db.query<TenantRow>(
    `select ${columns} from tenants
     where ($1::uuid is null or id > $1) and ($2::text is null or concat_ws(' ', slug, name) ilike '%' || $2 || '%') order by id limit $3`,
    [after ?? null, literally(q), limit])
  return rows
}

/** Held to the end of the transaction: two hubs at their first start make one tenant. */
export async function lockTenants(db: Db): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtext('interchange tenants'))")
}

export async function findRetention(db: Db, id: string): Promise<OwnDays> {
  const { rows } = await db.query<{ retention: OwnDays }>('select retention from tenants where id = $1', [id])
  return rows[0]?.retention ?? {}
}

/** Held to the end of the transaction. */
export async function lockRetention(db: Db, id: string): Promise<OwnDays> {
  const { rows } = await db.query<{ retention: OwnDays }>('select retention from tenants where id = $1 for update', [id])
  return rows[0]?.retention ?? {}
}

export async function updateRetention(db: Db, id: string, retention: OwnDays): Promise<void> {
  await db.query('update tenants set retention = $2 where id = $1', [id, JSON.stringify(retention)])
}

/** Of the tenants that say something. Needs the system's connection. */
export async function listRetentions(db: Db): Promise<{ tenantId: string, days: OwnDays }[]> {
  const { rows } = await db.query<{ tenantId: string, days: OwnDays }>(`select id as "tenantId", retention as days from tenants where retention <> '{}' order by id`)
  return rows
}
