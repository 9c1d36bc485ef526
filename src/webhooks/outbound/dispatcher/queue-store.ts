import type { Db } from '../../../db/db.ts'

/** A delivery that a process has claimed. */
export interface ClaimedRow {
  tenantId: string
  id: string
  webhookId: string
  eventId: string
  eventName: string
  eventType: string
  orderingKey: string | null
  batchId: string | null
  /** Attempts made so far, and their records as a JSON array. */
  attempt: number
  attempts: string | null
}

const claimedColumns = `q.tenant_id as "tenantId", q.id, q.webhook_id as "webhookId", q.event_id as "eventId", q.event_name as "eventName", q.event_type as "eventType",
  q.ordering_key as "orderingKey", q.batch_id as "batchId", q.attempt, q.attempts`

export interface Wanted { tenantId: string, webhookId: string, room: number }

/** A claim that a crash of the database takes back is no harm, the row is free then: so nobody waits until it is on the disk, nor do others' commits behind it. */
const light = `(select set_config('synchronous_commit', 'off', true)) light`

/** Takes up to `room` due deliveries of each endpoint, the longest overdue first. `skip locked` passes over rows that another process is taking. */
export async function claimDue(db: Db, workerId: string, wanted: readonly Wanted[]): Promise<ClaimedRow[]> {
  const { rows } = await db.query<ClaimedRow>(
    `update delivery_queue q set claimed_by = $1
     from ${light} cross join unnest($2::uuid[], $3::integer[]) as w (webhook_id, room)
     cross join lateral (
       select tenant_id, id from delivery_queue
       where webhook_id = w.webhook_id and claimed_by is null and due_at <= now()
       order by due_at, id limit w.room for update skip locked) due
     where q.tenant_id = due.tenant_id and q.id = due.id
     returning ${claimedColumns}`,
    [workerId, wanted.map(({ webhookId }) => webhookId), wanted.map(({ room }) => room)])
  return rows
}

/** The same for an ordered endpoint: of each key the first delivery only, and only where nobody has it in hand. */
export async function claimHeads(db: Db, workerId: string, { tenantId, webhookId, room }: Wanted): Promise<ClaimedRow[]> {
  const { rows } = await db.query<ClaimedRow>(
    // From key to key along the index, so that a key with a long line behind it costs no more than one with a single delivery.
    `with recursive heads as (
       (select ordering_key, id, due_at, claimed_by from delivery_queue where webhook_id = $3 and ordering_key is not null order by ordering_key, id limit 1)
       union all
       select next.* from heads h cross join lateral (
         select ordering_key, id, due_at, claimed_by from delivery_queue where webhook_id = $3 and ordering_key > h.ordering_key order by ordering_key, id limit 1) next),
     due as (
       select q.tenant_id, q.id from delivery_queue q
       where q.tenant_id = $2 and q.claimed_by is null
         and (q.id in (select id from heads where claimed_by is null and due_at <= now() order by due_at limit $4)
           or (q.webhook_id = $3 and q.ordering_key is null and q.due_at <= now()))
       limit $4 for update skip locked)
     update delivery_queue q set claimed_by = $1 from due where q.tenant_id = due.tenant_id and q.id = due.id
     returning ${claimedColumns}`,
    [workerId, tenantId, webhookId, room])
  return rows
}

export interface BatchWanted extends Wanted { maxSize: number, maxWaitMs: number }

/**
 * One batch of an endpoint: one that was tried before, or else a full one, or what has waited long enough. Its rows get the batch's id, so that they
 * stay together. Answers, where there is none yet, when there will be.
 */
export async function claimBatch(db: Db, workerId: string, { tenantId, webhookId, maxSize, maxWaitMs }: BatchWanted): Promise<{ rows: ClaimedRow[], readyInMs: number | undefined }> {
  const { rows: [found] } = await db.query<{ batchId: string | null, count: number, oldestMs: number | null }>(
    `select (select batch_id from delivery_queue where webhook_id = $1 and claimed_by is null and due_at <= now() and batch_id is not null order by due_at limit 1) as "batchId",
       count(*)::int as count, extract(epoch from now() - min(due_at))::float8 * 1000 as "oldestMs"
     from (select due_at from delivery_queue where webhook_id = $1 and claimed_by is null and due_at <= now() and batch_id is null order by due_at, id limit $2) waiting`,
    [webhookId, maxSize])
  const { batchId, count, oldestMs } = found!
  if (batchId === null && count < maxSize && (oldestMs === null || oldestMs < maxWaitMs)) {
    return { rows: [], readyInMs: oldestMs === null ? undefined : maxWaitMs - oldestMs }
  }
  const { rows } = await db.query<ClaimedRow>(
    `with due as (
       select tenant_id, id from delivery_queue
       where tenant_id = $2 and webhook_id = $3 and claimed_by is null and due_at <= now() and batch_id is not distinct from $4::uuid
       order by due_at, id limit $5 for update skip locked),
     first as (select coalesce($4::uuid, (select id from due order by id limit 1)) as id)
     update delivery_queue q set claimed_by = $1, batch_id = (select id from first) from due where q.tenant_id = due.tenant_id and q.id = due.id
     returning ${claimedColumns}`,
    [workerId, tenantId, webhookId, batchId, maxSize])
  return { rows, readyInMs: undefined }
}

