import type { Db } from '../db/db.ts'

export interface EventTypeRow {
  type: string
  description: string
  schema: Record<string, unknown> | null
  createdAt: Date
  updatedAt: Date
}

const columns = 'type, description, schema, created_at as "createdAt", updated_at as "updatedAt"'

export async function findEventType(db: Db, tenantId: string, type: string): Promise<EventTypeRow | undefined> {
  const { rows } = await db.query<EventTypeRow>(`select ${columns} from event_types where tenant_id = $1 and type = $2`, [tenantId, type])
  return rows[0]
}

/** By type, in the order of its characters. */
export async function listEventTypes(db: Db, tenantId: string, { after, limit, q }: { after: string | undefined, limit: number, q: string | undefined }): Promise<EventTypeRow[]> {
  const { rows } = await db.query<EventTypeRow>(
    `select ${columns} from event_types
     where tenant_id = $1 and ($2::text is null or type collate "C" > $2) and ($3::text is null or strpos(lower(type || ' ' || description), lower($3)) > 0)
     order by type collate "C" limit $4`,
    [tenantId, after ?? null, q ?? null, limit])
  return rows
}

/** Says whether it is new. */
export async function upsertEventType(db: Db, tenantId: string, { type, description, schema }: Pick<EventTypeRow, 'type' | 'description' | 'schema'>): Promise<EventTypeRow & { isNew: boolean }> {
  const { rows } = await db.query<EventTypeRow & { isNew: boolean }>(
    `insert into event_types (tenant_id, type, description, schema) values ($1, $2, $3, $4)
     on conflict (tenant_id, type) do update set description = excluded.description, schema = excluded.schema, updated_at = now()
     returning ${columns}, xmax = 0 as "isNew"`,
    [tenantId, type, description, schema === null ? null : JSON.stringify(schema)])
  return rows[0]!
}

export async function deleteEventType(db: Db, tenantId: string, type: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from event_types where tenant_id = $1 and type = $2', [tenantId, type])
  return rowCount === 1
}
