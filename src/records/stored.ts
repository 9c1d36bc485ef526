/**
 * How much a tenant stores. Executions are counted with their minutes, large values by their rows; events, deliveries and runs are measured from their
 * partitions, a day at a time, in the background: what arrives is counted by nobody on its way.
 */
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { listPartitions } from '../db/partitions.ts'
import type { Figures } from '../executions/figures.ts'
import { deleteOtherDays, measureDay, measuredTables, replaceDay, sumStoredDays, type MeasuredTable, type StoredSum, type TenantBytes } from './stored-store.ts'

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

const nothing: StoredBytes = { executions: 0, events: 0, deliveries: 0, runs: 0, blobs: 0 }

export function createStored(deps: StoredDeps): Stored {
  const { system, owner } = deps.database
  return {
    async of(tenantId) {
      const { tenants, days } = await sum(deps, tenantId)
      const measuredAt = days.map((day) => day.measuredAt).toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null
      return { bytes: tenants.get(tenantId) ?? nothing, measuredAt }
    },

    all: async () => [...(await sum(deps)).tenants].map(([tenantId, bytes]) => ({ tenantId, bytes })),

    async measure(since) {
      const there = await listPartitions(owner, measuredTables)
      for (const day of there) if (since === undefined || day.day > since) await replaceDay(system, day, await measureDay(owner, day))
      for (const table of measuredTables) await deleteOtherDays(system, table, there.filter((each) => each.table === table).map(({ day }) => day))
    },
  }
}

/** Of one tenant, or of each that has anything. */
async function sum({ database, figures, blobs }: StoredDeps, tenantId?: string): Promise<{ tenants: Map<string, StoredBytes>, days: StoredSum[] }> {
  const db = tenantId === undefined ? database.system : database.tenant(tenantId)
  const [executions, days, values] = await Promise.all([figures.storageByTenant(tenantId), sumStoredDays(db, tenantId), blobs.sizes(tenantId)])
  const tenants = new Map<string, StoredBytes>()
  const add = (kind: StoredKind, row: TenantBytes): void => {
    const known = tenants.get(row.tenantId) ?? nothing
    tenants.set(row.tenantId, { ...known, [kind]: known[kind] + row.bytes })
  }
  for (const row of executions) add('executions', row)
  for (const row of days) add(kindOf[row.table], row)
  for (const row of values) add('blobs', row)
  return { tenants, days }
}