export interface Backlog { tenantId: string, webhookId: string, dueInMs: number }

/** Endpoints with deliveries that nobody has in hand, and when the first of each is due. From endpoint to endpoint along the index. */
export async function listBacklogs(db: Db, limit: number): Promise<Backlog[]> {
  const { rows } = await db.query<Backlog>(
    `with recursive waiting as (
       (select webhook_id, tenant_id, due_at from delivery_queue where claimed_by is null order by webhook_id, due_at, id limit 1)
       union all
       select next.* from waiting w cross join lateral (
         select webhook_id, tenant_id, due_at from delivery_queue where claimed_by is null and webhook_id > w.webhook_id order by webhook_id, due_at, id limit 1) next)
     select tenant_id as "tenantId", webhook_id as "webhookId", extract(epoch from due_at - now())::float8 * 1000 as "dueInMs" from waiting limit $1`,
    [limit])
  return rows
}

export interface EventText { tenantId: string, id: string, text: string, blobId: string | null }

/** The events of claimed deliveries. One that retention took is missing. */
export async function findEventTexts(db: Db, rows: readonly ClaimedRow[]): Promise<EventText[]> {
  const ids = [...new Map(rows.map((row) => [row.eventId, row.tenantId]))]
  const sorted = ids.map(([id]) => id).sort()
  const { rows: found } = await db.query<EventText>(
    // The bounds let Postgres leave out the partitions of other days.
    `select e.tenant_id as "tenantId", e.id, e.event as text, e.blob_id as "blobId"
     from unnest($1::uuid[], $2::uuid[]) as w (tenant_id, id) join events e on e.tenant_id = w.tenant_id and e.id = w.id
     where e.id >= $3 and e.id <= $4`,
    [ids.map(([, tenantId]) => tenantId), ids.map(([id]) => id), sorted[0], sorted.at(-1)])
  return found
}

/** Gives rows back that were not tried. */
export async function releaseRows(db: Db, workerId: string, rows: readonly Pick<ClaimedRow, 'tenantId' | 'id'>[]): Promise<void> {
  await db.query(
    `update delivery_queue q set claimed_by = null from unnest($2::uuid[], $3::uuid[]) as r (tenant_id, id)
     where q.tenant_id = r.tenant_id and q.id = r.id and q.claimed_by = $1`,
    [workerId, rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id)])
}

/** What this process has claimed, as far as the database knows. */
export async function findClaimed(db: Db, workerId: string): Promise<Pick<ClaimedRow, 'tenantId' | 'id'>[]> {
  const { rows } = await db.query<Pick<ClaimedRow, 'tenantId' | 'id'>>('select tenant_id as "tenantId", id from delivery_queue where claimed_by = $1', [workerId])
  return rows
}

/** Its endpoint is gone: nobody is to be told. Answers how many rows went. */
export async function deleteBacklog(db: Db, { tenantId, webhookId }: Pick<Backlog, 'tenantId' | 'webhookId'>, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from delivery_queue q using (select id from delivery_queue where webhook_id = $2 and claimed_by is null limit $3 for update skip locked) gone
     where q.tenant_id = $1 and q.id = gone.id`,
    [tenantId, webhookId, limit])
  return rowCount ?? 0
}

/** Its endpoint has failed for good: what waits is kept as failed, to be sent again when it is mended. Answers how many rows that were. */
export async function failBacklog(db: Db, { tenantId, webhookId, reason }: Pick<Backlog, 'tenantId' | 'webhookId'> & { reason: string }, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `with given_up as (
       delete from delivery_queue q using (select id from delivery_queue where webhook_id = $2 and claimed_by is null order by due_at limit $3 for update skip locked) gone
       where q.tenant_id = $1 and q.id = gone.id returning q.*)
     insert into deliveries (tenant_id, id, webhook_id, event_id, event_name, event_type, status, reason, finished_at, attempts)
     select tenant_id, id, webhook_id, event_id, event_name, event_type, 'failed', $4, now(), coalesce(attempts, '[]') from given_up`,
    [tenantId, webhookId, limit, reason])
  return rowCount ?? 0
}

export async function beat(db: Db, workerId: string): Promise<void> {
  await db.query('insert into delivery_workers (id) values ($1) on conflict (id) do update set heartbeat_at = now()', [workerId])
}

/** Processes that gave no sign of life for so long lose what they had claimed. */
export async function freeLapsed(db: Db, lapsedSeconds: number): Promise<void> {
  await db.query(
    `with gone as (delete from delivery_workers where heartbeat_at < now() - make_interval(secs => $1) returning id)
     update delivery_queue set claimed_by = null where claimed_by in (select id from gone)`,
    [lapsedSeconds])
}

/** What is claimed by a process that isn't known at all. */
export async function freeOrphans(db: Db): Promise<void> {
  await db.query('update delivery_queue set claimed_by = null where claimed_by is not null and claimed_by not in (select id from delivery_workers)')
}

export async function signOff(db: Db, workerId: string): Promise<void> {
  await db.query('with gone as (delete from delivery_workers where id = $1) update delivery_queue set claimed_by = null where claimed_by = $1', [workerId])
}
