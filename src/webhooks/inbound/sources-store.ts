import type { Db } from '../../db/db.ts'
import { literally } from '../../db/search.ts'
import type { SourceSettings } from './settings.ts'

export type SourceStatus = 'active' | 'paused'

export interface SourceRow {
  tenantId: string
  id: string
  name: string
  path: string
  settings: SourceSettings
  status: SourceStatus
  revision: number
  createdAt: Date
  updatedAt: Date
}

const columns = 'tenant_id as "tenantId", id, name, path, settings, status, revision, created_at as "createdAt", updated_at as "updatedAt"'

export type DraftSource = Pick<SourceRow, 'id' | 'name' | 'path' | 'settings' | 'status'>

export async function insertSource(db: Db, tenantId: string, { id, name, path, settings, status }: DraftSource): Promise<SourceRow> {
  const { rows } = await db.query<SourceRow>(
    `insert into webhook_sources (tenant_id, id, name, path, settings, status) values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
    [tenantId, id, name, path, JSON.stringify(settings), status])
  return rows[0]!
}

/** Undefined where the row is gone or was changed since `revision`. */
export async function updateSource(db: Db, tenantId: string, { id, name, settings, status }: Omit<DraftSource, 'path'>, revision: number): Promise<SourceRow | undefined> {
  const { rows } = await db.query<SourceRow>(
    `update webhook_sources set name = $3, settings = $4, status = $5, revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and revision = $6 returning ${columns}`,
    [tenantId, id, name, JSON.stringify(settings), status, revision])
  return rows[0]
}

export async function deleteSource(db: Db, tenantId: string, id: string): Promise<SourceRow | undefined> {
  const { rows } = await db.query<SourceRow>(`delete from webhook_sources where tenant_id = $1 and id = $2 returning ${columns}`, [tenantId, id])
  return rows[0]
}

export async function findSource(db: Db, tenantId: string, id: string): Promise<SourceRow | undefined> {
  const { rows } = await db.query<SourceRow>(`select ${columns} from webhook_sources where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

export async function findSourceIds(db: Db, tenantId: string, nameOrId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from webhook_sources where tenant_id = $1 and (name = $2 or id::text = $2)', [tenantId, nameOrId])
  return rows.map(({ id }) => id)
}

/** Over all tenants: the path is all that a sender brings. */
export async function findSourcesByPath(db: Db, paths: readonly string[]): Promise<SourceRow[]> {
  const { rows } = await db.query<SourceRow>(`select ${columns} from webhook_sources where path = any($1)`, [paths])
  return rows
}

export interface SourceFilter { q?: string | undefined, scheme?: string | undefined, status?: string | undefined }

/** Newest first. `q` looks into name and description. */
export async function listSources(db: Db, tenantId: string, { q, scheme, status }: SourceFilter, { after, limit }: { after: string | undefined, limit: number }): Promise<SourceRow[]> {
  const { rows } = await db.query<SourceRow>(
    `select ${columns} from webhook_sources
     where tenant_id = $1 and ($2::uuid is null or id < $2)
       and ($3::text is null or concat_ws(' ', name, settings->>'description') ilike '%' || $3 || '%')
       and ($4::text is null or settings->'verification'->>'scheme' = $4) and ($5::text is null or status = $5)
     order by id desc limit $6`,
    [tenantId, after ?? null, literally(q), scheme ?? null, status ?? null, limit])
  return rows
}
