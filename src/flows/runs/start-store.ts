import { textArray } from '../../db/binary-array.ts'
import type { Db } from '../../db/db.ts'

export interface NewRunRow {
  tenantId: string
  id: string
  flowId: string
  namespace: string
  name: string
  version: string
  status: 'pending' | 'running'
  startedAt: Date
  /** Anybody may take it up at once. */
  isDue: boolean
  /** The process that runs it; null where it is left to whoever claims it. */
  claimedBy: string | null
  orderingKey: string | null
  /** Where it begins; null for its first task. */
  state: string | null
  input: string
  trigger: string
  parentId: string | null
  rights: string
  /** A second run of the flow with this key is the first, for a day. */
  onceKey: string | null
}

const newRunColumns = 'tenant_id, id, flow_id, namespace, name, version, status, started_at, due_at, claimed_by, epoch, ordering_key, state, input, trigger, parent_id, rights'
const types = ['uuid', 'uuid', 'uuid', 'text', 'text', 'text', 'text', 'timestamptz', 'boolean', 'uuid', 'text', 'text', 'text', 'text', 'uuid', 'text', 'text']
const names = 'tenant_id, id, flow_id, namespace, name, version, status, started_at, is_due, claimed_by, ordering_key, state, input, trigger, parent_id, rights, once_key'

/** `with` clauses that insert the runs; `fresh_runs` has the ids of those that were. `where`: which of the given ones, `g`, may. */
export function newRunClauses(first: number, where = 'true'): string {
  return `given_runs as (
      select * from unnest(${types.map((type, index) => `$${first + index}::${type}[]`).join(', ')}) as g (${names}) where ${where}),
    taken_runs as (
      insert into flow_keys as k (tenant_id, flow_id, key, run_id, expires_at)
      select distinct on (tenant_id, flow_id, once_key) tenant_id, flow_id, once_key, id, now() + interval '1 day'
      from given_runs where once_key is not null order by tenant_id, flow_id, once_key, id
      on conflict (tenant_id, flow_id, key) do update set run_id = excluded.run_id, expires_at = excluded.expires_at where k.expires_at <= now()
      returning run_id),
    fresh_runs as (select * from given_runs g where once_key is null or exists (select from taken_runs t where t.run_id = g.id)),
    inserted_runs as (
      insert into flow_live (${newRunColumns})
      select tenant_id, id, flow_id, namespace, name, version, status, started_at, case when is_due then now() end, claimed_by,
        case when claimed_by is null then 0 else 1 end, ordering_key, state, input, trigger, parent_id, rights from fresh_runs)`
}

export function newRunValues(rows: readonly NewRunRow[]): unknown[] {
  const inputs = rows.map(({ input }) => input)
  return [
    rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id), rows.map(({ flowId }) => flowId), rows.map(({ namespace }) => namespace), rows.map(({ name }) => name),
    rows.map(({ version }) => version), rows.map(({ status }) => status), rows.map(({ startedAt }) => startedAt.toISOString()), rows.map(({ isDue }) => isDue),
    rows.map(({ claimedBy }) => claimedBy), rows.map(({ orderingKey }) => orderingKey), rows.map(({ state }) => state), textArray(inputs, inputs.map((text) => Buffer.byteLength(text))),
    rows.map(({ trigger }) => trigger), rows.map(({ parentId }) => parentId), rows.map(({ rights }) => rights), rows.map(({ onceKey }) => onceKey),
  ]
}

/** Runs of any tenants, all or none but for repeats of a key. Answers the ids of those that are new. Needs the writer's connection. */
export async function insertRuns(db: Db, rows: readonly NewRunRow[]): Promise<Set<string>> {
  const { rows: fresh } = await db.query<{ id: string }>(`with ${newRunClauses(1)} select id from fresh_runs`, newRunValues(rows))
  return new Set(fresh.map(({ id }) => id))
}

/** The run that has a key. */
export async function findKey(db: Db, tenantId: string, { flowId, key }: { flowId: string, key: string }): Promise<string | undefined> {
  const { rows } = await db.query<{ runId: string }>('select run_id as "runId" from flow_keys where tenant_id = $1 and flow_id = $2 and key = $3', [tenantId, flowId, key])
  return rows[0]?.runId
}
