import type { Db } from '../../db/db.ts'
import type { FlowDefinition } from '../definition.ts'
import type { Timing } from './schedule.ts'

export interface ScheduleKey { tenantId: string, flowId: string, triggerId: string }

/** Undefined where nothing of the flow begins by itself: it is deleted, disabled, or has drafts only. */
export async function findScheduled(db: Db, tenantId: string, flowId: string): Promise<{ version: string, definition: FlowDefinition } | undefined> {
  const { rows } = await db.query<{ version: string, definition: FlowDefinition }>(
    `select v.version, v.definition from flows f join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.latest_version
     where f.tenant_id = $1 and f.id = $2 and f.enabled and f.deleted_at is null`, [tenantId, flowId])
  return rows[0]
}

/** All but those are gone. */
export async function deleteOtherSchedules(db: Db, { tenantId, flowId, kept }: { tenantId: string, flowId: string, kept: string[] }): Promise<void> {
  await db.query('delete from flow_schedules where tenant_id = $1 and flow_id = $2 and trigger_id <> all($3)', [tenantId, flowId, kept])
}

/** One whose settings are what they were keeps its time and its cursor. */
export async function upsertSchedule(db: Db, { tenantId, flowId, triggerId, version, settings, dueAt }: ScheduleKey & { version: string, settings: Timing, dueAt: Date | null }): Promise<void> {
  await db.query(
    `insert into flow_schedules as s (tenant_id, flow_id, trigger_id, version, settings, due_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, flow_id, trigger_id) do update set version = excluded.version, settings = excluded.settings, updated_at = now(),
       due_at = case when s.settings::jsonb = excluded.settings::jsonb then s.due_at else excluded.due_at end`,
    [tenantId, flowId, triggerId, version, JSON.stringify(settings), dueAt])
}

export interface DueSchedule extends ScheduleKey {
  namespace: string
  name: string
  version: string
  settings: Timing
  dueAt: Date
  cursor: unknown
}

/** The longest overdue; locked to the transaction's end, so that one process begins each. */
export async function lockDue(db: Db, limit: number): Promise<DueSchedule[]> {
  const { rows } = await db.query<DueSchedule>(
    `select s.tenant_id as "tenantId", s.flow_id as "flowId", s.trigger_id as "triggerId", f.namespace, f.name, s.version, s.settings, s.due_at as "dueAt", s.cursor
     from flow_schedules s join flows f on f.tenant_id = s.tenant_id and f.id = s.flow_id
     where s.due_at <= now() order by s.due_at limit $1 for update of s skip locked`, [limit])
  return rows
}

export async function updateSchedule(db: Db, { tenantId, flowId, triggerId }: ScheduleKey, { dueAt, cursor }: { dueAt: Date | null, cursor: unknown }): Promise<void> {
  await db.query('update flow_schedules set due_at = $4, cursor = $5, updated_at = now() where tenant_id = $1 and flow_id = $2 and trigger_id = $3', [tenantId, flowId, triggerId, dueAt, cursor === undefined ? null : JSON.stringify(cursor)])
}

/** Those that wait for the end of the run that they began: it is over, or was forgotten. */
export async function releaseAfterRuns(db: Db): Promise<void> {
  await db.query(
    `update flow_schedules s
     set due_at = coalesce((select r.ended_at from flow_runs r where r.tenant_id = s.tenant_id and r.id = (s.cursor->>'runId')::uuid), now()) + (s.settings->>'ms')::bigint * interval '1 millisecond'
     where s.due_at is null and s.settings->>'kind' = 'after'
       and not exists (select from flow_live l where l.tenant_id = s.tenant_id and l.id = (s.cursor->>'runId')::uuid)`)
}
