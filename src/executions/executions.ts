/** Executions: one record a run. Recording is on the way of every call, so rows are committed in groups. */
import { createHash } from 'node:crypto'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { isMissingPartition, isRowFault } from '../db/faults.ts'
import { ensurePartitions } from '../db/partitions.ts'
import { searchList, searchWithin, SEARCH_TIMEOUT_MS } from '../db/search.ts'
import { HubError } from '../errors.ts'
import { createGroupCommit } from '../lib/group-commit.ts'
import { isUuid, type PageRequest, type SearchedPage } from '../lib/page.ts'
import type { Caller } from '../tenants/caller.ts'
import { findExecution, findLastRuns, groupErrors, insertExecutions, listExecutions, type ErrorGroupRow, type ExecutionFilter, type LastRun, type NewRow, type SummaryRow } from './executions-store.ts'
import { makeRecord, readRecord, withoutStack, type Execution, type Mask, type ShownExecution, type StoredRecord } from './record.ts'

export type { ExecutionFilter } from './executions-store.ts'

export interface ExecutionSummary {
  id: string
  integrationId: string
  /** Null once the integration is deleted. */
  integrationName: string | null
  operation: string
  status: Execution['status']
  startedAt: Date
  latencyMs: number
  method: string | null
  endpoint: string | null
  statusCode: number | null
  error: { type: string, message: string } | null
  sizeBytes: number
}

export interface ErrorGroup extends ErrorGroupRow {
  /** The same for the same type, operation and integration. */
  fingerprint: string
}

export interface Executions {
  /**
   * Resolves once the record is committed, with what may be shown of it: masked and bounded, without the stack trace.
   * Throws `database_unavailable`, or what the blob store throws for a large value; then nothing is recorded.
   */
  record(execution: Execution, mask?: Mask): Promise<ShownExecution>
  /** Newest first, without payloads. */
  list(caller: Caller, filter: ExecutionFilter & PageRequest): Promise<SearchedPage<ExecutionSummary>>
  /** Whole; its stack trace for callers who may debug. Throws `not_found`. */
  find(caller: Caller, id: string): Promise<ShownExecution>
  /** Errors that are the same but for their input, counted. `invalid_request` where the search takes too long. */
  errorGroups(caller: Caller, query: { integrationId?: string | undefined, from: Date, to: Date, limit: number }): Promise<ErrorGroup[]>
  /** The latest run of each; those that never ran are left out. */
  lastRuns(caller: Caller, integrationIds: readonly string[]): Promise<Map<string, LastRun>>
  /** Records waiting for their commit. */
  waiting(): number
  /** Resolves when no record waits. */
  drain(): Promise<void>
}

export interface ExecutionsDeps {
  database: Database
  blobs: Pick<Blobs, 'write'>
  /** Told of each committed record. */
  figures: { recorded(row: Pick<NewRow, 'tenantId' | 'integrationId' | 'id'>): void }
  /** When a search is answered with what was found so far. */
  searchMs?: number
}

const MAX_ROWS = 200
const MAX_IN_FLIGHT = 2

/** A row on its way; `fault` is set when the batch was fine and this row was not. */
interface Waiting extends NewRow { stored: StoredRecord, fault: unknown }

export function createExecutions({ database, blobs, figures, searchMs }: ExecutionsDeps): Executions {
  const commits = createGroupCommit<Waiting>({ maxRows: MAX_ROWS, maxInFlight: MAX_IN_FLIGHT, write: (rows) => writeRows(database, rows) })
  return {
    async record(execution, mask) {
      const { tenantId, integrationId } = execution
      const stored = await makeRecord(execution, {
        mask, spill: (json) => blobs.write(tenantId, Buffer.from(json), { contentType: 'application/json', integrationId }),
      })
      const row = rowOf(execution, stored)
      await commits.add(row)
      if (row.fault !== undefined) throw row.fault
      figures.recorded(row)
      return withoutStack(stored.shown)
    },

    async list(caller, { limit, cursor, ...filter }) {
      if (filter.integrationId !== undefined && !isUuid(filter.integrationId)) return { data: [], nextCursor: null, searchedUntil: null }
      const { tenantId } = caller
      return searchList(database.tenant(tenantId), { tenantId, tables: ['executions'], filter, limit, cursor, pageMs: searchMs }, (db, page) => listExecutions(db, tenantId, { ...filter, ...page }), toSummary)
    },

    async errorGroups({ tenantId }, query) {
      if (query.integrationId !== undefined && !isUuid(query.integrationId)) return []
      const rows = await searchWithin(database.tenant(tenantId), { timeoutMs: SEARCH_TIMEOUT_MS, orGive: 'an integration' }, (db) => groupErrors(db, tenantId, query))
      return rows.map((row) => ({ fingerprint: fingerprintOf(row), ...row }))
    },

    async find(caller, id) {
      const row = isUuid(id) ? await findExecution(database.tenant(caller.tenantId), caller.tenantId, id) : undefined
      if (row === undefined) throw new HubError('not_found', 'There is no such execution.')
      const execution = readRecord(row, row.record)
      return caller.scopes.has('debug:read') ? execution : withoutStack(execution)
    },

    async lastRuns({ tenantId }, integrationIds) {
      const rows = await findLastRuns(database.tenant(tenantId), tenantId, integrationIds.filter(isUuid))
      return new Map(rows.map((row) => [row.integrationId, row]))
    },

    waiting: () => commits.size(),
    drain: () => commits.drain(),
  }
}

function rowOf({ tenantId, id, integrationId, operation, status, startedAt, metrics, error, runId }: Execution, stored: StoredRecord): Waiting {
  return {
    tenantId, id, integrationId, status, startedAt, stored, fault: undefined,
    operation: operation.replaceAll('\0', ''), latencyMs: metrics.latency,
    errorCode: error === null ? null : error.type.slice(0, 200).replaceAll('\0', ''),
    sizeBytes: stored.sizeBytes, record: stored.json, runId: runId ?? null,
  }
}

function fingerprintOf({ type, operation, integrationId, status }: ErrorGroupRow): string {
  return createHash('sha256').update(JSON.stringify([type, operation, integrationId, status])).digest('hex').slice(0, 16)
}

async function writeRows(database: Database, rows: Waiting[]): Promise<void> {
  try {
    await insertExecutions(database.writer, rows)
  } catch (error) {
    if (isMissingPartition(error)) await ensurePartitions(database.owner)
    else if (!isRowFault(error)) throw error
    // One row that Postgres refuses must not take its neighbours along.
    for (const row of rows) row.fault = await writeAlone(database, row)
  }
}

/** What is wrong with the row, if anything is even with its payload and data as mere text. */
async function writeAlone(database: Database, row: Waiting): Promise<unknown> {
  try {
    await insertExecutions(database.writer, [row])
  } catch (error) {
    if (!isRowFault(error)) throw error
    row.record = row.stored.wrapped()
    row.sizeBytes = Buffer.byteLength(row.record)
    return insertExecutions(database.writer, [row]).then(() => undefined, (second: unknown) => second)
  }
}

function toSummary({ errorType, errorMessage, ...row }: SummaryRow): ExecutionSummary {
  return { ...row, error: errorType === null ? null : { type: errorType, message: errorMessage ?? '' } }
}
