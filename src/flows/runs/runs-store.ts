import type { Db } from '../../db/db.ts'
import { lowestId } from '../../db/partitions.ts'
import { ilikeFor, likePattern, type Stretch } from '../../db/search.ts'

export type RunStatus = 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'

/** Facts of a run, whether it is over or not. */
export interface RunFacts {
  id: string
  flowId: string
  namespace: string
  name: string
  version: string
  status: RunStatus
  startedAt: Date
  endedAt: Date | null
  errorType: string | null
  /** JSON. */
  trigger: string
}

export interface LiveRunRow extends RunFacts { input: string, state: string | null, dueAt: Date | null }
export interface OverRunRow extends RunFacts { record: string }

const facts = 'id, flow_id as "flowId", namespace, name, version, status, started_at as "startedAt", trigger'
const liveFacts = `${facts}, null::timestamptz as "endedAt", null as "errorType"`
const overFacts = `${facts}, ended_at as "endedAt", error_type as "errorType"`

export async function findLive(db: Db, tenantId: string, id: string): Promise<LiveRunRow | undefined> {
  const { rows } = await db.query<LiveRunRow>(`select ${liveFacts}, input, state, due_at as "dueAt" from flow_live where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

export async function findOver(db: Db, tenantId: string, id: string): Promise<OverRunRow | undefined> {
  const { rows } = await db.query<OverRunRow>(`select ${overFacts}, record from flow_runs where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** Tasks that ended, each row a JSON array. */
export async function listJournal(db: Db, tenantId: string, runId: string): Promise<string[]> {
  const { rows } = await db.query<{ entries: string }>('select entries from flow_journal where tenant_id = $1 and run_id = $2 order by seq', [tenantId, runId])
  return rows.map(({ entries }) => entries)
}

export interface RunFilter {
  flow?: { namespace: string, name: string } | undefined
  status?: RunStatus | undefined
  /** Its type. */
  trigger?: string | undefined
  /** Id of the event or the run that it began with. */
  cause?: string | undefined
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
  q?: string | undefined
}

const liveStatuses: ReadonlySet<RunStatus> = new Set(['pending', 'running', 'waiting', 'suspended'])

/** Newest first, from both tables. Conditions are written only where they are asked for: one that may be absent would keep Postgres from pruning partitions. */
export async function listRuns(db: Db, tenantId: string, { limit, before, downTo, ...filter }: RunFilter & Stretch & { limit: number }): Promise<RunFacts[]> {
  const values: unknown[] = [tenantId, limit]
  const conditions = ['tenant_id = $1']
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  add((parameter) => `namespace = ${parameter}`, filter.flow?.namespace)
  add((parameter) => `name = ${parameter}`, filter.flow?.name)
  add((parameter) => `id < ${parameter}`, before)
  add((parameter) => `id >= ${parameter}`, downTo)
  add((parameter) => `id >= ${parameter}`, filter.from && lowestId(filter.from))
  add((parameter) => `id < ${parameter}`, filter.to && lowestId(filter.to))
  add((parameter) => `status = ${parameter}`, filter.status)
  add((parameter) => `trigger::json ->> 'type' = ${parameter}`, filter.trigger)
  // As the indexes have it.
  add((parameter) => `trigger like '%Id":"%' and substring(trigger from '"(?:eventId|runId)":"([0-9a-f-]{36})"') = ${parameter}`, filter.cause)
  const [live, over] = ['input', 'record'].map((text) => `${conditions.join(' and ')}${filter.q === undefined ? '' : ` and (name ${ilikeFor(filter.q)} $${values.length + 1} or ${text} ${ilikeFor(filter.q)} $${values.length + 1})`}`)
  if (filter.q !== undefined) values.push(likePattern(filter.q))
  const selects = [
    ...filter.status === undefined || liveStatuses.has(filter.status) ? [`(select ${liveFacts} from flow_live where ${live} order by id desc limit $2)`] : [],
    ...filter.status === undefined || !liveStatuses.has(filter.status) ? [`(select ${overFacts} from flow_runs where ${over} order by id desc limit $2)`] : [],
  ]
  const { rows } = await db.query<RunFacts>(`select * from (${selects.join(' union all ')}) r order by id desc limit $2`, values)
  return rows
}

export interface FaultedRow { namespace: string, name: string, count: number, lastAt: Date, lastId: string, errorType: string | null }

/** Runs that failed since a moment, by flow, those with the latest first. Looks at the newest `mostSeen` of them. */
export async function countFaulted(db: Db, tenantId: string, { since, mostSeen, limit }: { since: Date, mostSeen: number, limit: number }): Promise<FaultedRow[]> {
  const { rows } = await db.query<FaultedRow>(
    `select namespace, name, count(*)::int as count, max(ended_at) as "lastAt", max(id::text)::uuid as "lastId", (array_agg(error_type order by id desc))[1] as "errorType"
     from (select id, namespace, name, ended_at, error_type from flow_runs where tenant_id = $1 and id >= $2 and status <> 'completed' and status = 'faulted' order by id desc limit $3) newest
     group by 1, 2 order by 4 desc limit $4`,
    [tenantId, lowestId(since), mostSeen, limit])
  return rows
}

/** Asks for something of a run that is not over: whoever holds it sees to it, or it is claimed for that. Answers how it stood. */
export async function updateWanted(db: Db, tenantId: string, id: string, wanted: 'cancel' | 'suspend'): Promise<RunStatus | undefined> {
  const { rows } = await db.query<{ status: RunStatus }>(
    `update flow_live set wanted = $3, due_at = now() where tenant_id = $1 and id = $2 and (wanted is null or wanted <> 'cancel') returning status`,
    [tenantId, id, wanted])
  return rows[0]?.status
}

/** One that is suspended goes on; one that was only to be suspended is not. */
export async function updateResumed(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update flow_live set due_at = now(), wanted = 'resume', status = case when claimed_by is null then 'running' else status end
     where tenant_id = $1 and id = $2 and (status = 'suspended' or wanted = 'suspend')`,
    [tenantId, id])
  return rowCount === 1
}

/** Of one tenant, or over all of them. */
export async function countByStatus(db: Db, tenantId?: string): Promise<{ status: RunStatus, count: number, due: number }[]> {
  const { rows } = await db.query<{ status: RunStatus, count: number, due: number }>(
    'select status, count(*)::integer as count, (count(*) filter (where claimed_by is null and due_at <= now()))::integer as due from flow_live where $1::uuid is null or tenant_id = $1 group by status', [tenantId ?? null])
  return rows
}
