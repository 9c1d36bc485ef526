/**
 * SQL of the figures. `integration_minutes` holds minutes that are over, `executions` the rest; `complete` is where the one ends and
 * the other begins. One statement reads both, so that no record counts twice or not at all.
 */
import type { Db } from '../db/db.ts'
import { lowestId } from '../db/partitions.ts'
import { MINUTE_MS } from '../lib/minute.ts'
import { latencyBounds } from './histogram.ts'

/** Held while figures of past minutes are made or their records removed. Any number that no other lock of ours has. */
const LOCK = 0x66696775

export interface MinuteKey { tenantId: string, integrationId: string, minute: number }

const bucketOf = `width_bucket(latency_ms::float8, '{${latencyBounds.join(',')}}'::float8[])`
const countsOf = latencyBounds.concat(0 as never).map((_, bucket) => `coalesce(sum(calls) filter (where bucket = ${bucket} and status <> 'refused'), 0)::integer`).join(', ')

/** Refused runs are counted, but never reached the service: they have no part in latencies. */
const sums = `coalesce(sum(calls) filter (where status = 'succeeded'), 0)::integer as succeeded, coalesce(sum(calls) filter (where status = 'failed'), 0)::integer as failed,
  coalesce(sum(calls) filter (where status = 'refused'), 0)::integer as refused, coalesce(sum(latency) filter (where status <> 'refused'), 0) as latency_ms_sum,
  array[${countsOf}] as latency_counts, sum(size)::bigint as stored_bytes`

const grouped = `status, ${bucketOf} as bucket, count(*) as calls, sum(latency_ms::float8) as latency, sum(size_bytes) as size`

const upsert = `on conflict (tenant_id, integration_id, minute) do update set succeeded = excluded.succeeded, failed = excluded.failed, refused = excluded.refused,
  latency_ms_sum = excluded.latency_ms_sum, latency_counts = excluded.latency_counts, stored_bytes = excluded.stored_bytes`

const into = 'insert into integration_minutes (tenant_id, integration_id, minute, succeeded, failed, refused, latency_ms_sum, latency_counts, stored_bytes)'

/** Waits until nobody else makes figures or removes their records; within a transaction, till its end. */
export async function lockFigures(db: Db): Promise<void> {
  await db.query('select pg_advisory_xact_lock($1)', [LOCK])
}

/** Makes the figures of whole minutes, of all tenants, from their records. Repeating it changes nothing. Hold the lock: an older reading must not be written last. */
export async function rollUpMinutes(db: Db, minutes: readonly number[]): Promise<void> {
  // Records are indexed by tenant: with the aggregate inside the lateral query, each tenant's minute is one range of an index.
  await db.query(
    `${into}
     select t.id, e.integration_id, m.minute, ${sums}
     from unnest($1::timestamptz[], $2::uuid[], $3::uuid[]) as m (minute, low, high)
     cross join tenants t
     cross join lateral (
       select integration_id, ${grouped} from executions where tenant_id = t.id and id >= m.low and id < m.high group by integration_id, status, bucket) e
     group by 1, 2, 3 ${upsert}`,
    ranges(minutes))
}

/** The same for single integrations' minutes. */
export async function rollUpKeys(db: Db, keys: readonly MinuteKey[]): Promise<void> {
  await db.query(
    `${into}
     select k.tenant_id, k.integration_id, k.minute, ${sums}
     from unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) as k (minute, low, high, tenant_id, integration_id)
     cross join lateral (
       select ${grouped} from executions
       where tenant_id = k.tenant_id and integration_id = k.integration_id and id >= k.low and id < k.high group by status, bucket) e
     group by 1, 2, 3 ${upsert}`,
    [...ranges(keys.map(({ minute }) => minute)), keys.map(({ tenantId }) => tenantId), keys.map(({ integrationId }) => integrationId)])
}

function ranges(minutes: readonly number[]): [Date[], string[], string[]] {
  return [minutes.map((minute) => new Date(minute)), minutes.map((minute) => lowestId(new Date(minute))), minutes.map((minute) => lowestId(new Date(minute + MINUTE_MS)))]
}

/** The newest record of all tenants. */
export async function findNewestId(db: Db): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `select e.id from tenants t cross join lateral (select id from executions where tenant_id = t.id order by id desc limit 1) e order by e.id desc limit 1`)
  return rows[0]?.id
}

export interface Range {
  tenantId: string
  /** All of the tenant's where it is left out. */
  integrationIds?: readonly string[] | undefined
  /** Whole minutes, ms; `to` is exclusive. */
  from: number
  to: number
  complete: number
}

export interface Sums { succeeded: number, failed: number, refused: number, latencyMs: number }

export type Step = 'minute' | 'hour' | 'day'

