import type { Db } from '../../db/db.ts'
import type { ConsumptionStrategy } from '../definition.ts'
import type { ScheduleKey } from './schedules-store.ts'

export interface GatheringFlow extends ScheduleKey {
  namespace: string
  name: string
  on: ConsumptionStrategy
  /** Events up to there were looked at, or came too early. */
  after: string
}

const columns = `s.tenant_id as "tenantId", s.flow_id as "flowId", s.trigger_id as "triggerId", f.namespace, f.name, s.settings->'on' as on, s.cursor->>'after' as after`
const from = `from flow_schedules s join flows f on f.tenant_id = s.tenant_id and f.id = s.flow_id where s.tenant_id = $1 and s.settings->>'kind' = 'gather'`

export async function listGatheringTenants(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ tenantId: string }>(`select distinct tenant_id as "tenantId" from flow_schedules where settings->>'kind' = 'gather'`)
  return rows.map(({ tenantId }) => tenantId)
}

export async function listGatheringFlows(db: Db, tenantId: string): Promise<GatheringFlow[]> {
  const { rows } = await db.query<GatheringFlow>(`select ${columns} ${from}`, [tenantId])
  return rows
}

/** The same, nobody else's until the transaction ends. */
export async function lockGatheringFlows(db: Db, tenantId: string): Promise<GatheringFlow[]> {
  const { rows } = await db.query<GatheringFlow>(`select ${columns} ${from} order by s.flow_id for update of s`, [tenantId])
  return rows
}

/** What was gathered for another strategy is of no use to this one, nor is what came before it. Part of the transaction that changes the flow, before its settings. */
export async function deleteGatheredOtherwise(db: Db, { tenantId, flowId, triggerId }: ScheduleKey, settings: object): Promise<void> {
  await db.query(
    `with changed as (
       update flow_schedules set cursor = null where tenant_id = $1 and flow_id = $2 and trigger_id = $3 and settings::jsonb <> $4::jsonb returning tenant_id, flow_id, trigger_id)
     delete from flow_gatherings g using changed c where g.tenant_id = c.tenant_id and g.flow_id = c.flow_id and g.trigger_id = c.trigger_id`,
    [tenantId, flowId, triggerId, JSON.stringify(settings)])
}

/** Events from now on count, where they did not yet. */
export async function updateGatheringBegun(db: Db, { tenantId, flowId, triggerId }: ScheduleKey): Promise<void> {
  await db.query(
    `update flow_schedules set cursor = json_build_object('after', lpad(pg_snapshot_xmin(pg_current_snapshot())::text, 20, '0'))
     where tenant_id = $1 and flow_id = $2 and trigger_id = $3 and cursor is null`, [tenantId, flowId, triggerId])
}

export async function updateGatheringPlace(db: Db, { tenantId, flowId, triggerId }: ScheduleKey, after: string): Promise<void> {
  await db.query(`update flow_schedules set cursor = json_build_object('after', $4::text) where tenant_id = $1 and flow_id = $2 and trigger_id = $3`, [tenantId, flowId, triggerId, after])
}

export interface Gathered { id: string, filter: number }

export interface GatheringRow { id: string, events: Gathered[], untilMet: number[] }

const gathering = `id, events, until_met as "untilMet"`

/** The oldest that is not complete, of what is linked like this; of `lacking`, only one that has had no event of that filter. */
export async function findOpenGathering(db: Db, { tenantId, flowId }: ScheduleKey, { correlation, lacking }: { correlation: string, lacking?: number | undefined }): Promise<GatheringRow | undefined> {
  const { rows } = await db.query<GatheringRow>(
    `select ${gathering} from flow_gatherings
     where tenant_id = $1 and flow_id = $2 and correlation = $3 and not is_complete
       and ($4::integer is null or not exists (select from json_array_elements(events) e where (e->>'filter')::integer = $4))
     order by id limit 1`, [tenantId, flowId, correlation, lacking ?? null])
  return rows[0]
}

/** All that are linked like this, or all that there are. */
export async function listOpenGatherings(db: Db, { tenantId, flowId }: ScheduleKey, correlation: string | undefined): Promise<GatheringRow[]> {
  const { rows } = await db.query<GatheringRow>(
    `select ${gathering} from flow_gatherings where tenant_id = $1 and flow_id = $2 and not is_complete and ($3::text is null or correlation = $3) order by id`, [tenantId, flowId, correlation ?? null])
  return rows
}

export async function upsertGathering(db: Db, { tenantId, flowId, triggerId }: ScheduleKey, { id, correlation, events, untilMet, isComplete }: GatheringRow & { correlation: string, isComplete: boolean }): Promise<void> {
  await db.query(
    `insert into flow_gatherings (tenant_id, flow_id, trigger_id, id, correlation, events, until_met, is_complete) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, flow_id, id) do update set events = excluded.events, until_met = excluded.until_met, is_complete = excluded.is_complete`,
    [tenantId, flowId, triggerId, id, correlation, JSON.stringify(events), untilMet, isComplete])
}

export interface CompleteGathering extends GatheringRow { flowId: string, namespace: string, name: string }

/** In the order in which they began. */
export async function listComplete(db: Db, tenantId: string): Promise<CompleteGathering[]> {
  const { rows } = await db.query<CompleteGathering>(
    `select g.id, g.events, g.until_met as "untilMet", g.flow_id as "flowId", f.namespace, f.name
     from flow_gatherings g join flows f on f.tenant_id = g.tenant_id and f.id = g.flow_id where g.tenant_id = $1 and g.is_complete order by g.id`, [tenantId])
  return rows
}

export async function deleteGathering(db: Db, tenantId: string, { flowId, id }: Pick<CompleteGathering, 'flowId' | 'id'>): Promise<void> {
  await db.query('delete from flow_gatherings where tenant_id = $1 and flow_id = $2 and id = $3', [tenantId, flowId, id])
}

/** Whose first event will soon be kept no longer. */
export async function deleteOldGatherings(db: Db, days: number): Promise<void> {
  await db.query('delete from flow_gatherings where not is_complete and started_at < now() - make_interval(days => $1)', [days])
}
