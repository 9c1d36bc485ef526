/** Begins runs: their rows are committed in groups, and those that this process has room for run at once from memory. */
import { uuidv7 } from 'uuidv7'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { isDeadlock, isRowFault } from '../../db/faults.ts'
import { HubError } from '../../errors.ts'
import { createGroupCommit } from '../../lib/group-commit.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { compileSchema } from '../../lib/json/schema.ts'
import type { Caller } from '../../tenants/caller.ts'
import { settingsOf, type FlowDefinition, type FlowSettings } from '../definition.ts'
import type { Definitions } from '../definitions.ts'
import type { FlowFacts } from '../definitions-store.ts'
import { insertBlobOwner } from '../engine/blobs-store.ts'
import type { Engine, Given } from '../engine/engine.ts'
import { createLargeValues } from '../engine/large.ts'
import type { RunState } from '../engine/frame.ts'
import type { RunRow } from '../engine/run.ts'
import { writeState, writeValue } from '../engine/state.ts'
import { rightsOf } from '../rights.ts'
import { findKey, insertRuns, type NewRunRow } from './start-store.ts'

/** What started a run. `depth`: how many runs it stands within. */
export interface Trigger { depth?: number | undefined, type: 'api' | 'event' | 'webhook' | 'schedule' | 'poll' | 'agent' | 'flow' | 'retry', [detail: string]: unknown }

export interface StartRequest {
  /** By name, or by the id of a flow that was looked up. */
  flow: { namespace: string, name: string }
  /** The latest published one unless given. */
  version?: string | undefined
  input: unknown
  idempotencyKey?: string | undefined
  trigger: Trigger
  /** The run that waits for its end. */
  parentId?: string | undefined
  /** A UUIDv7 chosen by whoever starts it. */
  id?: string | undefined
  /** Where the run begins, if not at its first task. */
  state?: RunState | undefined
}

export interface Planned {
  row: NewRunRow
  /** It is committed: what is this process's begins. */
  committed(): void
  /** It was not written, or was a repeat; or, `uncertain`, nobody knows. */
  dropped(how?: 'uncertain'): void
}

export interface Starting {
  /** Throws HubError `not_found`, `flow_not_enabled`, `invalid_input`, `nested_too_deep`. */
  plan(caller: Caller, request: StartRequest): Promise<Planned>
  /** Resolves once it is committed, with the id: the first run's where the key is a repeat. */
  start(caller: Caller, request: StartRequest): Promise<{ id: string, isRepeated: boolean, status: NewRunRow['status'] }>
  drain(): Promise<void>
}

export interface StartingDeps {
  database: Pick<Database, 'writer' | 'tenant'>
  blobs: Pick<Blobs, 'write' | 'read'>
  jq: Jq
  definitions: Definitions
  engine: Pick<Engine, 'workerId' | 'reserve' | 'giveBack' | 'begin' | 'wake'>
  /** Its row is committed. */
  began(run: { tenantId: string }): void
  /** A run waits for its flow's limit or its key's turn. */
  pending(run: { tenantId: string, flowId: string }): void
}

const MAX_ROWS = 200
const MAX_IN_FLIGHT = 2
const MAX_KEY_LENGTH = 1000
/** Flows that run flows, agents that call agents: more is one that runs itself without end. */
const MOST_NESTED = 10

interface Waiting { row: NewRunRow, isFresh: boolean, fault: unknown }

export function createStarting(deps: StartingDeps): Starting {
  const { database: { writer } } = deps
  const commits = createGroupCommit<Waiting>({
    maxRows: MAX_ROWS, maxInFlight: MAX_IN_FLIGHT,
    async write(all) {
      const insert = async (some: Waiting[]): Promise<void> => {
        const fresh = await insertRuns(writer, some.map(({ row }) => row))
        for (const each of some) each.isFresh = fresh.has(each.row.id)
      }
      await insert(all).catch(async (error: unknown) => {
        if (!isRowFault(error) && !isDeadlock(error)) throw error
        for (const each of all) await insert([each]).catch((fault: unknown) => { each.fault = fault })
      })
    },
  })
  const plan: Starting['plan'] = (caller, request) => planRun(deps, caller, request)
  return {
    plan,
    async start(caller, request) {
      const { row, committed, dropped } = await plan(caller, request)
      const waiting: Waiting = { row, isFresh: false, fault: undefined }
      try {
        await commits.add(waiting)
        if (waiting.fault !== undefined) throw waiting.fault
      } catch (error) {
        dropped('uncertain')
        throw error
      }
      if (waiting.isFresh) {
        committed()
        return { id: row.id, isRepeated: false, status: row.status }
      }
      dropped()
      const first = row.onceKey === null ? undefined : await findKey(deps.database.tenant(row.tenantId), row.tenantId, { flowId: row.flowId, key: row.onceKey })
      return { id: first ?? row.id, isRepeated: true, status: row.status }
    },
    drain: () => commits.drain(),
  }
}

