import type { Db } from '../db/db.ts'
import type { FlowDefinition } from './definition.ts'

export interface FlowFacts {
  id: string
  namespace: string
  name: string
  enabled: boolean
  /** Null while there are only drafts. */
  latestVersion: string | null
}

export async function findFlow(db: Db, tenantId: string, { namespace, name }: { namespace: string, name: string }): Promise<FlowFacts | undefined> {
  const { rows } = await db.query<FlowFacts>(
    `select id, namespace, name, enabled, latest_version as "latestVersion" from flows
     where tenant_id = $1 and namespace = $2 and name = $3 and deleted_at is null`,
    [tenantId, namespace, name])
  return rows[0]
}

export async function findVersion(db: Db, tenantId: string, { flowId, version }: { flowId: string, version: string }): Promise<FlowDefinition | undefined> {
  const { rows } = await db.query<{ definition: FlowDefinition }>(
    'select definition from flow_versions where tenant_id = $1 and flow_id = $2 and version = $3',
    [tenantId, flowId, version])
  return rows[0]?.definition
}
