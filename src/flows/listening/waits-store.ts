import type { Db } from '../../db/db.ts'

export interface WaitRow {
  tenantId: string
  runId: string
  waitId: string
  filterIndex: number
  type: string | null
  source: string | null
  subject: string | null
  /** JSON. */
  filter: string
}

/** From here on events are kept for it. What is there already stays as it is. */
export async function insertWaits(db: Db, rows: readonly WaitRow[]): Promise<void> {
  await db.query(
    `insert into flow_waits (tenant_id, run_id, wait_id, filter_index, type, source, subject, filter, after_sequence)
     select w.*, lpad(pg_snapshot_xmin(pg_current_snapshot())::text, 20, '0')
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[]) w on conflict do nothing`,
    [
      rows.map(({ tenantId }) => tenantId), rows.map(({ runId }) => runId), rows.map(({ waitId }) => waitId), rows.map(({ filterIndex }) => filterIndex), rows.map(({ type }) => type),
      rows.map(({ source }) => source), rows.map(({ subject }) => subject), rows.map(({ filter }) => filter),
    ])
}

export interface Candidate { runId: string, waitId: string, filterIndex: number, filter: string, place: number }

export interface Came { type: string, source: string, subject: string | null, sequence: string }

/** Waits that may want these events, each with the event's place among them. */
export async function findCandidates(db: Db, tenantId: string, events: readonly Came[]): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(
    `select w.run_id as "runId", w.wait_id as "waitId", w.filter_index as "filterIndex", w.filter, (e.place - 1)::integer as place
     from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as e (type, source, subject, sequence, place)
     join flow_waits w on w.tenant_id = $1 and (w.type = e.type or w.type is null) and (w.source is null or w.source = e.source)
       and (w.subject is null or w.subject = e.subject) and w.after_sequence < e.sequence
     order by e.place`,
    [tenantId, events.map(({ type }) => type), events.map(({ source }) => source), events.map(({ subject }) => subject), events.map(({ sequence }) => sequence)])
  return rows
}

export interface SignalRow {
  tenantId: string
  runId: string
  waitId: string
  eventId: string
  filterIndex: number
  sequence: string
  event: string | null
}

/** Keeps what was matched, and wakes the runs. An event that comes again is there already. */
export async function insertSignals(db: Db, rows: readonly SignalRow[]): Promise<void> {
  await db.query(
    `with given as (select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::integer[], $6::text[], $7::text[]) as g (tenant_id, run_id, wait_id, event_id, filter_index, sequence, event)),
     kept as (
       insert into flow_signals (tenant_id, run_id, wait_id, event_id, filter_index, sequence, event)
       select g.* from given g where exists (select from flow_live l where l.tenant_id = g.tenant_id and l.id = g.run_id) on conflict do nothing)
     update flow_live l set due_at = now() from (select distinct tenant_id, run_id from given) g
     where l.tenant_id = g.tenant_id and l.id = g.run_id and l.status <> 'suspended'`,
    [
      rows.map(({ tenantId }) => tenantId), rows.map(({ runId }) => runId), rows.map(({ waitId }) => waitId), rows.map(({ eventId }) => eventId), rows.map(({ filterIndex }) => filterIndex),
      rows.map(({ sequence }) => sequence), rows.map(({ event }) => event),
    ])
}

export interface Signal { eventId: string, filterIndex: number, sequence: string, event: string | null }

/** In the order of the stream. */
export async function listSignals(db: Db, { tenantId, runId, waitId, after }: { tenantId: string, runId: string, waitId: string, after: string }, limit: number): Promise<Signal[]> {
  const { rows } = await db.query<Signal>(
    `select event_id as "eventId", filter_index as "filterIndex", sequence, event from flow_signals
     where tenant_id = $1 and run_id = $2 and wait_id = $3 and sequence > $4 order by sequence limit $5`,
    [tenantId, runId, waitId, after, limit])
  return rows
}

/** It listens no longer. */
export async function deleteWaits(db: Db, { tenantId, runId, waitIds }: { tenantId: string, runId: string, waitIds: string[] }): Promise<void> {
  await db.query(
    `with gone as (delete from flow_waits where tenant_id = $1 and run_id = $2 and wait_id = any($3))
     delete from flow_signals where tenant_id = $1 and run_id = $2 and wait_id = any($3)`,
    [tenantId, runId, waitIds])
}

/** What was taken for good. */
export async function deleteSignals(db: Db, { tenantId, runId, waitId, upTo }: { tenantId: string, runId: string, waitId: string, upTo: string }): Promise<void> {
  await db.query('delete from flow_signals where tenant_id = $1 and run_id = $2 and wait_id = $3 and sequence <= $4', [tenantId, runId, waitId, upTo])
}

/** Tenants that have waits. Goes from tenant to tenant along the key. */
export async function listWaitingTenants(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ tenantId: string }>(
    `with recursive waiting as (
       (select tenant_id from flow_waits order by tenant_id limit 1)
       union all
       select next.tenant_id from waiting w cross join lateral (select tenant_id from flow_waits where tenant_id > w.tenant_id order by tenant_id limit 1) next)
     select tenant_id as "tenantId" from waiting`)
  return rows.map(({ tenantId }) => tenantId)
}
