/**
 * How much a tenant stores. Executions are counted with their minutes, large values by their rows; events, deliveries and runs are measured from their
 * partitions, a day at a time, in the background: what arrives is counted by nobody on its way.
 */
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { listPartitions } from '../db/partitions.ts'
import type { Figures } from '../executions/figures.ts'
import { deleteOtherDays, measureDay, measuredTables, replaceDay, sumStoredDays, type MeasuredTable, type StoredSum } from './stored-store.ts'

export const storedKinds = ['executions', 'events', 'deliveries', 'runs', 'blobs'] as const
export type StoredKind = (typeof storedKinds)[number]

/** Bytes of the records' texts and of large values: without indexes, and what Postgres needs besides. */
export type StoredBytes = Record<StoredKind, number>

export interface StoredByTenant {
  bytes: StoredBytes
  /** When events, deliveries and runs were last measured; null before the first time. */
  measuredAt: Date | null
}

export interface Stored {
  of(tenantId: string): Promise<StoredByTenant>
  /** Of each tenant that has anything. */
  all(): Promise<{ tenantId: string, bytes: StoredBytes }[]>
  /** Measures days that began after `since`, or all there are, and forgets those that are gone. May be broken off and repeated at any time. */
  measure(since?: Date): Promise<void>
}

export interface StoredDeps {
  database: Pick<Database, 'tenant' | 'system' | 'owner'>
  figures: Pick<Figures, 'storageByTenant'>
  blobs: Pick<Blobs, 'sizes'>
}

const kindOf: Record<MeasuredTable, StoredKind> = { events: 'events', deliveries: 'deliveries', flow_runs: 'runs', flow_journal: 'runs' }

export function createStored({ database: { tenant, system, owner }, figures, blobs }: StoredDeps): Stored {
  return {
    async of(tenantId) {
      const [executions, days, values] = await Promise.all([figures.storageByTenant(tenantId), sumStoredDays(tenant(tenantId), tenantId), blobs.sizes(tenantId)])
      const measuredAt = days.map((day) => day.measuredAt).toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null
      return { bytes: bytesOf({ executions, days, values }), measuredAt }
    },

    async all() {
      const [executions, days, values] = await Promise.all([figures.storageByTenant(), sumStoredDays(system), blobs.sizes()])
      return [...new Set([...executions, ...days, ...values].map(({ tenantId }) => tenantId))].map((tenantId) => {
        const own = <Row extends { tenantId: string }>(rows: Row[]): Row[] => rows.filter((row) => row.tenantId === tenantId)
        return { tenantId, bytes: bytesOf({ executions: own(executions), days: own(days), values: own(values) }) }
      })
    },

    async measure(since) {
      const there = await listPartitions(owner, measuredTables)
      for (const day of there) if (since === undefined || day.day > since) await replaceDay(system, day, await measureDay(owner, day))
      for (const table of measuredTables) await deleteOtherDays(system, table, there.filter((each) => each.table === table).map(({ day }) => day))
    },
  }
}

interface Measured { executions: { bytes: number }[], days: StoredSum[], values: { bytes: number }[] }

function bytesOf({ executions, days, values }: Measured): StoredBytes {
  const sum = (rows: { bytes: number }[]): number => rows.reduce((total, { bytes }) => total + bytes, 0)
  const of = (kind: StoredKind): number => sum(days.filter(({ table }) => kindOf[table] === kind))
  return { executions: sum(executions), events: of('events'), deliveries: of('deliveries'), runs: of('runs'), blobs: sum(values) }
}
