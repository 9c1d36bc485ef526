/** Runs of flows, for those who start, watch and steer them. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { searchList } from '../../db/search.ts'
import { HubError } from '../../errors.ts'
import { isUuid, type PageRequest, type SearchedPage } from '../../lib/page.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { noMask, type Mask } from '../../lib/mask.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { FlowDefinition } from '../definition.ts'
import type { Definitions } from '../definitions.ts'
import type { RunEnd } from '../engine/end.ts'
import type { Engine } from '../engine/engine.ts'
import { createLargeValues } from '../engine/large.ts'
import { readState, readValue } from '../engine/state.ts'
import type { TaskEntry } from '../engine/entry.ts'
import { endOf, openEntries, shownTasks, summaryOf, type RunRecord, type RunSummary, type StoredRecord } from './record.ts'
import { countByStatus, countFaulted, findLive, findOver, listJournal, listRuns, updateResumed, updateWanted, type FaultedRow, type LiveRunRow, type RunFacts, type RunFilter, type RunStatus } from './runs-store.ts'
import { replay } from './replay.ts'
import { planRetry, type RetryRequest } from './retry.ts'
import { testCaseOf, type ReplayOutcome, type TestCase } from './test-case.ts'
import { wholeValues } from './whole.ts'
import type { Starting, StartRequest } from './start.ts'

export type { RunFilter, RunStatus } from './runs-store.ts'
export type { StartRequest } from './start.ts'

/** Those about one run throw HubError `not_found` where the caller's tenant has none of that id. */
export interface Runs {
  /** Resolves once it is committed. Throws HubError `not_found`, `flow_not_enabled`, `invalid_input`. */
  start(caller: Caller, request: StartRequest): Promise<{ id: string, status: RunStatus }>
  /** The run's end; undefined where it does not come in time. */
  wait(caller: Caller, id: string, ms: number): Promise<RunEnd | undefined>
  /** Starts and waits. */
  startAndWait(caller: Caller, request: StartRequest, ms: number): Promise<{ id: string, status: RunStatus, end: RunEnd | undefined }>
  get(caller: Caller, id: string): Promise<RunRecord>
  /** Without data. Undefined where there is none. */
  look(caller: Caller, id: string): Promise<RunSummary | undefined>
  /** Newest first, without data. */
  list(caller: Caller, filter: RunFilter & PageRequest): Promise<SearchedPage<RunSummary>>
  /** How many are not over, by how they stand; `due`: those of them that nobody has taken up yet. */
  queued(caller: Caller): Promise<{ status: RunStatus, count: number, due: number }[]>
  /** Those that failed since a moment, by flow: of the newest 10,000. */
  faulted(caller: Caller, since: Date, limit: number): Promise<FaultedRow[]>
  /** These three ask for it, and answer how the run stands now; `conflict` where it is over, or not suspended. */
  cancel(caller: Caller, id: string): Promise<{ id: string, status: RunStatus }>
  suspend(caller: Caller, id: string): Promise<{ id: string, status: RunStatus }>
  resume(caller: Caller, id: string): Promise<{ id: string, status: RunStatus }>
  /** A new run that begins before a task of one that is over, with what was recorded. */
  retry(caller: Caller, id: string, request: RetryRequest): Promise<{ id: string, status: RunStatus, from?: string, rounds?: number[] }>
  /** Throws HubError `conflict` where the run is not over. */
  testCase(caller: Caller, id: string): Promise<TestCase>
  replay(caller: Caller, definition: FlowDefinition, testCase: TestCase): Promise<ReplayOutcome>
  /** The version that the run follows, be its flow deleted by now. */
  definition(caller: Caller, id: string): Promise<FlowDefinition>
}

export interface RunsDeps {
  database: Database
  blobs: Pick<Blobs, 'write' | 'read'>
  definitions: Definitions
  jq: Jq
  engine: Pick<Engine, 'onEnd' | 'wake'>
  starting: Starting
  /** Masks the secrets that a definition names. */
  maskOf(tenantId: string, definition: FlowDefinition | undefined): Promise<Mask>
}

