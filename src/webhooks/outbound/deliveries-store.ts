import type { Db } from '../../db/db.ts'
import { lowestId } from '../../db/partitions.ts'
import { ilikeFor, likePattern, type Stretch } from '../../db/search.ts'
import { isUuid } from '../../lib/page.ts'

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'parked'

export interface DeliveryRow {
  id: string
  webhookId: string
  eventId: string
  eventName: string
  eventType: string
  status: DeliveryStatus
  reason: string | null
  /** Of what is pending. */
  dueAt: Date | null
  finishedAt: Date | null
  /** A JSON array of AttemptRecord. */
  attempts: string
}

export interface DeliveryFilter {
  webhookId?: string | undefined
  status?: DeliveryStatus | undefined
  eventType?: string | undefined
  /** The hub's id of the event, or the CloudEvent's own. */
  eventId?: string | undefined
  /** Text in the event or in what became of the attempts. */
  q?: string | undefined
  /** By the time in the id: when the delivery was planned. */
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
}

const pendingColumns = `id, webhook_id as "webhookId", event_id as "eventId", event_name as "eventName", event_type as "eventType", 'pending' as status, null as reason,
  due_at as "dueAt", null::timestamptz as "finishedAt", coalesce(attempts, '[]') as attempts`
const finishedColumns = `id, webhook_id as "webhookId", event_id as "eventId", event_name as "eventName", event_type as "eventType", status, reason,
  null::timestamptz as "dueAt", finished_at as "finishedAt", attempts`

/** Newest first. */
export async function listDeliveries(db: Db, tenantId: string, { limit, before, downTo, status, ...filter }: DeliveryFilter & Stretch & { limit: number }): Promise<DeliveryRow[]> {
  const values: unknown[] = [tenantId, limit]
  const conditions = ['tenant_id = $1']
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  add((parameter) => `webhook_id = ${parameter}`, filter.webhookId)
  add((parameter) => `event_type = ${parameter}`, filter.eventType)
  // By id there is an index; what else is called so is looked up first.
  if (filter.eventId !== undefined && isUuid(filter.eventId)) add((parameter) => `event_id = any (array(select id from events where tenant_id = $1 and event_id = ${parameter} and event_id <> id::text) || ${parameter}::uuid)`, filter.eventId)
  else add((parameter) => `event_name = ${parameter}`, filter.eventId)
  const { q = '' } = filter
  add((parameter) => `(attempts ${ilikeFor(q)} ${parameter} or exists (select from events e where e.tenant_id = $1 and e.id = d.event_id and e.event ${ilikeFor(q)} ${parameter}))`, q === '' ? undefined : likePattern(q))
  add((parameter) => `id < ${parameter}`, before)
  add((parameter) => `id >= ${parameter}`, downTo)
  add((parameter) => `id >= ${parameter}`, filter.from && lowestId(filter.from))
  add((parameter) => `id < ${parameter}`, filter.to && lowestId(filter.to))
  const where = conditions.join(' and ')
  const pending = `(select ${pendingColumns} from delivery_queue d where ${where} order by id desc limit $2)`
  if (status === 'pending') return (await db.query<DeliveryRow>(pending, values)).rows
  // The words stand in the statement, since a parameter would not let Postgres use the index of what was not delivered.
  const finished = `(select ${finishedColumns} from deliveries d where ${where}${status === undefined ? '' : ` and status = '${status}'${status === 'delivered' ? '' : " and status <> 'delivered'"}`} order by id desc limit $2)`
  if (status !== undefined) return (await db.query<DeliveryRow>(finished, values)).rows
  return (await db.query<DeliveryRow>(`select * from (${pending} union all ${finished}) found order by id desc limit $2`, values)).rows
}

export async function findDelivery(db: Db, tenantId: string, id: string): Promise<DeliveryRow | undefined> {
  const { rows } = await db.query<DeliveryRow>(
    `select ${pendingColumns} from delivery_queue where tenant_id = $1 and id = $2 union all select ${finishedColumns} from deliveries where tenant_id = $1 and id = $2 limit 1`,
    [tenantId, id])
  return rows[0]
}

export interface ExhaustedRow { webhookId: string, name: string, count: number, lastAt: Date, lastId: string }

