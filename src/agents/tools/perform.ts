/** Does what a tool stands for: within its caller's reach and quota, as a rehearsal where the key or the call asks for one. */
import type { Execute } from '../../integrations/execute.ts'
import type { Rehearse } from '../../integrations/rehearse.ts'
import { HubError, isHubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import { isOver, type DescribedFlow, type FlowRun, type FlowSource } from './flow-source.ts'
import type { ToolLimits } from './limits.ts'
import type { OperationTool } from './operations.ts'
import { runnerOf, type Reach } from './reach.ts'
import type { ToolCall, ToolResult } from './tool.ts'

export interface PerformDeps {
  execute: Execute
  rehearse: Rehearse
  flows: FlowSource
  limits: ToolLimits
}

/** One call on its way. */
export interface Performance {
  caller: Caller
  reach: Reach
  call: ToolCall
  /** What the audit log is to say of it; filled as it goes. */
  record: CallRecord
}

export interface CallRecord {
  /** `called`: something was done; `rehearsed`: it was only checked; `read`: the tool only looks. */
  did: 'called' | 'rehearsed' | 'read'
  /** What was called: `Bookshop/getBook`, a flow's id. */
  of?: string
  execution?: string
  run?: string
}

/** `at`: where in the arguments the operation's input stands. */
export async function performOperation(deps: PerformDeps, { caller, reach, call, record }: Performance, tool: OperationTool, { input, dryRun, at }: { input: unknown, dryRun: boolean, at: string }): Promise<ToolResult> {
  const { integration: { row }, operation: { summary } } = tool
  record.of = `${row.name}/${summary.id}`
  const request = { caller: runnerOf(caller), integrationId: row.id, operation: summary.id, input, sourceComponent: call.sourceComponent, idempotencyKey: call.idempotencyKey, runId: call.runId }
  if (reach.dryRun || dryRun) {
    const { integration, operation, input: sent } = await deps.rehearse(request).catch((error: unknown) => { throw atArguments(error, at) })
    record.did = 'rehearsed'
    const { method, path } = summary
    return { dataJson: JSON.stringify({ dryRun: true, wouldCall: { integration, operation: { ...operation, ...method && { method }, ...path && { path } }, input: sent } }), dryRun: true }
  }
  const giveBack = await deps.limits.takeRun(caller)
  try {
    record.did = 'called'
    const { dataJson, execution } = await deps.execute.run(request)
    record.execution = execution.id
    return { dataJson, execution: execution.id, dryRun: false }
  } catch (error) {
    record.execution = executionOf(error)
    if (record.execution === undefined) {
      record.did = 'read'
      giveBack()
    }
    throw atArguments(error, at)
  }
}

/** Starts a run and waits for it as long as the call says. */
export async function performFlow({ flows, limits }: PerformDeps, { caller, reach, call, record }: Performance, flow: DescribedFlow, { input, dryRun, waitMs, keepRunning = false, at }: { input: unknown, dryRun: boolean, waitMs: number, keepRunning?: boolean, at: string }): Promise<ToolResult> {
  record.of = flow.flowId
  const runner = runnerOf(caller)
  try {
    flows.check(flow, input)
  } catch (error) {
    throw atArguments(error, at)
  }
  if (reach.dryRun || dryRun) {
    record.did = 'rehearsed'
    return { dataJson: JSON.stringify({ dryRun: true, wouldStart: { flow_id: flow.flowId, version: flow.version, input } }), dryRun: true }
  }
  const giveBack = await limits.takeRun(caller)
  let run: FlowRun
  try {
    run = await flows.start(runner, flow, { input, idempotencyKey: call.idempotencyKey, runId: call.runId, depth: call.depth })
  } catch (error) {
    giveBack()
    throw atArguments(error, at)
  }
  record.did = 'called'
  record.run = run.id
  const ended = await awaitRun(flows, runner, run, { waitMs, call })
  if (isOver(ended) || !call.signal.aborted || keepRunning || call.endsRun?.() !== true) return resultOfRun(ended)
  await flows.cancel(runner, run.id).catch((error: unknown) => {
    // It may have come to its end meanwhile.
    if (!isHubError(error, 'conflict')) throw error
  })
  throw new HubError('caller_gone', `The call was cancelled, and with it the run ${run.id} that it began.`)
}

const BEAT_MS = 2000

/** Tells now and then that it goes on: clients end what they hear nothing of. */
export async function awaitRun(flows: FlowSource, caller: Caller, started: FlowRun, { waitMs, call: { progress, signal } }: { waitMs: number, call: ToolCall }): Promise<FlowRun> {
  const until = Date.now() + waitMs
  const gone = new Promise<undefined>((resolve) => { signal.addEventListener('abort', () => { resolve(undefined) }, { once: true }) })
  let run = started
  while (!isOver(run) && !signal.aborted && Date.now() < until) {
    run = await Promise.race([flows.wait(caller, run.id, Math.min(BEAT_MS, until - Date.now())), gone]) ?? run
    if (!isOver(run)) progress?.(`run ${run.id} is ${run.status}`)
  }
  return run
}

/** A run that failed is the tool's failure too. */
function resultOfRun({ id, status, output, error }: FlowRun): ToolResult {
  if (status === 'faulted' || status === 'cancelled') {
    throw new HubError('flow_failed', `The run ${id} is ${status}${textOf(error)}.`, { extra: { run: { id, status, error: error ?? null } } })
  }
  const running = status === 'completed' ? {} : { note: 'It goes on by itself: ask get_run for its end.' }
  return { dataJson: JSON.stringify({ run_id: id, status, ...output !== undefined && { output }, ...running }), run: { id, status }, dryRun: false }
}

function textOf(error: unknown): string {
  const { title, detail } = (error ?? {}) as { title?: unknown, detail?: unknown }
  const said = [title, detail].filter((each) => typeof each === 'string')
  return said.length === 0 ? '' : `: ${said.join(': ')}`
}

function executionOf(error: unknown): string | undefined {
  const { id } = (error instanceof HubError ? error.extra?.['execution'] ?? {} : {}) as { id?: unknown }
  return typeof id === 'string' ? id : undefined
}

/** The call path points into `/input`; an agent looks at the arguments that it gave. */
function atArguments(error: unknown, at: string): unknown {
  if (!isHubError(error) || error.errors === undefined) return error
  const errors = error.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace(/^\/input(?=\/|$)/, at), detail }))
  return new HubError(error.code, error.message, { cause: error, errors, ...error.extra && { extra: error.extra }, beforeSending: error.beforeSending })
}
