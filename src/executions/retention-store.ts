import type { Db } from '../db/db.ts'
import { lowestId } from '../db/partitions.ts'
import { MINUTE_MS } from '../lib/minute.ts'
import { lockFigures } from './figures-store.ts'

export interface Kept { tenantId: string, integrationId: string, days: number }

type Key = Pick<Kept, 'tenantId' | 'integrationId'>

/** Every integration that has figures, over all tenants. Goes from key to key of the index, past each key's minutes. */
export async function listMeasured(db: Db): Promise<Key[]> {
  const { rows } = await db.query<Key>(
    `with recursive keys as (
       (select tenant_id, integration_id from integration_minutes order by tenant_id, integration_id limit 1)
       union all
       select n.tenant_id, n.integration_id from keys k cross join lateral (
         select m.tenant_id, m.integration_id from integration_minutes m
         where (m.tenant_id, m.integration_id) > (k.tenant_id, k.integration_id) order by m.tenant_id, m.integration_id limit 1) n)
     select tenant_id as "tenantId", integration_id as "integrationId" from keys`)
  return rows
}

/** How many days these integrations' records are kept: `fallback` where one is deleted or says nothing usable. */
export async function findKept(db: Db, keys: Key[], fallback: number): Promise<Kept[]> {
  const { rows } = await db.query<Kept>(
    `select k.tenant_id as "tenantId", k.integration_id as "integrationId",
       case when jsonb_typeof(i.usage #> '{dataPolicy,retentionPeriod}') = 'number' then (i.usage #>> '{dataPolicy,retentionPeriod}')::float8 else $3 end as days
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, integration_id)
     left join integrations i on i.tenant_id = k.tenant_id and i.id = k.integration_id`,
    [keys.map(({ tenantId }) => tenantId), keys.map(({ integrationId }) => integrationId), fallback])
  return rows
}

/** The longest that any integration keeps its records, in days. */
export async function findLongestRetention(db: Db): Promise<number> {
  const { rows } = await db.query<{ days: number | null }>(
    `select max((usage #>> '{dataPolicy,retentionPeriod}')::float8) as days from integrations where jsonb_typeof(usage #> '{dataPolicy,retentionPeriod}') = 'number'`)
  return rows[0]?.days ?? 0
}

export interface Expired { tenantId: string, integrationId: string, before: number }

/** Of these, the ones that have records from before their moment, with the oldest one's id. */
export async function findExpired(db: Db, keys: Expired[]): Promise<(Expired & { oldestId: string })[]> {
  const { rows } = await db.query<{ position: string, oldestId: string }>(
    `select k.position, e.id as "oldestId"
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as k (tenant_id, integration_id, high, position)
     cross join lateral (
       select id from executions where tenant_id = k.tenant_id and integration_id = k.integration_id and id < k.high order by id limit 1) e`,
    [keys.map(({ tenantId }) => tenantId), keys.map(({ integrationId }) => integrationId), keys.map(({ before }) => lowestId(new Date(before)))])
  return rows.map(({ position, oldestId }) => ({ ...keys[Number(position) - 1]!, oldestId }))
}

export interface Slice { tenantId: string, integrationId: string, from: number, to: number }

/** The id that comes `count` records after `from`, if it lies before `to`. */
export async function findIdAfter(db: Db, { tenantId, integrationId, from, to }: Slice, count: number): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    'select id from executions where tenant_id = $1 and integration_id = $2 and id >= $3 and id < $4 order by id offset $5 limit 1',
    [tenantId, integrationId, lowestId(new Date(from)), lowestId(new Date(to)), count])
  return rows[0]?.id
}

/** Deletes the records of whole minutes, and what their figures say is stored. */
export async function deleteSlice(db: Db, slice: Slice): Promise<number> {
  return db.transaction(async (tx) => {
    // Nobody may make these minutes anew from half of their records.
    await lockFigures(tx)
    const { rowCount } = await tx.query(
      'delete from executions where tenant_id = $1 and integration_id = $2 and id >= $3 and id < $4',
      [slice.tenantId, slice.integrationId, lowestId(new Date(slice.from)), lowestId(new Date(slice.to))])
    await clearStored(tx, [slice])
    return rowCount ?? 0
  })
}

/** The records of these minutes are gone, or about to go. The counts of calls stay. */
export async function clearStored(db: Db, slices: Slice[]): Promise<void> {
  await db.query(
    `update integration_minutes m set stored_bytes = 0
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as k (tenant_id, integration_id, low, high)
     where m.tenant_id = k.tenant_id and m.integration_id = k.integration_id and m.minute >= k.low and m.minute < k.high and m.stored_bytes <> 0`,
    [slices.map(({ tenantId }) => tenantId), slices.map(({ integrationId }) => integrationId), slices.map(({ from }) => new Date(from)), slices.map(({ to }) => new Date(to))])
}

/** Forgets minutes from before a moment whose records are gone. */
export async function deleteMinutes(db: Db, keys: Key[], before: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from integration_minutes m using unnest($1::uuid[], $2::uuid[]) as k (tenant_id, integration_id)
     where m.tenant_id = k.tenant_id and m.integration_id = k.integration_id and m.minute < $3 and m.stored_bytes = 0`,
    [keys.map(({ tenantId }) => tenantId), keys.map(({ integrationId }) => integrationId), new Date(before - before % MINUTE_MS)])
  return rowCount ?? 0
}