/** What was given up since a moment, by endpoint, those with the latest first. Looks at the newest `mostSeen` of them. */
export async function countExhausted(db: Db, tenantId: string, { since, mostSeen, limit }: { since: Date, mostSeen: number, limit: number }): Promise<ExhaustedRow[]> {
  const { rows } = await db.query<ExhaustedRow>(
    `select d.*, w.name from (
       select webhook_id as "webhookId", count(*)::int as count, max(finished_at) as "lastAt", max(id::text)::uuid as "lastId"
       from (select webhook_id, finished_at, id from deliveries where tenant_id = $1 and id >= $2 and status <> 'delivered' order by id desc limit $3) newest group by 1) d
     join webhooks w on w.tenant_id = $1 and w.id = d."webhookId" order by d."lastAt" desc limit $4`,
    [tenantId, lowestId(since), mostSeen, limit])
  return rows
}

export interface QueueRow { webhookId: string, name: string, status: 'active' | 'paused' | 'failed', pending: number, due: number, oldestDueAt: Date }

/** What is still to be delivered, of each endpoint that has any; the longest queue first. */
export async function countQueued(db: Db, tenantId: string): Promise<QueueRow[]> {
  const { rows } = await db.query<QueueRow>(
    `select q.*, w.name, w.status from (
       select webhook_id as "webhookId", count(*)::float8 as pending, (count(*) filter (where due_at <= now()))::float8 as due, min(due_at) as "oldestDueAt"
       from delivery_queue where tenant_id = $1 group by 1) q
     join webhooks w on w.tenant_id = $1 and w.id = q."webhookId" order by q.pending desc, w.id`,
    [tenantId])
  return rows
}

/** Due at once. False where it is not pending; one that is being sent is left as it is. */
export async function hastenDelivery(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('update delivery_queue set due_at = least(due_at, now()) where tenant_id = $1 and id = $2', [tenantId, id])
  return rowCount === 1
}

/** Puts finished ones back into the queue, due now, their records with them. `attempt` is what the retry policy counts from; null keeps the count. */
export async function requeue(db: Db, tenantId: string, ids: readonly string[], attempt: number | null): Promise<number> {
  const sorted = [...ids].sort()
  const { rowCount } = await db.query(
    `with back as (delete from deliveries where tenant_id = $1 and id = any($2::uuid[]) and id >= $3 and id <= $4 returning *)
     insert into delivery_queue (tenant_id, id, webhook_id, event_id, event_name, event_type, due_at, attempt, attempts)
     select tenant_id, id, webhook_id, event_id, event_name, event_type, now(), coalesce($5, json_array_length(attempts::json)), attempts from back
     on conflict do nothing`,
    [tenantId, ids, sorted[0], sorted.at(-1), attempt])
  return rowCount ?? 0
}

export interface DeadFilter { webhookId: string, status: 'failed' | 'parked' | undefined, from: Date | undefined, to: Date | undefined, after: string | undefined, limit: number }

/** Ids of what was given up, oldest first. */
export async function listDead(db: Db, tenantId: string, { webhookId, status, from, to, after, limit }: DeadFilter): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id from deliveries where tenant_id = $1 and webhook_id = $2 and status <> 'delivered' and ($3::text is null or status = $3)
       and id >= $4 and id < $5 and ($6::uuid is null or id > $6) order by id limit $7`,
    [tenantId, webhookId, status ?? null, lowestId(from ?? new Date(0)), lowestId(to ?? new Date(Date.now() + 86_400_000)), after ?? null, limit])
  return rows.map(({ id }) => id)
}

export interface QueuedDelivery { id: string, webhookId: string, eventId: string, eventName: string, eventType: string, orderingKey: string | null }

/** To be delivered as soon as somebody claims them. */
export async function insertQueued(db: Db, tenantId: string, rows: readonly QueuedDelivery[]): Promise<void> {
  await db.query(
    `insert into delivery_queue (tenant_id, id, webhook_id, event_id, event_name, event_type, ordering_key, due_at)
     select $1, *, now() from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])`,
    [tenantId, rows.map(({ id }) => id), rows.map(({ webhookId }) => webhookId), rows.map(({ eventId }) => eventId), rows.map(({ eventName }) => eventName),
      rows.map(({ eventType }) => eventType), rows.map(({ orderingKey }) => orderingKey)])
}

export interface ReplayedEvent { id: string, eventId: string, type: string, text: string, blobId: string | null }

/** Events within a range of ids, oldest first. */
export async function listEventsToReplay(db: Db, tenantId: string, { after, before, limit }: { after: string, before: string, limit: number }): Promise<ReplayedEvent[]> {
  const { rows } = await db.query<ReplayedEvent>(
    `select id, event_id as "eventId", type, event as text, blob_id as "blobId" from events
     where tenant_id = $1 and id > $2 and id < $3 order by id limit $4`,
    [tenantId, after, before, limit])
  return rows
}
