import type { Db } from '../../db/db.ts'
import type { RunRow } from './run.ts'

const runColumns = `l.tenant_id as "tenantId", l.id, l.flow_id as "flowId", l.namespace, l.name, l.version, l.started_at as "startedAt", l.epoch, l.ordering_key as "orderingKey",
  l.state, l.input, l.trigger, l.parent_id as "parentId", l.rights, l.wanted`

/** Takes up to `limit` runs that are due, the longest overdue first. */
export async function claimDue(db: Db, workerId: string, limit: number): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    `with due as (
       select tenant_id, id from flow_live where claimed_by is null and due_at <= now() order by due_at limit $2 for update skip locked)
     update flow_live l set claimed_by = $1, epoch = l.epoch + 1, due_at = null, status = 'running'
     from due where l.tenant_id = due.tenant_id and l.id = due.id
     returning ${runColumns}`,
    [workerId, limit])
  return rows
}

export interface Woken { tenantId: string, id: string, wanted: RunRow['wanted'] }

/** Of those that this process holds, the ones that something happened to. What is wanted of them stays until it is done. */
export async function takeWoken(db: Db, workerId: string): Promise<Woken[]> {
  const { rows } = await db.query<Woken>(
    `update flow_live l set due_at = null
     from (select tenant_id, id, wanted from flow_live where claimed_by = $1 and due_at <= now() for update skip locked) w
     where l.tenant_id = w.tenant_id and l.id = w.id
     returning l.tenant_id as "tenantId", l.id, w.wanted`,
    [workerId])
  return rows
}

/** Gives runs back as they were last committed. */
export async function releaseRuns(db: Db, workerId: string, runs: readonly Pick<RunRow, 'tenantId' | 'id'>[]): Promise<void> {
  await db.query(
    `update flow_live l set claimed_by = null, due_at = now() from unnest($2::uuid[], $3::uuid[]) as r (tenant_id, id)
     where l.tenant_id = r.tenant_id and l.id = r.id and l.claimed_by = $1`,
    [workerId, runs.map(({ tenantId }) => tenantId), runs.map(({ id }) => id)])
}

export async function findClaimed(db: Db, workerId: string): Promise<Pick<RunRow, 'tenantId' | 'id'>[]> {
  const { rows } = await db.query<Pick<RunRow, 'tenantId' | 'id'>>('select tenant_id as "tenantId", id from flow_live where claimed_by = $1', [workerId])
  return rows
}

/** Whoever holds it looks at it, or it is claimed. */
export async function wakeRun(db: Db, { tenantId, id }: Pick<RunRow, 'tenantId' | 'id'>): Promise<void> {
  await db.query("update flow_live set due_at = now() where tenant_id = $1 and id = $2 and status <> 'suspended'", [tenantId, id])
}

export async function beat(db: Db, workerId: string): Promise<void> {
  await db.query('insert into flow_workers (id) values ($1) on conflict (id) do update set heartbeat_at = now()', [workerId])
}

export async function freeLapsed(db: Db, lapsedSeconds: number): Promise<void> {
  await db.query(
    `with gone as (delete from flow_workers where heartbeat_at < now() - make_interval(secs => $1) returning id)
     update flow_live set claimed_by = null, due_at = now() where claimed_by in (select id from gone)`,
    [lapsedSeconds])
}

export async function freeOrphans(db: Db): Promise<void> {
  await db.query('update flow_live set claimed_by = null, due_at = now() where claimed_by is not null and claimed_by not in (select id from flow_workers)')
}

export async function signOff(db: Db, workerId: string): Promise<void> {
  await db.query('with gone as (delete from flow_workers where id = $1) update flow_live set claimed_by = null, due_at = now() where claimed_by = $1', [workerId])
}
