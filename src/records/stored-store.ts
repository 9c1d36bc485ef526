import type { Db } from '../db/db.ts'
import type { DayPartition, PartitionedTable } from '../db/partitions.ts'

export interface TenantBytes { tenantId: string, bytes: number }

/** The texts that are nearly all of a record; their lengths are known without reading them. */
const texts = { events: 'octet_length(event)', deliveries: 'octet_length(attempts)', flow_runs: 'octet_length(record) + octet_length(trigger)', flow_journal: 'octet_length(entries)' } as const satisfies Partial<Record<PartitionedTable, string>>

export type MeasuredTable = keyof typeof texts
export const measuredTables = Object.keys(texts) as MeasuredTable[]

/** Beyond this a day is measured by pages of it, picked at random. */
const MOST_READ_BYTES = 64 * 1024 ** 2
const SAMPLE_BYTES = 16 * 1024 ** 2

/** What each tenant's records of a day take. Needs the tables' owner. */
export async function measureDay(owner: Db, { name, table, sizeBytes }: DayPartition<MeasuredTable>): Promise<TenantBytes[]> {
  const share = sizeBytes <= MOST_READ_BYTES ? 1 : SAMPLE_BYTES / sizeBytes
  const { rows } = await owner.query<TenantBytes>(
    `select tenant_id as "tenantId", round(sum(${texts[table]}) / ${share}::float8)::float8 as bytes from ${name} ${share === 1 ? '' : `tablesample system (${share * 100})`} group by 1`)
  return rows
}

/** In place of what was measured of that day before. Tenants that are gone are left out. */
export async function replaceDay(db: Db, { table, day }: { table: MeasuredTable, day: Date }, measured: readonly TenantBytes[]): Promise<void> {
  await db.query(
    `with measured as (select * from unnest($3::uuid[], $4::bigint[]) as m (tenant_id, bytes) where exists (select from tenants t where t.id = m.tenant_id)),
     gone as (delete from stored_days s where of_table = $1 and day = $2 and not exists (select from measured m where m.tenant_id = s.tenant_id))
     insert into stored_days (tenant_id, of_table, day, bytes) select tenant_id, $1, $2, bytes from measured
     on conflict (tenant_id, of_table, day) do update set bytes = excluded.bytes, measured_at = excluded.measured_at`,
    [table, day, measured.map(({ tenantId }) => tenantId), measured.map(({ bytes }) => bytes)])
}

/** Forgets days of a table other than these. */
export async function deleteOtherDays(db: Db, table: MeasuredTable, days: readonly Date[]): Promise<void> {
  await db.query('delete from stored_days where of_table = $1 and day <> all ($2::timestamptz[])', [table, days])
}

export interface StoredSum extends TenantBytes { table: MeasuredTable, measuredAt: Date }

/** Of one tenant, or of all of them. */
export async function sumStoredDays(db: Db, tenantId?: string): Promise<StoredSum[]> {
  const { rows } = await db.query<StoredSum>(
    `select tenant_id as "tenantId", of_table as table, sum(bytes)::float8 as bytes, max(measured_at) as "measuredAt" from stored_days where $1::uuid is null or tenant_id = $1 group by 1, 2`, [tenantId ?? null])
  return rows
}
