import type { Db } from '../db/db.ts'
import type { EventRow } from './events-store.ts'

/** A place in the order of commits: behind the event of this transaction and id. */
export interface Position {
  /** Of the writing transaction: digits. */
  xid: string
  id: string
}

export interface FeedRow extends EventRow, Position {
  type: string
  source: string
}

const NIL_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Up to `limit` events behind a position, in the order of commits, and no more than `maxBytes` of text beyond the first. `end` is how far that goes:
 * the last of them or, where there were no more, everything that is decided by now. What a transaction that is still open wrote comes later, though
 * its events may have smaller ids; so nothing beyond the oldest open one is answered. `since`: no such event has a smaller id, which spares looking
 * at older partitions.
 */
export async function readFeed(db: Db, tenantId: string, { after, since, limit, maxBytes }: { after: Position, since: string, limit: number, maxBytes: number }): Promise<{ rows: FeedRow[], end: Position, atEnd: boolean }> {
  const { rows } = await db.query<FeedRow & { horizon: string, found: number }>(
    `select s.horizon::text as horizon, e.* from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) s left join lateral (
       select e.id, e.xid::text as xid, e.type, e.source, e.event as text, e.blob_id as "blobId", e.webhook_source_id as "webhookSourceId", e.run_id as "runId",
         e.schema_errors as "schemaErrors", e.found, e.ahead, e.xid as at
       from (
         select *, sum(octet_length(event)) over (order by xid, id) - octet_length(event) as ahead, count(*) over ()::integer as found
         from (select * from events where tenant_id = $1 and id >= $4 and (xid, id) > ($2::text::xid8, $3::uuid) and xid < s.horizon order by xid, id limit $5) p
       ) e where e.ahead = 0 or e.ahead < $6
     ) e on true order by e.at, e.id`,
    [tenantId, after.xid, after.id, since, limit, maxBytes])
  const found = rows.filter(({ id }) => id !== null)
  const atEnd = found.length < limit && (found[0]?.found ?? 0) === found.length
  const last = found.at(-1)
  const horizon = { xid: rows[0]!.horizon, id: NIL_ID }
  return { rows: found, atEnd, end: atEnd && (last === undefined || isBehind(horizon, last)) && isBehind(horizon, after) ? horizon : last ?? after }
}

/** Whether one place comes later than another. */
export function isBehind(one: Position, other: Position): boolean {
  // Digits without zeros in front: the longer number is the larger one.
  if (one.xid.length !== other.xid.length) return one.xid.length > other.xid.length
  return one.xid === other.xid ? one.id > other.id : one.xid > other.xid
}

/** Behind all that is decided by now. What was committed by now although an older transaction was still open lies behind it, too: it is in the snapshot. */
export async function findHorizon(db: Db): Promise<Position & { snapshot: string }> {
  const { rows } = await db.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
  const { snapshot } = rows[0]!
  return { xid: snapshot.split(':', 1)[0]!, id: NIL_ID, snapshot }
}

/** Whether something was committed when a snapshot was taken, as Postgres writes one: `xmin:xmax:open,open`. */
export function committedIn(snapshot: string): (row: Pick<Position, 'xid'>) => boolean {
  const [, xmax, open] = snapshot.split(':') as [string, string, string]
  const [end, stillOpen] = [BigInt(xmax), new Set(open.split(','))]
  return ({ xid }) => BigInt(xid) < end && !stillOpen.has(xid)
}

export const beginning: Position = { xid: '0', id: NIL_ID }

/** Where an event stands. */
export async function findPosition(db: Db, tenantId: string, id: string): Promise<Position | undefined> {
  const { rows } = await db.query<Position>('select xid::text as xid, id from events where tenant_id = $1 and id = $2', [tenantId, id])
  return rows[0]
}
