/** Which operations integrations ran lately. */
import { lowestId } from '../db/partitions.ts'
import type { Database } from '../db/database.ts'

const LATELY_MS = 7 * 86_400_000

/** By integration id; integrations that ran none of the operations are left out. */
export async function findUsedOperations(database: Database, tenantId: string, integrationIds: string[], operations: string[], now = Date.now()): Promise<Map<string, string[]>> {
  const { rows } = await database.tenant(tenantId).query<{ integrationId: string, operations: string[] }>(
    `select integration_id as "integrationId", array_agg(distinct operation order by operation) as operations
     from executions where tenant_id = $1 and integration_id = any($2::uuid[]) and operation = any($3) and id >= $4
     group by integration_id`,
    [tenantId, integrationIds, operations, lowestId(new Date(now - LATELY_MS))])
  return new Map(rows.map((row) => [row.integrationId, row.operations]))
}
