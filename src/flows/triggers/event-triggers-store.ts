import type { Db } from '../../db/db.ts'
import type { FlowDefinition } from '../definition.ts'

export interface TriggeredFlow { namespace: string, name: string, version: string, schedule: FlowDefinition['schedule'] | null, document: FlowDefinition['document'] }

/** The flows of a tenant that events or webhooks begin, in their latest versions. */
export async function listTriggered(db: Db, tenantId: string): Promise<TriggeredFlow[]> {
  const { rows } = await db.query<TriggeredFlow>(
    `select f.namespace, f.name, v.version, v.definition->'schedule' as schedule, v.definition->'document' as document
     from flows f join flow_versions v on v.tenant_id = f.tenant_id and v.flow_id = f.id and v.version = f.latest_version
     where f.tenant_id = $1 and f.enabled and f.deleted_at is null
       and (v.definition->'schedule'->'on' is not null or v.definition->'document'->'metadata'->'interchange'->'triggers' is not null)
     order by f.id`, [tenantId])
  return rows
}
