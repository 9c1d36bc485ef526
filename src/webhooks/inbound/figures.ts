/** How much came to webhook sources, and how much of it was refused: added up in memory, and written every few seconds. */
import type { Database } from '../../db/database.ts'
import type { Caller } from '../../tenants/caller.ts'
import { addSourceMinutes, deleteSourceMinutes, sumBySource, sumBySourceHour, type SourceMinute, type SourceSums } from './figures-store.ts'

export interface SourceFigure extends SourceSums { series: { at: Date, accepted: number, refused: number }[] }

export interface SourceFigures {
  /** Of what a request came to: events that were taken in, or that it was refused. */
  record(source: { tenantId: string, id: string }, counts: { accepted?: number, refused?: number }): void
  /** Of the time since a moment, rounded down to the minute, with its hours, which begin in UTC; one for each id. */
  since(caller: Caller, sourceIds: readonly string[], from: Date): Promise<SourceFigure[]>
  /** Writes what was recorded. Call it every two seconds or so, and at the end. */
  flush(): Promise<void>
  /** Lets go of what is older than 90 days. */
  expire(): Promise<void>
}

const MINUTE_MS = 60_000
const KEPT_MS = 90 * 86_400_000

export function createSourceFigures({ database, clock = Date.now }: { database: Database, clock?: () => number }): SourceFigures {
  let collected = new Map<string, SourceMinute>()
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    if (collected.size === 0) return
    const rows = collected
    collected = new Map()
    try {
      await addSourceMinutes(database.system, [...rows.values()])
    } catch (error) {
      // The database is away: the next time will do.
      for (const row of rows.values()) add(collected, row)
      throw error
    }
  }
  /** One after the other: what is read afterwards holds all that was recorded before. */
  const flush = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(write)
    return writing
  }
  return {
    record({ tenantId, id }, { accepted = 0, refused = 0 }) {
      const at = clock()
      add(collected, { tenantId, sourceId: id, minute: Math.floor(at / MINUTE_MS) * MINUTE_MS, accepted, refused, lastEvent: accepted > 0 ? at : null })
    },
    async since({ tenantId }, sourceIds, from) {
      await flush().catch(() => undefined)
      const [db, minute] = [database.tenant(tenantId), new Date(Math.floor(from.getTime() / MINUTE_MS) * MINUTE_MS)]
      const [sums, hours] = await Promise.all([sumBySource(db, tenantId, sourceIds, minute), sumBySourceHour(db, tenantId, sourceIds, minute)])
      return sums.map((each) => ({ ...each, series: hours.filter(({ sourceId }) => sourceId === each.sourceId).map(({ at, accepted, refused }) => ({ at, accepted, refused })) }))
    },
    flush,
    expire: () => deleteSourceMinutes(database.system, new Date(clock() - KEPT_MS)),
  }
}

function add(rows: Map<string, SourceMinute>, row: SourceMinute): void {
  const key = `${row.sourceId}:${row.minute}`
  const known = rows.get(key)
  if (known === undefined) {
    rows.set(key, { ...row })
    return
  }
  known.accepted += row.accepted
  known.refused += row.refused
  if (row.lastEvent !== null) known.lastEvent = Math.max(known.lastEvent ?? 0, row.lastEvent)
}
