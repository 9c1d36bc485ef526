/** The call path: policies → the connector's operation, tried as often as allowed → one execution record → the answer. */
import { uuidv7 } from 'uuidv7'
import type { AnswerPart, Operation, OperationCall } from '../connectors/connector.ts'
import type { Executions } from '../executions/executions.ts'
import type { Execution, ShownExecution } from '../executions/record.ts'
import { HubError, isHubError } from '../errors.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Mask } from '../lib/mask.ts'
import { depthHeader } from '../tenants/depth.ts'
import { readBlobs } from './blob-input.ts'
import { contextOf, type ContextDeps, type TryContext } from './context.ts'
import type { Loaded, LoadedIntegrations } from './loaded.ts'
import { admit, giveBack } from './admit.ts'
import type { Call, RunRequest } from './call.ts'
import { makeExecution, type CallOutcome } from './outcome.ts'
import type { AnswerCache } from './policies/cache.ts'
import { mayRetry, retryDelay } from './policies/retry.ts'
import { readUpstreamHold } from './policies/upstream-hold.ts'
import type { TryTracing } from './tracing.ts'
import { applyTransforms, mapError } from './transforms.ts'

export interface RunResult {
  /** The data as JSON text, secrets masked. */
  dataJson: string
  execution: ShownExecution
  rate: { limit: number, remaining: number, resetSeconds: number }
}

export interface ExecuteDeps extends ContextDeps {
  /** Throws `database_unavailable` while the record could not be kept: then nothing is sent. */
  assertRecordable(): Promise<void>
  loaded: LoadedIntegrations
  executions: Executions
  jq: Jq
  answers: AnswerCache
  countCalls(tenantId: string, integrationId: string, since: Date): Promise<number>
  /** A run showed the connection to be well or ill; called only when that is news. */
  connectionChanged(loaded: Loaded, error: HubError | undefined): void
  observe(call: { loaded: Loaded, execution: Execution }): void
  tracing?: TryTracing | undefined
}

/** Less time than this is none: timers may be early by a moment. */
const LEAST_TRY_MS = 10

export interface Execute { run(request: RunRequest): Promise<RunResult> }

export function createExecute(deps: ExecuteDeps): Execute {
  return { run: (request) => run(deps, request) }
}

async function run(deps: ExecuteDeps, request: RunRequest): Promise<RunResult> {
  await deps.assertRecordable()
  const startedAt = Date.now()
  const loaded = await deps.loaded.get(request.caller.tenantId, request.integrationId)
  const operation = await findOperation(loaded, request.operation)
  const call: Call = {
    id: uuidv7(), loaded, operation, request, startedAt, input: request.input ?? {}, sent: undefined, tries: 0, renewedTokens: false, hasTold: false, transformationMs: 0, exchange: undefined,
    deadline: startedAt + loaded.row.connection.timeout,
  }
  const refusal = await admit(loaded, { caller: request.caller, operation: operation.id, now: startedAt, countCalls: deps.countCalls })
  if ('error' in refusal) return finish(deps, call, { status: 'refused', error: refusal.error }, undefined)
  await prepareInput(deps, call)
  const outcome = await answer(deps, call)
  return finish(deps, call, outcome, refusal.rate)
}

/** Throws `operation_not_found`, and `invalid_input` where the connector has several and none is named. */
export async function findOperation({ connector, row }: Loaded, id: string | undefined): Promise<Operation> {
  let wanted = id
  if (wanted === undefined) {
    const all = await connector.operations.list()
    if (all.length !== 1) {
      throw new HubError('invalid_input', `${row.name} has ${all.length} operations: say which one to run.`, { errors: [{ pointer: '/operation', detail: 'is needed: the connector has more than one operation' }] })
    }
    wanted = all[0]!.id
  }
  const operation = await connector.operations.find(wanted)
  if (operation === undefined) {
    throw new HubError('operation_not_found', `The connector ${row.connector} has no operation ${wanted.slice(0, 200)}.`, { errors: [{ pointer: '/operation', detail: 'is not an operation of this connector' }] })
  }
  return operation
}

async function prepareInput({ jq, blobs }: ExecuteDeps, call: Call): Promise<void> {
  const { requestTransform } = call.loaded.row.dataHandling
  try {
    if (requestTransform.length > 0) call.input = await timed(call, () => applyTransforms(jq, requestTransform, { operation: call.operation.id, value: call.input, batchKey: call.loaded.row.tenantId }))
    call.operation.validateInput(call.input)
    call.sent = await readBlobs(blobs, call.loaded.row.tenantId, call.input)
  } catch (error) {
    giveBack(call.loaded, call.request.caller)
    call.loaded.state.breaker.abandoned()
    throw withinInput(error)
  }
}

