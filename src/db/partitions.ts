/** Day partitions of tables whose ids are UUIDv7: a range of ids is a range of time. */

import type { Db } from './db.ts'

interface Queries { query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }> }

const partitioned = ['executions', 'events', 'deliveries', 'flow_journal', 'flow_runs'] as const
export type PartitionedTable = (typeof partitioned)[number]
const DAY_MS = 86_400_000
/** Ahead of need: a hub that cannot create partitions for a week still records. */
const DAYS_AHEAD = 7

/** The smallest UUIDv7-shaped id of a moment: everything made earlier sorts below it. */
export function lowestId(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** The moment, in ms, that a UUIDv7 was made. */
export function idTime(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

/** Records of some kilobytes stay in their row: looking elsewhere for them costs twice the time. Makes the partitions from yesterday to a week ahead where they are missing. Needs the tables' owner. */
export async function ensurePartitions(db: Queries, now: Date = new Date()): Promise<void> {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS
  const { rows } = await db.query('select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid')
  const existing = new Set(rows.map(({ relname }) => relname))
  const statements: string[] = []
  for (const table of partitioned) {
    for (let day = today - DAY_MS; day <= today + DAYS_AHEAD * DAY_MS; day += DAY_MS) {
      const name = partitionName(table, day)
      if (existing.has(name)) continue
      statements.push(`create table if not exists ${name} partition of ${table}
        for values from ('${lowestId(new Date(day))}') to ('${lowestId(new Date(day + DAY_MS))}')
        with (toast_tuple_target = 8160)`)
    }
  }
  if (statements.length > 0) await db.query(statements.join(';\n'))
}

/** One day's partition. */
export interface DayPartition<Table extends PartitionedTable = PartitionedTable> {
  name: string
  table: Table
  /** Its first moment. */
  day: Date
  /** Of its rows, without indexes and without what lies beside the rows. */
  sizeBytes: number
}

/** Those that there are of these tables, day after day. */
export async function listPartitions<Table extends PartitionedTable>(db: Queries, tables: readonly Table[]): Promise<DayPartition<Table>[]> {
  const { rows } = await db.query('select c.relname, pg_relation_size(c.oid)::float8 as size from pg_inherits i join pg_class c on c.oid = i.inhrelid order by 1')
  return rows.flatMap(({ relname, size }): DayPartition<Table>[] => {
    const [name, table, year, month, day] = /^(\w+)_(\d{4})(\d\d)(\d\d)$/.exec(String(relname)) ?? []
    const known = tables.find((each) => each === table)
    return known === undefined ? [] : [{ name: name!, table: known, day: new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))), sizeBytes: Number(size) }]
  })
}

/** Drops whole days of these tables that ended before `before`. Answers the days dropped, as their first moments, each once. */
async function dropPartitions(db: Queries, before: Date, tables: readonly PartitionedTable[]): Promise<Date[]> {
  const over = (await listPartitions(db, tables)).filter(({ day }) => day.getTime() + DAY_MS <= before.getTime())
  for (const { name } of over) await db.query(`drop table ${name}`)
  return [...new Set(over.map(({ day }) => day.getTime()))].sort((a, b) => a - b).map((day) => new Date(day))
}

/** Dropping waits for all who read or write the table, and they for it: rather not now than long. */
const DROP_LOCK_TIMEOUT_MS = 2000

/** The same in a transaction of its own, which drops nothing where that would have to wait. Needs the tables' owner. */
export async function dropPartitionsSoon(owner: Db, before: Date, tables: readonly PartitionedTable[]): Promise<Date[]> {
  return owner.transaction(async (db) => {
    await db.query(`set local lock_timeout = ${DROP_LOCK_TIMEOUT_MS}`)
    return dropPartitions(db, before, tables)
  }).catch((error: unknown) => {
    if ((error as { code?: string }).code === '55P03') return []
    throw error
  })
}

/** Deletes a tenant's rows from before a moment, some at a time; answers how many. For tables whose `id` is a UUIDv7. */
export async function deleteRowsBefore(db: Db, table: Exclude<PartitionedTable, 'flow_journal'>, { tenantId, before }: { tenantId: string, before: Date }): Promise<number> {
  let deleted = 0
  for (let last = SLICE_ROWS; last === SLICE_ROWS; deleted += last) {
    // The bound stands twice: it lets Postgres pass over the days that come after.
    const { rowCount } = await db.query(
      `delete from ${table} t using (select id from ${table} where tenant_id = $1 and id < $2 order by id limit ${SLICE_ROWS}) old where t.tenant_id = $1 and t.id = old.id and t.id < $2`,
      [tenantId, lowestId(before)])
    last = rowCount ?? 0
  }
  return deleted
}

const SLICE_ROWS = 5000

function partitionName(table: string, day: number): string {
  return `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`
}