/** Over all tenants, for the process's figures. */
export async function countLive({ system }: Pick<Database, 'system'>): Promise<{ live: Record<string, number>, due: number }> {
  const rows = await countByStatus(system)
  return { live: Object.fromEntries(rows.map(({ status, count }) => [status, count])), due: rows.reduce((sum, { due }) => sum + due, 0) }
}

/** For ends that come in another process. */
const LOOK_EVERY_MS = 500
const MOST_SEEN = 10_000

export function createRuns(deps: RunsDeps): Runs {
  const { database, engine, starting, definitions } = deps
  const steer = async (caller: Caller, id: string, wanted: 'cancel' | 'suspend' | 'resume'): Promise<{ id: string, status: RunStatus }> => {
    const before = await factsOf(deps, caller, id)
    await database.tenant(caller.tenantId).transaction(async (db) => {
      const isDone = wanted === 'resume' ? await updateResumed(db, caller.tenantId, id) : await updateWanted(db, caller.tenantId, id, wanted) !== undefined
      if (!isDone && wanted === 'resume') throw new HubError('conflict', `The run is ${before.status}: only a suspended one can be resumed.`)
      if (!isDone && before.endedAt !== null) throw new HubError('conflict', `The run is over: it is ${before.status}.`)
      await recordChange(db, caller, { action: `run.${wanted}`, targetType: 'run', targetId: id })
    })
    engine.wake()
    return { id, status: wanted === 'resume' ? 'running' : before.status }
  }
  const wait: Runs['wait'] = (caller, id, ms) => waitFor(deps, caller, id, ms)
  return {
    async start(caller, request) {
      const { id, isRepeated, status } = await starting.start(caller, request)
      return { id, status: isRepeated ? (await factsOf(deps, caller, id)).status : status }
    },
    wait,
    async startAndWait(caller, request, ms) {
      // Before it is there: it may be over before its start is told.
      const { id, isRepeated, status } = await starting.start(caller, request)
      const end = await wait(caller, id, ms)
      return { id, status: end?.status ?? (isRepeated ? (await factsOf(deps, caller, id)).status : status), end }
    },
    get: (caller, id) => get(deps, caller, id),
    async look(caller, id) {
      const facts = await foundOf(deps, caller, id)
      if (facts === undefined) return undefined
      const { flowId, namespace, name, version, status, startedAt, endedAt, errorType, trigger } = facts
      return summaryOf({ id, flowId, namespace, name, version, status, startedAt, endedAt, errorType, trigger })
    },
    list: ({ tenantId }, { limit, cursor, ...filter }) => searchList(database.tenant(tenantId), { tenantId, tables: ['flow_runs', 'flow_live'], filter, limit, cursor }, (db, page) => listRuns(db, tenantId, { ...filter, ...page }), summaryOf),
    queued: ({ tenantId }) => countByStatus(database.tenant(tenantId), tenantId),
    faulted: ({ tenantId }, since, limit) => countFaulted(database.tenant(tenantId), tenantId, { since, mostSeen: MOST_SEEN, limit }),
    cancel: (caller, id) => steer(caller, id, 'cancel'),
    suspend: (caller, id) => steer(caller, id, 'suspend'),
    resume: (caller, id) => steer(caller, id, 'resume'),
    async retry(caller, id, request) {
      await factsOf(deps, caller, id)
      const { from, ...plan } = await planRetry(deps, caller, id, request)
      const { id: made, status } = await starting.start(caller, { ...plan, trigger: { type: 'retry', runId: id, ...from } })
      return { id: made, status, ...from }
    },
    testCase: (caller, id) => exportTestCase(deps, caller, id),
    replay: (caller, definition, testCase) => replay(deps, caller, definition, testCase),
    async definition(caller, id) {
      const { flowId, version } = await factsOf(deps, caller, id)
      const definition = await definitions.version(caller.tenantId, flowId, version)
      if (definition === undefined) throw new HubError('not_found', 'The definition of this run is gone.')
      return definition
    },
  }
}

