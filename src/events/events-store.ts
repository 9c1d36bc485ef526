import type { Db } from '../db/db.ts'
import { lowestId } from '../db/partitions.ts'
import { ilikeFor, likePattern, literally, type Stretch } from '../db/search.ts'
import type { FieldError } from '../errors.ts'
import { SOURCE_OF_THE_HUB } from './attributes.ts'

export interface EventRow {
  id: string
  /** The event as JSON; without its data where it lies in a blob. */
  text: string
  blobId: string | null
  webhookSourceId: string | null
  runId: string | null
  schemaErrors: FieldError[] | null
}

export interface EventFilter {
  /** Globs: `*` stands for any run of characters. */
  type?: string | undefined
  source?: string | undefined
  subject?: string | undefined
  webhookSourceId?: string | undefined
  /** Sent by this run of a flow. */
  runId?: string | undefined
  /** By when the hub received it. */
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
  /** Text anywhere in it. */
  q?: string | undefined
}

const columns = 'e.id, e.event as text, e.blob_id as "blobId", e.webhook_source_id as "webhookSourceId", e.run_id as "runId", e.schema_errors as "schemaErrors"'

interface Page extends Stretch { limit: number, maxBytes: number }

/**
 * Newest first, and no more than `maxBytes` of text beyond the first; `more` says whether others follow. Conditions are written only where they are
 * asked for: one that may be absent would keep Postgres from pruning partitions.
 */
export async function listEvents(db: Db, tenantId: string, filter: EventFilter, { before, downTo, limit, maxBytes }: Page): Promise<{ rows: EventRow[], more: boolean }> {
  const values: unknown[] = [tenantId, limit + 1, maxBytes]
  const conditions = ['tenant_id = $1']
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  const addGlob = (column: string, glob: string | undefined): void => {
    if (glob === undefined || glob === '*') return
    if (glob.includes('*')) add((parameter) => `${column} like ${parameter}`, literally(glob).replaceAll('*', '%'))
    else add((parameter) => `${column} = ${parameter}`, glob)
  }
  addGlob('type', filter.type)
  // The word stands in the statement, since a parameter would not let Postgres use the index of what the hub tells.
  if (filter.source === SOURCE_OF_THE_HUB) conditions.push(`source = '${SOURCE_OF_THE_HUB}'`)
  else addGlob('source', filter.source)
  addGlob('subject', filter.subject)
  add((parameter) => `webhook_source_id = ${parameter}`, filter.webhookSourceId)
  add((parameter) => `run_id = ${parameter}`, filter.runId)
  add((parameter) => `id < ${parameter}`, before)
  add((parameter) => `id >= ${parameter}`, downTo)
  add((parameter) => `id >= ${parameter}`, filter.from && lowestId(filter.from))
  add((parameter) => `id < ${parameter}`, filter.to && lowestId(filter.to))
  const { q = '' } = filter
  add((parameter) => `event ${ilikeFor(q)} ${parameter}`, q === '' ? undefined : likePattern(q))
  const { rows } = await db.query<EventRow & { found: number }>(
    `select ${columns}, e.found from (
       select *, sum(octet_length(event)) over (order by id desc) - octet_length(event) as ahead, count(*) over ()::integer as found
       from (select * from events where ${conditions.join(' and ')} order by id desc limit $2) p
     ) e where e.ahead = 0 or e.ahead < $3 order by e.id desc limit $2 - 1`,
    values)
  return { rows: rows.map(({ found: _found, ...row }) => row), more: (rows[0]?.found ?? 0) > rows.length }
}

/** By the hub's own id. */
export async function findEvent(db: Db, tenantId: string, id: string): Promise<EventRow | undefined> {
  const { rows } = await db.query<EventRow>(`select ${columns} from events e where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** By the CloudEvent's id, where that is not the hub's own; the newest. */
export async function findNamedEvent(db: Db, tenantId: string, { eventId, source }: { eventId: string, source: string | undefined }): Promise<EventRow | undefined> {
  const { rows } = await db.query<EventRow>(
    `select ${columns} from events e where tenant_id = $1 and event_id = $2 and event_id <> id::text ${source === undefined ? '' : 'and source = $3'} order by id desc limit 1`,
    source === undefined ? [tenantId, eventId] : [tenantId, eventId, source])
  return rows[0]
}

/** Forgets keys whose window is over, up to `limit` of them; answers how many. Needs the system's connection. */
export async function deleteOldKeys(db: Db, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from event_keys k using (select tenant_id, scope, key from event_keys where expires_at <= now() order by expires_at limit $1 for update skip locked) old
     where k.tenant_id = old.tenant_id and k.scope = old.scope and k.key = old.key and k.expires_at <= now()`,
    [limit])
  return rowCount ?? 0
}

/** Events from before a moment whose data lies in a blob, of one tenant or over all of them. Needs the system's connection. */
export async function listLargeEvents(db: Db, { tenantId, before, after, limit }: { tenantId?: string, before: Date, after: { tenantId: string, id: string } | undefined, limit: number }): Promise<{ tenantId: string, id: string, blobId: string }[]> {
  const { rows } = await db.query<{ tenantId: string, id: string, blobId: string }>(
    `select tenant_id as "tenantId", id, blob_id as "blobId" from events
     where id < $1 and blob_id is not null and ($3::uuid is null or tenant_id = $3) ${after === undefined ? '' : 'and (tenant_id, id) > ($4, $5)'} order by tenant_id, id limit $2`,
    [lowestId(before), limit, tenantId ?? null, ...after === undefined ? [] : [after.tenantId, after.id]])
  return rows
}
