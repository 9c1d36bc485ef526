/** What tools need of flows. */
import type { JsonSchema } from '../../connectors/connector.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { ToolHints } from './tool.ts'

export interface FlowFacts {
  /** `name`, or `namespace/name` outside the namespace `default`. */
  flowId: string
  version: string
  title: string
  summary: string
  /** Of its input, where the document says. */
  input: JsonSchema | undefined
  hints: ToolHints
}

export interface FlowRun { id: string, status: string, output?: unknown, error?: unknown }

export interface FlowSource {
  /** Those that may be started: enabled and published. */
  list(caller: Caller): Promise<FlowFacts[]>
  find(caller: Caller, flowId: string): Promise<FlowFacts | undefined>
  /** Throws `invalid_input` with pointers into the input. */
  check(caller: Caller, flow: FlowFacts, input: unknown): Promise<void>
  start(caller: Caller, flow: FlowFacts, options: { input: unknown, idempotencyKey: string | undefined }): Promise<FlowRun>
  /** The run when it is over or when so much time has passed, or the signal ends the wait. */
  wait(caller: Caller, runId: string, options: { waitMs: number, signal: AbortSignal }): Promise<FlowRun>
  /** As `GET /api/v1/runs/{id}` answers it. Throws `not_found`. */
  read(caller: Caller, runId: string): Promise<unknown>
  cancel(caller: Caller, runId: string): Promise<FlowRun>
}

/** In the words of the Serverless Workflow DSL. */
export function isOver({ status }: Pick<FlowRun, 'status'>): boolean {
  return status === 'completed' || status === 'faulted' || status === 'cancelled'
}