async function foundOf({ database }: RunsDeps, { tenantId }: Caller, id: string): Promise<RunFacts | undefined> {
  const db = database.tenant(tenantId)
  // A run that ends in between has left the one table for the other.
  return isUuid(id) ? await findLive(db, tenantId, id) ?? await findOver(db, tenantId, id) : undefined
}

async function factsOf(deps: RunsDeps, caller: Caller, id: string): Promise<RunFacts> {
  const found = await foundOf(deps, caller, id)
  if (found === undefined) throw new HubError('not_found', 'There is no such run.')
  return found
}

async function get(deps: RunsDeps, caller: Caller, id: string): Promise<RunRecord> {
  const { tenantId } = caller
  const db = deps.database.tenant(tenantId)
  const live = isUuid(id) ? await findLive(db, tenantId, id) : undefined
  if (live !== undefined) return liveRecord(deps, tenantId, live)
  const over = isUuid(id) ? await findOver(db, tenantId, id) : undefined
  if (over === undefined) throw new HubError('not_found', 'There is no such run.')
  const { record, ...facts } = over
  const { tasks, ...stored } = JSON.parse(record) as StoredRecord
  return { ...summaryOf(facts), ...stored, tasks: shownTasks([...await journalOf(deps, tenantId, id), ...tasks]) }
}

async function liveRecord(deps: RunsDeps, tenantId: string, { input, state, dueAt: _dueAt, ...facts }: LiveRunRow): Promise<RunRecord> {
  const large = createLargeValues({ blobs: deps.blobs, tenantId, known: {}, stored: () => Promise.resolve() })
  const mask = await deps.maskOf(tenantId, await deps.definitions.version(tenantId, facts.flowId, facts.version)).catch(() => noMask)
  const open = state === null ? [] : openEntries(await readState(state, () => large), facts.status)
  return {
    ...summaryOf(facts), input: mask.maskValue(await readValue(input, large)), output: null, error: null,
    tasks: shownTasks([...await journalOf(deps, tenantId, facts.id), ...mask.maskValue(open)]),
  }
}

async function exportTestCase(deps: RunsDeps, caller: Caller, id: string): Promise<TestCase> {
  const { namespace, name, version, status, startedAt, endedAt, input, output, error, tasks } = await get(deps, caller, id)
  if (endedAt === null) throw new HubError('conflict', 'Only a run that is over can be kept as a test case.')
  const made = testCaseOf({ flow: { namespace, name, version }, run: { id, startedAt: startedAt.toISOString() }, input, output, error, status: status as TestCase['status'], tasks })
  const { tenantId } = caller
  return await wholeValues(deps.blobs, deps.database.tenant(tenantId), { tenantId, runId: id }, made) as TestCase
}

async function journalOf({ database }: RunsDeps, tenantId: string, id: string): Promise<TaskEntry[]> {
  return (await listJournal(database.tenant(tenantId), tenantId, id)).flatMap((entries) => JSON.parse(entries) as TaskEntry[])
}

async function waitFor(deps: RunsDeps, caller: Caller, id: string, ms: number): Promise<RunEnd | undefined> {
  const until = performance.now() + ms
  const found = Promise.withResolvers<RunEnd>()
  const forget = deps.engine.onEnd(id, found.resolve)
  try {
    for (;;) {
      const over = isUuid(id) ? await findOver(deps.database.tenant(caller.tenantId), caller.tenantId, id) : undefined
      if (over !== undefined) return endOf(over)
      const leftMs = until - performance.now()
      if (leftMs <= 0) return undefined
      const stop = new AbortController()
      const end = await Promise.race([found.promise, pause(Math.min(leftMs, LOOK_EVERY_MS), undefined, { signal: stop.signal }).catch(() => undefined)])
      stop.abort()
      if (end !== undefined) return end
    }
  } finally {
    forget()
  }
}
