import { textArray } from '../db/binary-array.ts'
import type { Db } from '../db/db.ts'

export interface NewEventRow {
  tenantId: string
  id: string
  eventId: string
  source: string
  type: string
  subject: string | null
  time: string
  webhookSourceId: string | null
  schemaErrors: string | null
  sizeBytes: number
  /** What is stored in the row: the whole event, or without its data where that lies in a blob. */
  text: string
  textBytes: number
  blobId: string | null
  runId: string | null
  onceScope: string | null
  onceKey: string | null
  onceUntil: string | null
}

/** A delivery that is to be made. */
export interface NewDeliveryRow {
  tenantId: string
  id: string
  webhookId: string
  eventId: string
  eventName: string
  eventType: string
  orderingKey: string | null
  /** The process that will deliver it; null where it is left to whoever claims it. */
  claimedBy: string | null
}

const eventColumns = 'tenant_id, id, event_id, source, type, subject, time, webhook_source_id, schema_errors, size_bytes, event, blob_id, run_id'
const eventArrays = '$1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::uuid[], $9::json[], $10::integer[], $11::text[], $12::uuid[], $13::uuid[]'
const deliveryColumns = 'tenant_id, id, webhook_id, event_id, event_name, event_type, ordering_key, claimed_by, due_at'

/** Events with their deliveries, all or none. Needs the writer's connection, or one of their tenant. */
export async function insertEvents(db: Db, events: readonly NewEventRow[], deliveries: readonly NewDeliveryRow[]): Promise<void> {
  if (deliveries.length === 0) {
    await db.query(`insert into events (${eventColumns}) select * from unnest(${eventArrays})`, eventValues(events))
    return
  }
  await db.query(
    `with stored as (insert into events (${eventColumns}) select * from unnest(${eventArrays}))
     insert into delivery_queue (${deliveryColumns}) select *, now() from unnest(${deliveryArrays(14)})`,
    [...eventValues(events), ...deliveryValues(deliveries)])
}

/** Behind the parameters of events, keys and deliveries. */
const FIRST_OF_SEQUELS = 25

/** Rows of other tables that events lead to, which are written by the same statement. */
export interface SequelRows {
  /**
   * `with` clauses that insert those of the rows whose event was stored: `isStored` says so of an event's id, as text. Their parameters begin at
   * `first`. A clause `fresh_sequels` gives the `id` of each that was inserted.
   */
  clauses(first: number, isStored: (eventId: string) => string): string
  values: unknown[]
}

/**
 * The same for events of which some may be repeats: those whose key was taken within its window are left out, with all that they lead to.
 * Answers the ids of what was stored: of events, and of sequels. Keys are taken in one order everywhere, so that writers don't wait for each other
 * in a ring.
 */
export async function insertNewEvents(db: Db, events: readonly NewEventRow[], deliveries: readonly NewDeliveryRow[], sequels?: SequelRows): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `with incoming as (
       select * from unnest(${eventArrays}, $14::text[], $15::text[], $16::timestamptz[])
         as t (${eventColumns}, once_scope, once_key, once_until)),
     taken as (
       insert into event_keys as k (tenant_id, scope, key, event_id, expires_at)
       select distinct on (tenant_id, once_scope, once_key) tenant_id, once_scope, once_key, id, once_until
       from incoming where once_key is not null order by tenant_id, once_scope, once_key, id
       on conflict (tenant_id, scope, key) do update set event_id = excluded.event_id, expires_at = excluded.expires_at where k.expires_at <= now()
       returning event_id),
     fresh as (select * from incoming i where once_key is null or exists (select from taken t where t.event_id = i.id)),
     stored as (insert into events (${eventColumns}) select ${eventColumns} from fresh),
     queued as (
       insert into delivery_queue (${deliveryColumns})
       select d.*, now() from unnest(${deliveryArrays(17)}) as d (${deliveryColumns.replace(', due_at', '')})
       where exists (select from fresh f where f.id = d.event_id))${sequels === undefined ? '' : `,
     ${sequels.clauses(FIRST_OF_SEQUELS, (eventId) => `exists (select from fresh f where f.id::text = ${eventId})`)}`}
     select id from fresh${sequels === undefined ? '' : ' union all select id from fresh_sequels'}`,
    [
      ...eventValues(events), events.map((event) => event.onceScope), events.map((event) => event.onceKey), events.map((event) => event.onceUntil),
      ...deliveryValues(deliveries), ...sequels?.values ?? [],
    ])
  return new Set(rows.map(({ id }) => id))
}

function eventValues(events: readonly NewEventRow[]): unknown[] {
  return [
    events.map((event) => event.tenantId), events.map((event) => event.id), events.map((event) => event.eventId), events.map((event) => event.source),
    events.map((event) => event.type), events.map((event) => event.subject), events.map((event) => event.time), events.map((event) => event.webhookSourceId),
    events.map((event) => event.schemaErrors), events.map((event) => event.sizeBytes),
    textArray(events.map((event) => event.text), events.map((event) => event.textBytes)), events.map((event) => event.blobId),
    events.map((event) => event.runId),
  ]
}

function deliveryArrays(first: number): string {
  return ['uuid', 'uuid', 'uuid', 'uuid', 'text', 'text', 'text', 'uuid'].map((type, index) => `$${first + index}::${type}[]`).join(', ')
}

function deliveryValues(deliveries: readonly NewDeliveryRow[]): unknown[] {
  return [
    deliveries.map((row) => row.tenantId), deliveries.map((row) => row.id), deliveries.map((row) => row.webhookId), deliveries.map((row) => row.eventId),
    deliveries.map((row) => row.eventName), deliveries.map((row) => row.eventType), deliveries.map((row) => row.orderingKey), deliveries.map((row) => row.claimedBy),
  ]
}