/** Minutes and live records under one name; the live ones as a row for each `minute` that `live` makes of an id. */
function figuresOf(range: Range, liveMinute: string): { sql: string, values: unknown[] } {
  const boundary = Math.max(range.from, Math.min(range.to, range.complete))
  const which = range.integrationIds === undefined ? '' : 'and integration_id = any($6::uuid[])'
  const sql = `with figures as (
      select integration_id, minute, succeeded, failed, refused, latency_ms_sum, latency_counts, stored_bytes
      from integration_minutes where tenant_id = $1 and minute >= $2 and minute < $3 ${which}
      union all
      select integration_id, minute, ${sums} from (
        select integration_id, ${liveMinute} as minute, ${grouped} from executions
        where tenant_id = $1 and id >= $4 and id < $5 ${which} group by integration_id, minute, status, bucket) live
      group by integration_id, minute)`
  const values: unknown[] = [range.tenantId, new Date(range.from), new Date(boundary), lowestId(new Date(boundary)), lowestId(new Date(range.to))]
  if (range.integrationIds !== undefined) values.push(range.integrationIds)
  return { sql, values }
}

const anyMinute = 'null::timestamptz'
/** A UUIDv7 begins with its time in ms, 48 bits. */
const minuteOfId = `date_trunc('minute', to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0), 'UTC')`

const total = `coalesce(sum(succeeded), 0)::float8 as succeeded, coalesce(sum(failed), 0)::float8 as failed, coalesce(sum(refused), 0)::float8 as refused,
  coalesce(sum(latency_ms_sum), 0)::float8 as "latencyMs"`
const counts = `array[${latencyBounds.concat(0 as never).map((_, index) => `coalesce(sum(latency_counts[${index + 1}]), 0)`).join(', ')}]::float8[] as counts`

export async function sumFigures(db: Db, range: Range): Promise<Sums & { counts: number[] }> {
  const { sql, values } = figuresOf(range, anyMinute)
  const { rows } = await db.query<Sums & { counts: number[] }>(`${sql} select ${total}, ${counts} from figures`, values)
  return rows[0]!
}

export async function sumByIntegration(db: Db, range: Range): Promise<(Sums & { integrationId: string })[]> {
  const { sql, values } = figuresOf(range, anyMinute)
  const { rows } = await db.query<Sums & { integrationId: string }>(`${sql} select integration_id as "integrationId", ${total} from figures group by 1`, values)
  return rows
}

/** Calls of each of `parts` equal parts of the range, of each integration that has any. */
export async function sumByPart(db: Db, range: Range, parts: number): Promise<{ integrationId: string, part: number, calls: number }[]> {
  const { sql, values } = figuresOf(range, minuteOfId)
  const { rows } = await db.query<{ integrationId: string, part: number, calls: number }>(
    `${sql} select integration_id as "integrationId", floor((extract(epoch from minute) * 1000 - ${range.from}) * ${parts} / ${Math.max(MINUTE_MS, range.to - range.from)})::int as part, sum(succeeded + failed)::float8 as calls
     from figures group by 1, 2`, values)
  return rows
}

export async function sumByStep(db: Db, range: Range, step: Step): Promise<(Sums & { at: Date, counts: number[] })[]> {
  const { sql, values } = figuresOf(range, minuteOfId)
  const { rows } = await db.query<Sums & { at: Date, counts: number[] }>(
    `${sql} select date_trunc('${step}', minute, 'UTC') as at, ${total}, ${counts} from figures group by 1 order by 1`, values)
  return rows
}

export interface StoredRow { tenantId: string, integrationId: string, bytes: number }

/** Bytes of the records that there are, of each integration: of one of them, of one tenant's, or of all. */
export async function sumStored(db: Db, { tenantId, integrationId, complete }: { tenantId?: string | undefined, integrationId?: string | undefined, complete: number }): Promise<StoredRow[]> {
  const which = `${tenantId === undefined ? '' : 'and tenant_id = $3'} ${integrationId === undefined ? '' : 'and integration_id = $4'}`
  const { rows } = await db.query<StoredRow>(
    `select tenant_id as "tenantId", integration_id as "integrationId", sum(bytes)::float8 as bytes from (
       select tenant_id, integration_id, stored_bytes as bytes from integration_minutes where stored_bytes <> 0 and minute < $1 ${which}
       union all select tenant_id, integration_id, size_bytes from executions where id >= $2 ${which}) kept
     group by 1, 2`,
    [new Date(complete), lowestId(new Date(complete)), ...[tenantId, integrationId].filter((id) => id !== undefined)])
  return rows
}

export async function sumBlobs(db: Db, tenantId: string, integrationId: string | undefined): Promise<{ integrationId: string, bytes: number }[]> {
  const { rows } = await db.query<{ integrationId: string, bytes: number }>(
    `select integration_id as "integrationId", sum(size_bytes)::float8 as bytes from blobs
     where tenant_id = $1 and integration_id is not null and ($2::uuid is null or integration_id = $2) group by 1`,
    [tenantId, integrationId ?? null])
  return rows
}
