import type { Db } from '../../db/db.ts'

export interface SourceMinute {
  tenantId: string
  sourceId: string
  /** Its beginning, in ms. */
  minute: number
  accepted: number
  refused: number
  /** In ms; null where none was taken in. */
  lastEvent: number | null
}

/** Adds to what is there. Rows of sources that are gone are left out. In one order everywhere, so that writers don't wait for each other in a ring. */
export async function addSourceMinutes(db: Db, rows: readonly SourceMinute[]): Promise<void> {
  const sorted = [...rows].sort((a, b) => (a.sourceId === b.sourceId ? a.minute - b.minute : a.sourceId < b.sourceId ? -1 : 1))
  await db.query(
    `insert into webhook_source_minutes as m (tenant_id, source_id, minute, accepted, refused, last_event)
     select n.* from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::integer[], $6::timestamptz[]) as n (tenant_id, source_id, minute, accepted, refused, last_event)
     where exists (select from webhook_sources s where s.tenant_id = n.tenant_id and s.id = n.source_id)
     on conflict (tenant_id, source_id, minute) do update set accepted = m.accepted + excluded.accepted, refused = m.refused + excluded.refused,
       last_event = greatest(m.last_event, excluded.last_event)`,
    [
      sorted.map(({ tenantId }) => tenantId), sorted.map(({ sourceId }) => sourceId), sorted.map(({ minute }) => new Date(minute)), sorted.map(({ accepted }) => accepted),
      sorted.map(({ refused }) => refused), sorted.map(({ lastEvent }) => (lastEvent === null ? null : new Date(lastEvent))),
    ])
}

export interface SourceSums { sourceId: string, accepted: number, refused: number, lastEventAt: Date | null }

/** One for each id, in their order. */
export async function sumBySource(db: Db, tenantId: string, sourceIds: readonly string[], from: Date): Promise<SourceSums[]> {
  const { rows } = await db.query<SourceSums>(
    `select s.id as "sourceId", f.* from unnest($2::uuid[]) with ordinality as s (id, place)
     cross join lateral (
       select coalesce(sum(accepted), 0)::float8 as accepted, coalesce(sum(refused), 0)::float8 as refused, max(last_event) as "lastEventAt"
       from webhook_source_minutes where tenant_id = $1 and source_id = s.id and minute >= $3) f
     order by s.place`,
    [tenantId, sourceIds, from])
  return rows
}

export interface SourceHour { sourceId: string, at: Date, accepted: number, refused: number }

/** Hours in which nothing came are left out. */
export async function sumBySourceHour(db: Db, tenantId: string, sourceIds: readonly string[], from: Date): Promise<SourceHour[]> {
  const { rows } = await db.query<SourceHour>(
    `select source_id as "sourceId", date_trunc('hour', minute, 'UTC') as at, sum(accepted)::float8 as accepted, sum(refused)::float8 as refused
     from webhook_source_minutes where tenant_id = $1 and source_id = any ($2::uuid[]) and minute >= $3 group by 1, 2 order by 1, 2`,
    [tenantId, sourceIds, from])
  return rows
}

export async function deleteSourceMinutes(db: Db, before: Date): Promise<void> {
  await db.query('delete from webhook_source_minutes m using webhook_sources s where m.tenant_id = s.tenant_id and m.source_id = s.id and m.minute < $1', [before])
}
