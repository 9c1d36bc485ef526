import type { Db } from '../../db/db.ts'
import type { Counters, LinkState, ReportPart } from './report.ts'
import type { BridgeSettings, BridgeStatus } from './settings.ts'

export interface BridgeRow {
  tenantId: string
  id: string
  name: string
  settings: BridgeSettings
  hasToken: boolean
  status: BridgeStatus
  revision: number
  createdAt: Date
  updatedAt: Date
}

export interface BridgeState extends Omit<ReportPart, 'counters'> {
  counters: Counters
  /** A process runs it. */
  isHeld: boolean
}

const columns = `b.tenant_id as "tenantId", b.id, b.name, b.settings, b.has_token as "hasToken", b.status, b.revision, b.created_at as "createdAt", b.updated_at as "updatedAt"`
const stateColumns = `s.links, s.last_error as "lastError", s.last_error_at as "lastErrorAt", s.last_consumed_at as "lastConsumedAt", s.last_produced_at as "lastProducedAt",
  coalesce(s.lease_until > now(), false) as "isHeld",
  s.consumed::float8, s.repeated::float8, s.redelivered::float8, s.dead_lettered::float8 as "deadLettered", s.produced::float8, s.failed::float8`

type FlatRow = BridgeRow & Omit<BridgeState, 'counters'> & Counters

export interface ShownBridge extends BridgeRow { state: BridgeState }

export type Draft = Pick<BridgeRow, 'tenantId' | 'id' | 'name' | 'settings' | 'hasToken' | 'status'>

export async function insertBridge(db: Db, { tenantId, id, name, settings, hasToken, status }: Draft): Promise<void> {
  await db.query(
    'insert into pulsar_bridges (tenant_id, id, name, settings, has_token, status) values ($1, $2, $3, $4, $5, $6)',
    [tenantId, id, name, JSON.stringify(settings), hasToken, status])
  await db.query('insert into pulsar_bridge_states (tenant_id, bridge_id) values ($1, $2)', [tenantId, id])
}

export async function findBridge(db: Db, tenantId: string, id: string): Promise<ShownBridge | undefined> {
  const { rows } = await db.query<FlatRow>(
    `select ${columns}, ${stateColumns} from pulsar_bridges b join pulsar_bridge_states s on s.tenant_id = b.tenant_id and s.bridge_id = b.id
     where b.tenant_id = $1 and b.id = $2`,
    [tenantId, id])
  return rows[0] && shown(rows[0])
}

/** By id. */
export async function listBridges(db: Db, tenantId: string, { after, limit, q }: { after: string | undefined, limit: number, q: string | undefined }): Promise<ShownBridge[]> {
  const { rows } = await db.query<FlatRow>(
    `select ${columns}, ${stateColumns} from pulsar_bridges b join pulsar_bridge_states s on s.tenant_id = b.tenant_id and s.bridge_id = b.id
     where b.tenant_id = $1 and ($2::uuid is null or b.id > $2) and ($3::text is null or position(lower($3) in lower(b.name)) > 0)
     order by b.id limit $4`,
    [tenantId, after ?? null, q ?? null, limit])
  return rows.map(shown)
}

/** False where the bridge has another revision by now. */
export async function updateBridge(db: Db, { tenantId, id, name, settings, hasToken, status, revision }: Draft & { revision: number }): Promise<boolean> {
  const { rowCount } = await db.query(
    `update pulsar_bridges set name = $3, settings = $4, has_token = $5, status = $6, revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and revision = $7`,
    [tenantId, id, name, JSON.stringify(settings), hasToken, status, revision])
  return rowCount === 1
}

export async function deleteBridge(db: Db, tenantId: string, id: string): Promise<{ name: string, revision: number } | undefined> {
  const { rows } = await db.query<{ name: string, revision: number }>('delete from pulsar_bridges where tenant_id = $1 and id = $2 returning name, revision', [tenantId, id])
  return rows[0]
}

function shown({ links, lastError, lastErrorAt, lastConsumedAt, lastProducedAt, isHeld, consumed, repeated, redelivered, deadLettered, produced, failed, ...row }: FlatRow): ShownBridge {
  const state = { links: links as LinkState[], lastError, lastErrorAt, lastConsumedAt, lastProducedAt, isHeld, counters: { consumed, repeated, redelivered, deadLettered, produced, failed } }
  return { ...row, state }
}
