import type { Db } from '../../db/db.ts'

export interface PendingFlow { tenantId: string, flowId: string }

/** Flows with runs that wait to be let in. From flow to flow along the index. */
export async function listPendingFlows(db: Db): Promise<PendingFlow[]> {
  const { rows } = await db.query<PendingFlow>(
    `with recursive pending as (
       (select flow_id, tenant_id from flow_live where status = 'pending' order by flow_id, id limit 1)
       union all
       select next.* from pending p cross join lateral (select flow_id, tenant_id from flow_live where status = 'pending' and flow_id > p.flow_id order by flow_id, id limit 1) next)
     select tenant_id as "tenantId", flow_id as "flowId" from pending`)
  return rows
}

export async function findFirstPending(db: Db, { flowId }: PendingFlow): Promise<{ version: string } | undefined> {
  const { rows } = await db.query<{ version: string }>(`select version from flow_live where flow_id = $1 and status = 'pending' order by id limit 1`, [flowId])
  return rows[0]
}

/** Until the transaction ends. */
export async function lockFlow(db: Db, flowId: string): Promise<void> {
  await db.query("select pg_advisory_xact_lock(hashtextextended('flow ' || $1, 0))", [flowId])
}

/** Makes runs due: the oldest, as far as the limit goes, and no two of a key. Answers how many. `limit`: null where there is none. */
export async function updateAdmitted(db: Db, { tenantId, flowId }: PendingFlow, { limit, most }: { limit: number | null, most: number }): Promise<number> {
  const { rowCount } = await db.query(
    `with room as (
       select case when $3::integer is null then $4::integer
         else least($4, greatest(0, $3 - (select count(*)::integer from flow_live where tenant_id = $1 and flow_id = $2 and status <> 'pending'))) end as count),
     next as (
       select p.id from flow_live p
       where p.flow_id = $2 and p.status = 'pending' and p.due_at is null
         and (p.ordering_key is null or not exists (
           select from flow_live earlier where earlier.flow_id = $2 and earlier.ordering_key = p.ordering_key and earlier.id < p.id))
       order by p.id limit (select count from room))
     update flow_live l set status = 'running', due_at = now() from next where l.tenant_id = $1 and l.id = next.id`,
    [tenantId, flowId, limit, most])
  return rowCount ?? 0
}
