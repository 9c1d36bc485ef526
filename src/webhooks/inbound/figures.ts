/** How much came to webhook sources, and how much of it was refused. */
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { lowestId } from '../../db/partitions.ts'
import { searchWithin, SEARCH_TIMEOUT_MS } from '../../db/search.ts'
import type { Caller } from '../../tenants/caller.ts'

export interface SourceFigure {
  sourceId: string
  accepted: number
  /** Of the newest 500 that are kept. */
  refused: number
  lastEventAt: Date | null
}

export interface SourceFigures {
  /** Of the time since a moment; one for each id. `invalid_request` where it takes too long. */
  since(caller: Caller, sourceIds: readonly string[], from: Date): Promise<SourceFigure[]>
}

export function createSourceFigures({ database }: { database: Database }): SourceFigures {
  return {
    since: ({ tenantId }, sourceIds, from) => searchWithin(database.tenant(tenantId), { timeoutMs: SEARCH_TIMEOUT_MS, orGive: 'a later one' },
      (db) => countBySource(db, tenantId, sourceIds, lowestId(from))),
  }
}

async function countBySource(db: Db, tenantId: string, sourceIds: readonly string[], lowest: string): Promise<SourceFigure[]> {
  const { rows } = await db.query<SourceFigure>(
    `select s.id as "sourceId", coalesce(e.count, 0)::float8 as accepted, r.count::float8 as refused,
       to_timestamp(('x' || translate(left(e.last, 13), '-', ''))::bit(48)::bigint / 1000.0) as "lastEventAt"
     from unnest($2::uuid[]) with ordinality as s (id, place)
     left join (
       select webhook_source_id, count(*), max(id::text) as last from events where tenant_id = $1 and id >= $3 and webhook_source_id is not null group by 1) e on e.webhook_source_id = s.id
     cross join lateral (select count(*) from webhook_requests where tenant_id = $1 and source_id = s.id and id >= $3 and status >= 400) r
     order by s.place`,
    [tenantId, sourceIds, lowest])
  return rows
}
