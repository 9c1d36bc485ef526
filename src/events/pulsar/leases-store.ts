/** Which process runs which bridge. */
import type { Db } from '../../db/db.ts'
import type { BridgeRow } from './bridges-store.ts'
import { counterNames, type ReportPart } from './report.ts'

export type HeldBridge = Pick<BridgeRow, 'tenantId' | 'id' | 'settings' | 'revision'>

const held = 'b.tenant_id as "tenantId", b.id, b.settings, b.revision'

export interface Lease { processId: string, seconds: number }

/** Prolongs the leases of this process and takes up to `limit` bridges that nobody has; answers all that it has then. Needs the system's connection. */
export async function claimBridges(db: Db, { processId, seconds }: Lease, limit: number): Promise<HeldBridge[]> {
  const { rows } = await db.query<HeldBridge>(
    `with free as (
       select s.tenant_id, s.bridge_id from pulsar_bridge_states s join pulsar_bridges b on b.tenant_id = s.tenant_id and b.id = s.bridge_id
       where b.status = 'active' and s.claimed_by is distinct from $1 and (s.lease_until is null or s.lease_until < now())
       order by s.lease_until nulls first limit $3 for update of s skip locked)
     update pulsar_bridge_states s set claimed_by = $1, lease_until = now() + make_interval(secs => $2)
     from pulsar_bridges b
     where b.tenant_id = s.tenant_id and b.id = s.bridge_id and b.status = 'active'
       and (s.claimed_by = $1 or (s.tenant_id, s.bridge_id) in (select tenant_id, bridge_id from free))
     returning ${held}`,
    [processId, seconds, limit])
  return rows
}

/** Others may have them at once. */
export async function releaseBridges(db: Db, processId: string, bridgeIds: readonly string[]): Promise<void> {
  await db.query(
    `update pulsar_bridge_states set claimed_by = null, lease_until = null, links = '[]' where claimed_by = $1 and bridge_id = any($2::uuid[])`,
    [processId, bridgeIds])
}

const columnOf: Record<(typeof counterNames)[number], string> = {
  consumed: 'consumed', repeated: 'repeated', redelivered: 'redelivered', deadLettered: 'dead_lettered', produced: 'produced', failed: 'failed',
}

/** Adds the counts; of the rest, what is null stays as it was. */
export async function writeReport(db: Db, { tenantId, id }: Pick<BridgeRow, 'tenantId' | 'id'>, { counters, links, lastError, lastErrorAt, lastConsumedAt, lastProducedAt }: ReportPart): Promise<void> {
  await db.query(
    `update pulsar_bridge_states set links = $3, last_error = coalesce($4, last_error), last_error_at = coalesce($5, last_error_at),
       last_consumed_at = coalesce($6, last_consumed_at), last_produced_at = coalesce($7, last_produced_at),
       ${counterNames.map((name, at) => `${columnOf[name]} = ${columnOf[name]} + $${at + 8}`).join(', ')}
     where tenant_id = $1 and bridge_id = $2`,
    [tenantId, id, JSON.stringify(links), lastError, lastErrorAt, lastConsumedAt, lastProducedAt, ...counterNames.map((name) => counters[name])])
}
