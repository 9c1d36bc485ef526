import { textArray } from '../../db/binary-array.ts'
import type { Db } from '../../db/db.ts'

export interface Key { tenantId: string, id: string, epoch: number }

export interface CheckpointRow extends Key {
  status: 'running' | 'waiting' | 'suspended'
  /** Let go of: whoever claims it goes on. */
  isReleased: boolean
  /** ms from now; null where only something from outside wakes it. */
  dueInMs: number | null
  state: string
  /** Of the journal's row. */
  seq: number
  /** JSON array; empty where no task has ended. */
  entries: string
}

/** Where runs stand. Answers the ids of those that this process still holds: of the others nothing was written. */
export async function updateCheckpoints(db: Db, workerId: string, rows: readonly CheckpointRow[]): Promise<Set<string>> {
  const { rows: held } = await db.query<{ id: string }>(
    `with given as (
       select * from unnest($2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::boolean[], $7::float8[], $8::text[], $9::integer[], $10::text[])
         as g (tenant_id, id, epoch, status, released, due_ms, state, seq, entries)),
     held as (
       update flow_live l set state = g.state, status = g.status, claimed_by = case when g.released then null else l.claimed_by end,
         -- Who woke it meanwhile set its time: that is kept.
         wanted = case when g.released and (l.wanted = 'resume' or l.wanted = 'suspend' and g.status = 'suspended') then null else l.wanted end,
         due_at = case when g.released then least(l.due_at, now() + g.due_ms * interval '1 ms') else l.due_at end
       from given g where l.tenant_id = g.tenant_id and l.id = g.id and l.epoch = g.epoch and l.claimed_by = $1
       returning l.tenant_id, l.id, g.seq, g.entries),
     noted as (
       insert into flow_journal (tenant_id, run_id, seq, entries)
       select tenant_id, id, seq, entries from held where entries <> '' on conflict do nothing)
     select id from held`,
    [
      workerId, rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id), rows.map(({ epoch }) => epoch), rows.map(({ status }) => status),
      rows.map(({ isReleased }) => isReleased), rows.map(({ dueInMs }) => dueInMs), texts(rows.map(({ state }) => state)), rows.map(({ seq }) => seq), texts(rows.map(({ entries }) => entries)),
    ])
  return new Set(held.map(({ id }) => id))
}

export interface FinishedRow extends Key {
  status: 'completed' | 'faulted' | 'cancelled'
  errorType: string | null
  record: string
  /** It may have left rows of what it listened for. */
  hasListened: boolean
}

/** Runs that are over. Who waits for one is woken. Answers the ids as above. */
export async function insertFinished(db: Db, workerId: string, rows: readonly FinishedRow[]): Promise<Set<string>> {
  const { rows: gone } = await db.query<{ id: string }>(
    // A parent that is to pause hears of it when it goes on.
    `with given as (
       select * from unnest($2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::boolean[])
         as g (tenant_id, id, epoch, status, error_type, record, listened)),
     gone as (
       delete from flow_live l using given g where l.tenant_id = g.tenant_id and l.id = g.id and l.epoch = g.epoch and l.claimed_by = $1
       returning l.tenant_id, l.id, l.flow_id, l.namespace, l.name, l.version, l.started_at, l.trigger, l.parent_id, g.status, g.error_type, g.record, g.listened),
     stored as (
       insert into flow_runs (tenant_id, id, flow_id, namespace, name, version, status, started_at, ended_at, error_type, trigger, record)
       select tenant_id, id, flow_id, namespace, name, version, status, started_at, now(), error_type, trigger, record from gone),
     woken as (
       update flow_live p set due_at = now() from gone g where g.parent_id is not null and p.tenant_id = g.tenant_id and p.id = g.parent_id and p.status <> 'suspended'),
     -- Nobody waits any longer for what it had begun.
     orphaned as (update flow_live c set wanted = 'cancel', due_at = now() from gone g where c.tenant_id = g.tenant_id and c.parent_id = g.id),
     unheard as (delete from flow_waits w using gone g where g.listened and w.tenant_id = g.tenant_id and w.run_id = g.id),
     untaken as (delete from flow_signals s using gone g where g.listened and s.tenant_id = g.tenant_id and s.run_id = g.id)
     select id from gone`,
    [
      workerId, rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id), rows.map(({ epoch }) => epoch), rows.map(({ status }) => status), rows.map(({ errorType }) => errorType),
      texts(rows.map(({ record }) => record)), rows.map(({ hasListened }) => hasListened),
    ])
  return new Set(gone.map(({ id }) => id))
}

function texts(all: string[]): Buffer {
  return textArray(all, all.map((text) => Buffer.byteLength(text)))
}
