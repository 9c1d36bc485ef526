import type { Db } from '../db/db.ts'

export interface ExampleRow { id: string, integrationId: string, operation: string, name: string, input: unknown, createdBy: string, createdAt: Date, updatedAt: Date }

const columns = 'id, integration_id as "integrationId", operation, name, input, created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt"'

export async function insertExample(db: Db, tenantId: string, row: Omit<ExampleRow, 'createdAt' | 'updatedAt'>): Promise<ExampleRow> {
  const { rows } = await db.query<ExampleRow>(
    `insert into integration_examples (tenant_id, id, integration_id, operation, name, input, created_by) values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
    [tenantId, row.id, row.integrationId, row.operation, row.name, JSON.stringify(row.input), row.createdBy])
  return rows[0]!
}

export async function updateExample(db: Db, tenantId: string, integrationId: string, { id, name, input }: Pick<ExampleRow, 'id' | 'name' | 'input'>): Promise<ExampleRow | undefined> {
  const { rows } = await db.query<ExampleRow>(
    `update integration_examples set name = $4, input = $5, updated_at = now() where tenant_id = $1 and integration_id = $2 and id = $3 returning ${columns}`,
    [tenantId, integrationId, id, name, JSON.stringify(input)])
  return rows[0]
}

export async function findExample(db: Db, tenantId: string, integrationId: string, id: string): Promise<ExampleRow | undefined> {
  const { rows } = await db.query<ExampleRow>(`select ${columns} from integration_examples where tenant_id = $1 and integration_id = $2 and id = $3`, [tenantId, integrationId, id])
  return rows[0]
}

/** Oldest first. */
export async function listExamples(db: Db, tenantId: string, integrationId: string, { operation, after, limit }: { operation: string | undefined, after: string | undefined, limit: number }): Promise<ExampleRow[]> {
  const { rows } = await db.query<ExampleRow>(
    `select ${columns} from integration_examples
     where tenant_id = $1 and integration_id = $2 and ($3::text is null or operation = $3) and ($4::uuid is null or id > $4) order by id limit $5`,
    [tenantId, integrationId, operation ?? null, after ?? null, limit])
  return rows
}

export async function countExamples(db: Db, tenantId: string, integrationId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*)::int as count from integration_examples where tenant_id = $1 and integration_id = $2', [tenantId, integrationId])
  return rows[0]!.count
}

export async function deleteExample(db: Db, tenantId: string, integrationId: string, id: string): Promise<ExampleRow | undefined> {
  const { rows } = await db.query<ExampleRow>(`delete from integration_examples where tenant_id = $1 and integration_id = $2 and id = $3 returning ${columns}`, [tenantId, integrationId, id])
  return rows[0]
}