async function planRun(deps: StartingDeps, caller: Caller, request: StartRequest): Promise<Planned> {
  const { engine } = deps
  const depth = Math.max(request.trigger.depth ?? 0, caller.depth ?? 0)
  if (depth > MOST_NESTED) throw new HubError('nested_too_deep', `The flow ${request.flow.name} would be run by ${depth} flows and agents within one another, and ${MOST_NESTED} are the most: does one of them run itself?`)
  const { facts, version, definition } = await findDefinition(deps, caller, request)
  assertInput(definition, request.input)
  const settings = settingsOf(definition)
  const id = request.id ?? uuidv7()
  const isLimited = settings.concurrency !== undefined || settings.orderBy !== undefined
  const isOurs = !isLimited && engine.reserve(id)
  try {
    const large: Record<string, string> = {}
    const row: NewRunRow = {
      tenantId: caller.tenantId, id, flowId: facts.id, namespace: facts.namespace, name: facts.name, version, status: isLimited ? 'pending' : 'running', startedAt: new Date(),
      isDue: !isLimited && !isOurs, claimedBy: isOurs ? engine.workerId : null, orderingKey: await keyOf(deps.jq, caller, settings.orderBy, request.input),
      input: await inputText(deps, { tenantId: caller.tenantId, runId: id, known: large }, request.input), trigger: JSON.stringify({ ...request.trigger, ...depth > 0 && { depth } }), parentId: request.parentId ?? null, rights: rightsOf(caller),
      state: request.state === undefined ? null : await stateText(deps, { tenantId: caller.tenantId, runId: id }, request.state),
      onceKey: request.idempotencyKey ?? await keyOf(deps.jq, caller, settings.idempotencyBy, request.input),
    }
    return planned(deps, row, { isLimited, isOurs, given: { input: request.input ?? null, large } })
  } catch (error) {
    if (isOurs) engine.giveBack(id)
    throw error
  }
}

function planned({ engine, pending, began }: StartingDeps, row: NewRunRow, { isLimited, isOurs, given }: { isLimited: boolean, isOurs: boolean, given: Given }): Planned {
  return {
    row,
    committed() {
      began(row)
      if (isOurs) engine.begin({ ...row, epoch: 1, wanted: null } satisfies RunRow, given)
      else if (isLimited) pending(row)
      else engine.wake()
    },
    dropped(how) {
      if (isOurs) engine.giveBack(row.id, how)
    },
  }
}

async function findDefinition({ definitions }: StartingDeps, { tenantId }: Caller, { flow: { namespace, name }, version }: StartRequest): Promise<{ facts: FlowFacts, version: string, definition: FlowDefinition }> {
  const facts = await definitions.find(tenantId, namespace, name)
  const wanted = version === undefined || version === 'latest' ? facts?.latestVersion : version
  if (facts === undefined || wanted === null || wanted === undefined) throw new HubError('not_found', 'There is no such flow, or no published version of it.')
  if (!facts.enabled) throw new HubError('flow_not_enabled', `The flow ${name} is not enabled.`)
  const definition = await definitions.version(tenantId, facts.id, wanted)
  if (definition === undefined) throw new HubError('not_found', `The flow ${name} has no version ${wanted.slice(0, 100)}.`)
  return { facts, version: wanted, definition }
}

/** A schema that lies elsewhere is left to the run. */
function assertInput({ input }: FlowDefinition, value: unknown): void {
  if (input?.schema?.document === undefined) return
  const errors = compileSchema(input.schema.document)(value)
  if (errors.length === 0) return
  const placed = errors.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }))
  throw new HubError('invalid_input', `The input does not fit the flow's schema: ${placed[0]!.pointer} ${placed[0]!.detail}`, { errors: placed })
}

async function keyOf(jq: Jq, { tenantId }: Caller, program: FlowSettings['orderBy'], input: unknown): Promise<string | null> {
  if (program === undefined) return null
  const key = await jq.first(program, input, { batchKey: tenantId })
  return key === undefined || key === null ? null : (typeof key === 'string' ? key : JSON.stringify(key)).replaceAll('\0', '').toWellFormed().slice(0, MAX_KEY_LENGTH)
}

async function stateText({ blobs, database }: StartingDeps, { tenantId, runId }: { tenantId: string, runId: string }, state: RunState): Promise<string> {
  const large = createLargeValues({ blobs, tenantId, known: state.large, stored: (blobId) => insertBlobOwner(database.tenant(tenantId), { tenantId, blobId, runId }) })
  for (;;) {
    const missing: (object | string)[] = []
    const text = writeState(state, large, missing)
    if (text !== undefined) return text
    for (const part of missing) await large.store(part)
  }
}

function inputText({ blobs, database }: StartingDeps, { tenantId, runId, known }: { tenantId: string, runId: string, known: Record<string, string> }, input: unknown): Promise<string> {
  return writeValue(input, createLargeValues({ blobs, tenantId, known, stored: (blobId) => insertBlobOwner(database.tenant(tenantId), { tenantId, blobId, runId }) }))
}
