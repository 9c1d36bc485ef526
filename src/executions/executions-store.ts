import type { Db } from '../db/db.ts'
import { lowestId } from '../db/partitions.ts'
import { ilikeFor, likePattern, type Stretch } from '../db/search.ts'
import { jsonArray } from '../db/binary-array.ts'
import type { ExecutionStatus, StoredJson } from './record.ts'

export interface NewRow {
  tenantId: string
  id: string
  integrationId: string
  operation: string
  status: ExecutionStatus
  startedAt: Date
  latencyMs: number
  errorCode: string | null
  sizeBytes: number
  runId: string | null
  record: string
}

/** Rows of any tenants, all or none. Needs the writer's connection, which may do nothing else. */
export async function insertExecutions(db: Db, rows: readonly NewRow[]): Promise<void> {
  const sizes = rows.map(({ sizeBytes }) => sizeBytes)
  await db.query(
    `insert into executions (tenant_id, id, integration_id, operation, status, started_at, latency_ms, error_code, size_bytes, record, run_id)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::real[], $8::text[], $9::integer[], $10::json[], $11::uuid[])`,
    [
      rows.map((row) => row.tenantId), rows.map((row) => row.id), rows.map((row) => row.integrationId), rows.map((row) => row.operation), rows.map((row) => row.status),
      rows.map((row) => row.startedAt.toISOString()), rows.map((row) => row.latencyMs), rows.map((row) => row.errorCode), sizes,
      jsonArray(rows.map((row) => row.record), sizes), rows.map((row) => row.runId),
    ])
}

export interface ExecutionFilter {
  integrationId?: string | undefined
  status?: ExecutionStatus | undefined
  operation?: string | undefined
  /** Calls of this run of a flow. */
  runId?: string | undefined
  /** By the time in the id: when the run began. */
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
  q?: string | undefined
}

export interface SummaryRow {
  id: string
  integrationId: string
  integrationName: string | null
  operation: string
  status: ExecutionStatus
  startedAt: Date
  latencyMs: number
  sizeBytes: number
  method: string | null
  endpoint: string | null
  statusCode: number | null
  errorType: string | null
  errorMessage: string | null
}

/** Newest first. Conditions are written only where they are asked for: one that may be absent would keep Postgres from pruning partitions. */
export async function listExecutions(db: Db, tenantId: string, { limit, before, downTo, ...filter }: ExecutionFilter & Stretch & { limit: number }): Promise<SummaryRow[]> {
  const values: unknown[] = [tenantId, limit]
  const conditions = ['tenant_id = $1']
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  add((parameter) => `integration_id = ${parameter}`, filter.integrationId)
  add((parameter) => `id < ${parameter}`, before)
  add((parameter) => `id >= ${parameter}`, downTo)
  add((parameter) => `id >= ${parameter}`, filter.from && lowestId(filter.from))
  add((parameter) => `id < ${parameter}`, filter.to && lowestId(filter.to))
  // The words stand in the statement, since a parameter would not let Postgres use the index of what did not succeed.
  if (filter.status !== undefined) conditions.push(`status = '${filter.status}'${filter.status === 'succeeded' ? '' : " and status <> 'succeeded'"}`)
  add((parameter) => `operation = ${parameter}`, filter.operation)
  add((parameter) => `run_id = ${parameter}`, filter.runId)
  const { q = '' } = filter
  add((parameter) => `(operation ${ilikeFor(q)} ${parameter} or record::text ${ilikeFor(q)} ${parameter})`, q === '' ? undefined : likePattern(q))
  const { rows } = await db.query<SummaryRow>(
    // The limit stands inside, so that records are taken apart for the page alone.
    `select e.id, e.integration_id as "integrationId", i.name as "integrationName", e.operation, e.status, e.started_at as "startedAt",
       e.latency_ms as "latencyMs", e.size_bytes as "sizeBytes", r.request ->> 'method' as method, r.request ->> 'endpoint' as endpoint,
       (r.response ->> 'statusCode')::integer as "statusCode", r.error ->> 'type' as "errorType", r.error ->> 'message' as "errorMessage"
     from (select * from executions where ${conditions.join(' and ')} order by id desc limit $2) e
     cross join lateral json_to_record(e.record) as r (request json, response json, error json)
     left join integrations i on i.tenant_id = e.tenant_id and i.id = e.integration_id
     order by e.id desc`,
    values)
  return rows
}

export interface ErrorGroupRow {
  type: string
  operation: string
  integrationId: string
  integrationName: string | null
  status: ExecutionStatus
  count: number
  firstAt: Date
  lastAt: Date
  lastExecutionId: string
  message: string | null
}

/** What did not succeed, by what makes it the same error; the most frequent first. What was refused is apart from what failed. */
export async function groupErrors(db: Db, tenantId: string, { integrationId, from, to, limit }: { integrationId?: string | undefined, from: Date, to: Date, limit: number }): Promise<ErrorGroupRow[]> {
  const values: unknown[] = [tenantId, lowestId(from), lowestId(to), limit]
  if (integrationId !== undefined) values.push(integrationId)
  const { rows } = await db.query<ErrorGroupRow>(
    `select g.type, g.operation, g.integration_id as "integrationId", i.name as "integrationName", g.status, g.count, g.first_at as "firstAt", g.last_at as "lastAt",
       g.last_id as "lastExecutionId", e.record -> 'error' ->> 'message' as message
     from (
       select integration_id, operation, status, coalesce(error_code, status) as type, count(*)::float8 as count, min(started_at) as first_at, max(started_at) as last_at, max(id::text)::uuid as last_id
       from executions where tenant_id = $1 and id >= $2 and id < $3 and status <> 'succeeded' ${integrationId === undefined ? '' : 'and integration_id = $5'}
       group by 1, 2, 3, 4 order by count desc, last_at desc limit $4) g
     join executions e on e.tenant_id = $1 and e.id = g.last_id
     left join integrations i on i.tenant_id = $1 and i.id = g.integration_id
     order by g.count desc, g.last_at desc`,
    values)
  return rows
}

export interface LastRun { integrationId: string, id: string, status: ExecutionStatus, startedAt: Date }

/** One index look-up each. */
export async function findLastRuns(db: Db, tenantId: string, integrationIds: readonly string[]): Promise<LastRun[]> {
  const { rows } = await db.query<LastRun>(
    `select i.id as "integrationId", e.* from unnest($2::uuid[]) as i (id)
     cross join lateral (
       select id, status, started_at as "startedAt" from executions where tenant_id = $1 and integration_id = i.id order by id desc limit 1) e`,
    [tenantId, integrationIds])
  return rows
}

export interface FoundRow {
  id: string
  integrationId: string
  operation: string
  status: ExecutionStatus
  startedAt: Date
  runId: string | null
  record: StoredJson
}

export async function findExecution(db: Db, tenantId: string, id: string): Promise<FoundRow | undefined> {
  const { rows } = await db.query<FoundRow>(
    `select id, integration_id as "integrationId", operation, status, started_at as "startedAt", run_id as "runId", record from executions where tenant_id = $1 and id = $2`,
    [tenantId, id])
  return rows[0]
}
