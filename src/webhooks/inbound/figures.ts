/** How much came to webhook sources, and how much of it was refused: added up in memory, and written every few seconds. */
import type { Database } from '../../db/database.ts'
import type { Caller } from '../../tenants/caller.ts'
import { floorMinute } from '../../lib/minute.ts'
import { createMinutes, latestOf } from '../../lib/minutes.ts'
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

const KEPT_MS = 90 * 86_400_000

export function createSourceFigures({ database, clock = Date.now }: { database: Database, clock?: () => number }): SourceFigures {
  const minutes = createMinutes<SourceMinute>({
    keyOf: ({ sourceId, minute }) => `${sourceId}:${minute}`,
    merge(known, { accepted, refused, lastEvent }) {
      known.accepted += accepted
      known.refused += refused
      known.lastEvent = latestOf(known.lastEvent, lastEvent)
    },
    write: (rows) => addSourceMinutes(database.system, rows),
  })
  return {
    record({ tenantId, id }, { accepted = 0, refused = 0 }) {
      const at = clock()
      minutes.add({ tenantId, sourceId: id, minute: floorMinute(at), accepted, refused, lastEvent: accepted > 0 ? at : null })
    },
    async since({ tenantId }, sourceIds, from) {
      await minutes.flush().catch(() => undefined)
      const [db, minute] = [database.tenant(tenantId), new Date(floorMinute(from.getTime()))]
      const [sums, hours] = await Promise.all([sumBySource(db, tenantId, sourceIds, minute), sumBySourceHour(db, tenantId, sourceIds, minute)])
      return sums.map((each) => ({ ...each, series: hours.filter(({ sourceId }) => sourceId === each.sourceId).map(({ at, accepted, refused }) => ({ at, accepted, refused })) }))
    },
    flush: () => minutes.flush(),
    expire: () => deleteSourceMinutes(database.system, new Date(clock() - KEPT_MS)),
  }
}