/** An operation points into its input, a caller into what he sent. */
export function withinInput(error: unknown): unknown {
  if (!isHubError(error, 'invalid_input') || error.errors === undefined) return error
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }))
  return new HubError(error.code, error.message, { cause: error, errors, beforeSending: true })
}

async function answer(deps: ExecuteDeps, call: Call): Promise<CallOutcome> {
  const { loaded, operation, input } = call
  const { caching } = loaded.row.dataHandling
  const cacheable = caching.enabled && holds(operation.readOnly, input)
  const cached = cacheable ? deps.answers.find(loaded.key, operation.id, input) : undefined
  if (cached !== undefined) {
    loaded.state.breaker.abandoned()
    return succeeded(cached.data, cached.statusCode, true)
  }
  try {
    const data = await tryUntilDone(deps, call)
    const transformed = await transformResponse(deps, call, data)
    const outcome = succeeded(transformed, call.exchange?.statusCode)
    if (cacheable) keep(deps, call, outcome, caching.ttl)
    return outcome
  } catch (error) {
    return failed(deps, call, error)
  }
}

/** Throws for what cannot be written, so that it is recorded as a failure: a program can make a value that is nested without end. */
function succeeded(data: unknown, statusCode: number | undefined, cached = false): CallOutcome & { json: string } {
  try {
    return { status: 'succeeded', data, json: JSON.stringify(data ?? null), cached, statusCode }
  } catch (error) {
    throw new HubError('expression_failed', 'The result cannot be written as JSON: it is nested too deeply.', { cause: error })
  }
}

function keep({ answers }: ExecuteDeps, { loaded, operation, input, exchange }: Call, { data, json }: CallOutcome & { json: string }, ttl: number): void {
  answers.keep(loaded.key, operation.id, input, { data, statusCode: exchange?.statusCode, sizeBytes: json.length }, ttl)
}

async function tryUntilDone(deps: ExecuteDeps, call: Call): Promise<unknown> {
  const { retryPolicy } = call.loaded.row.connection
  const safe = holds(call.operation.retrySafe, call.input)
  for (;;) {
    try {
      return await tryOnce(deps, call)
    } catch (error) {
      const retriesDone = call.tries - 1
      if (call.hasTold || call.request.streaming?.signal.aborted || retriesDone >= retryPolicy.maxRetries || !await isWorthRetrying(deps, call, error, safe)) throw error
      const waitMs = retryDelay(call.tries, retryPolicy, { retryAfterSeconds: error instanceof HubError ? error.retryAfterSeconds : undefined })
      // A wait to the deadline or beyond is no retry: the caller learns at once how it stands.
      if (Date.now() + waitMs + LEAST_TRY_MS > call.deadline) throw error
      await new Promise((resolve) => { setTimeout(resolve, waitMs) })
    }
  }
}

/** A mapping's `recoverable` overrides what the kind of failure says, but never repeats what isn't safe to repeat. */
async function isWorthRetrying(deps: ExecuteDeps, call: Call, error: unknown, safe: boolean): Promise<boolean> {
  const { retryPolicy } = call.loaded.row.connection
  const mapped = await mappingOf(deps, call, error)
  if (mapped?.data !== undefined || mapped?.recoverable === false) return false
  if (mapped?.recoverable === true && (safe || retryPolicy.retryUnsafe)) return true
  return mayRetry(error, { safe, policy: retryPolicy })
}

async function tryOnce(deps: ExecuteDeps, call: Call): Promise<unknown> {
  const { loaded, operation, request } = call
  const { tryTimeout } = loaded.row.connection
  call.tries += 1
  call.exchange = undefined
  const deadline = tryTimeout === undefined ? call.deadline : Math.min(call.deadline, Date.now() + tryTimeout)
  const span = deps.tracing?.begin({ loaded, operation: operation.id, number: call.tries })
  const context: OperationCall & TryContext = Object.assign(
    contextOf(deps, loaded, deadline, (exchange) => { call.exchange = exchange }, { headers: { ...span?.headers, ...depthHeader(request.caller) }, signal: request.streaming?.signal }),
    { input: call.sent, idempotencyKey: request.idempotencyKey ?? call.id })
  try {
    const data = await (request.streaming === undefined || operation.stream === undefined ? operation.run(context) : operation.stream(context, tellerOf(call)))
    span?.end(call.exchange)
    loaded.state.breaker.succeeded(Date.now())
    noteHold(call)
    return data
  } catch (error) {
    span?.end(call.exchange, error)
    judge(call, error)
    // A revoked access token: another one is worth one more try, whatever the policy, for the service took nothing.
    if (error instanceof HubError && error.upstreamStatus === 401 && !call.renewedTokens && await context.refuseTokens()) {
      call.renewedTokens = true
      return tryOnce(deps, call)
    }
    throw error
  }
}

