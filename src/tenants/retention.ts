/** How long a tenant keeps what happened: as long as the operator allows, or fewer days that it sets itself. */
import type { Database } from '../db/database.ts'
import { HubError, type FieldError } from '../errors.ts'
import { recordChange } from './audit.ts'
import type { Caller } from './caller.ts'
import { findRetention, listRetentions, lockRetention, updateRetention } from './tenants-store.ts'

export const keptKinds = ['events', 'deliveries', 'runs', 'executions'] as const
export type KeptKind = (typeof keptKinds)[number]

/** Days, of those kinds of which the tenant says something itself. */
export type OwnDays = Partial<Record<KeptKind, number>>

export interface Kept {
  /** What the tenant says itself; null: as long as the operator allows. */
  days: number | null
  /** What the operator allows. */
  ceilingDays: number
  /** After how many days it goes. */
  keptDays: number
  /** The environment variable of the ceiling. */
  setting: string
}

export type Ceilings = Record<KeptKind, { days: number, setting: string }>

export interface TenantRetention {
  get(caller: Caller): Promise<Record<KeptKind, Kept>>
  /** Those that are null are the operator's again; those left out stay. Throws `invalid_request` for more than the operator allows. */
  change(caller: Caller, days: Partial<Record<KeptKind, number | null | undefined>>): Promise<Record<KeptKind, Kept>>
  /** For the jobs that let go: the tenants that say something themselves. */
  all(): Promise<{ tenantId: string, days: OwnDays }[]>
}

export function createTenantRetention({ database, ceilings }: { database: Database, ceilings: Ceilings }): TenantRetention {
  const shown = (own: OwnDays): Record<KeptKind, Kept> => Object.fromEntries(keptKinds.map((kind) => {
    const { days: ceilingDays, setting } = ceilings[kind]
    return [kind, { days: own[kind] ?? null, ceilingDays, keptDays: Math.min(own[kind] ?? ceilingDays, ceilingDays), setting }]
  })) as Record<KeptKind, Kept>
  return {
    get: async ({ tenantId }) => shown(await findRetention(database.tenant(tenantId), tenantId)),

    async change(caller, days) {
      const errors = keptKinds.flatMap((kind): FieldError[] => ((days[kind] ?? 0) > ceilings[kind].days ? [{ pointer: `/${kind}`, detail: `is more than the ${ceilings[kind].days} days that the operator allows` }] : []))
      if (errors.length > 0) throw new HubError('invalid_request', 'The operator allows fewer days.', { errors })
      const { tenantId } = caller
      return database.tenant(tenantId).transaction(async (db) => {
        const own = await lockRetention(db, tenantId)
        const next: OwnDays = Object.fromEntries(keptKinds.flatMap((kind) => {
          const value = days[kind] === undefined ? own[kind] : days[kind]
          return value === undefined || value === null ? [] : [[kind, value]]
        }))
        await updateRetention(db, tenantId, next)
        await recordChange(db, caller, { action: 'retention.changed', targetType: 'tenant', targetId: tenantId, detail: { before: own, after: next } })
        return shown(next)
      })
    },

    all: () => listRetentions(database.system),
  }
}
