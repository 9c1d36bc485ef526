import type { Db } from '../../db/db.ts'
import { literally } from '../../db/search.ts'
import type { AgentSettings } from './settings.ts'

export interface AgentRow {
  id: string
  name: string
  settings: AgentSettings
  /** Of its flow. */
  version: string
  revision: number
  createdBy: string
  createdAt: Date
  updatedAt: Date
}

const columns = `id, name, settings, version, revision, created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt"`

/** Breaks `agents_tenant_id_name_key` where the name is taken. */
export async function insertAgent(db: Db, tenantId: string, { id, name, settings, version, createdBy }: Pick<AgentRow, 'id' | 'name' | 'settings' | 'version' | 'createdBy'>): Promise<AgentRow> {
  const { rows } = await db.query<AgentRow>(
    `insert into agents (tenant_id, id, name, settings, version, created_by) values ($1, $2, $3, $4, $5, $6) returning ${columns}`, [tenantId, id, name, JSON.stringify(settings), version, createdBy])
  return rows[0]!
}

export async function findAgent(db: Db, tenantId: string, id: string): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow>(`select ${columns} from agents where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

export async function findAgentByName(db: Db, tenantId: string, name: string): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow>(`select ${columns} from agents where tenant_id = $1 and name = $2`, [tenantId, name])
  return rows[0]
}

/** By name. `q` looks into name and description. */
export async function listAgents(db: Db, tenantId: string, { q, after, limit }: { q: string | undefined, after: string | undefined, limit: number }): Promise<AgentRow[]> {
  const { rows } = await db.query<AgentRow>(
    `select ${columns} from agents where tenant_id = $1 and ($2::text is null or name > $2 collate "C")
       and ($3::text is null or concat_ws(' ', name, settings->>'description') ilike '%' || $3 || '%')
     order by name collate "C" limit $4`,
    [tenantId, after ?? null, literally(q), limit])
  return rows
}

/** Undefined where it is gone or was changed since `revision`. */
export async function updateAgent(db: Db, tenantId: string, { id, settings, version, revision }: Pick<AgentRow, 'id' | 'settings' | 'version' | 'revision'>): Promise<AgentRow | undefined> {
  const { rows } = await db.query<AgentRow>(
    `update agents set settings = $3, version = $4, revision = revision + 1, updated_at = now() where tenant_id = $1 and id = $2 and revision = $5 returning ${columns}`, [tenantId, id, JSON.stringify(settings), version, revision])
  return rows[0]
}

export async function deleteAgent(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('delete from agents where tenant_id = $1 and id = $2', [tenantId, id])
}
