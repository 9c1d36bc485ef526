/** Which operations integrations ran lately. */
import type { Database } from '../db/database.ts'

/** Of each integration; further back is not looked, so that it costs the same for all. */
const NEWEST = 1000

/** By integration id; integrations that ran none of the operations are left out. */
export async function findUsedOperations(database: Database, tenantId: string, integrationIds: string[], operations: string[]): Promise<Map<string, string[]>> {
  const { rows } = await database.tenant(tenantId).query<{ integrationId: string, operations: string[] }>(
    `select asked.id as "integrationId", array_agg(distinct newest.operation order by newest.operation) as operations
     from unnest($2::uuid[]) asked(id),
       lateral (select operation from executions where tenant_id = $1 and integration_id = asked.id order by id desc limit ${NEWEST}) newest
     where newest.operation = any($3)
     group by asked.id`,
    [tenantId, integrationIds, operations])
  return new Map(rows.map((row) => [row.integrationId, row.operations]))
}