/** Parts are told as the answer will be: masked, and not at all where a program is to change it first. */
function tellerOf(call: Call): (part: AnswerPart) => Promise<void> {
  const { loaded: { row, credential }, request: { streaming } } = call
  return async (part) => {
    if (row.dataHandling.responseTransform.length > 0) return
    call.hasTold = true
    await streaming!.tell(credential?.mask.maskValue(part) ?? part)
  }
}

/** Tells breaker and hold what the failure says about the upstream. */
function judge(call: Call, error: unknown): void {
  const { breaker } = call.loaded.state
  noteHold(call)
  if (isHubError(error, 'upstream_unavailable') || isHubError(error, 'upstream_timeout')) breaker.failed(Date.now())
  else if (isHubError(error, 'upstream_rejected')) breaker.succeeded(Date.now())
  else breaker.abandoned()
}

function noteHold({ exchange, loaded }: Call): void {
  if (exchange?.statusCode === undefined || exchange.responseHeaders === undefined) return
  const now = Date.now()
  const ms = readUpstreamHold(exchange.statusCode, exchange.responseHeaders, now)
  if (ms !== undefined && ms > 0) loaded.state.hold.holdFor(ms, now)
}

async function transformResponse(deps: ExecuteDeps, call: Call, data: unknown): Promise<unknown> {
  const { responseTransform, validateResponses } = call.loaded.row.dataHandling
  if (validateResponses && call.operation.validateOutput) {
    const problems = call.operation.validateOutput(data, call.exchange?.statusCode)
    if (problems.length > 0) {
      throw new HubError('upstream_invalid_response', `The answer does not fit its description: ${problems.slice(0, 5).join('; ')}`)
    }
  }
  if (responseTransform.length === 0) return data
  return timed(call, () => applyTransforms(deps.jq, responseTransform, { operation: call.operation.id, value: data, batchKey: call.loaded.row.tenantId }))
}

async function failed(deps: ExecuteDeps, call: Call, error: unknown): Promise<CallOutcome> {
  const mapped = await mappingOf(deps, call, error)
  if (mapped?.data === undefined) return { status: 'failed', error, mapped }
  try {
    return succeeded(mapped.data.value, call.exchange?.statusCode)
  } catch {
    return { status: 'failed', error }
  }
}

async function mappingOf({ jq }: ExecuteDeps, call: Call, error: unknown): Promise<CallOutcome['mapped']> {
  const { errorMapping } = call.loaded.row.dataHandling
  if (errorMapping.length === 0 || !(error instanceof HubError)) return undefined
  const failure = { code: error.code, message: error.message, statusCode: error.upstreamStatus, body: call.exchange?.data ?? null, operation: call.operation.id }
  // A mapping that fails itself must not hide the failure that it was to map, nor the call's record.
  return timed(call, () => mapError(jq, errorMapping, failure, call.loaded.row.tenantId)).catch(() => undefined)
}

/** Records, then answers: what the caller is told is committed. */
async function finish(deps: ExecuteDeps, call: Call, outcome: CallOutcome, rate: RunResult['rate'] | undefined): Promise<RunResult> {
  const mask = call.loaded.credential?.mask
  const dataJson = outcome.json === undefined ? undefined : mask?.maskJson(outcome.json) ?? outcome.json
  const execution = makeExecution(call, outcome, dataJson)
  deps.observe({ loaded: call.loaded, execution })
  const shown = await deps.executions.record(execution, mask)
  noteConnection(deps, call.loaded, outcome)
  if (dataJson === undefined || rate === undefined) throw withExecution(outcome, shown, mask)
  return { dataJson, execution: shown, rate }
}

/** A success mends an integration in error; a refused credential puts it there. */
function noteConnection({ connectionChanged }: ExecuteDeps, loaded: Loaded, { status, error }: CallOutcome): void {
  const { connectionStatus } = loaded.row
  if (status === 'succeeded' && connectionStatus === 'error') connectionChanged(loaded, undefined)
  if (status === 'failed' && connectionStatus === 'active' && error instanceof HubError && error.upstreamStatus === 401) connectionChanged(loaded, error)
}

/** Messages quote the upstream, which may quote the secret; so the log, which has no mask, gets no cause of theirs. */
function withExecution({ error, mapped }: CallOutcome, execution: ShownExecution, mask: Mask | undefined): HubError {
  const extra = { execution }
  if (!(error instanceof HubError)) return new HubError('internal', 'The connector failed. The execution has the details.', { extra })
  const message = mapped?.message ?? error.message
  return new HubError(error.code, mask?.mask(message) ?? message, {
    extra, usedUp: error.usedUp, ...error.errors && { errors: error.errors }, ...error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds },
  })
}

function holds(rule: boolean | ((input: unknown) => boolean) | undefined, input: unknown): boolean {
  return typeof rule === 'function' ? rule(input) : rule ?? false
}

async function timed<Result>(call: Call, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    call.transformationMs += performance.now() - start
  }
}
