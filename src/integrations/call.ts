/** One call on its way. */
import type { AnswerPart, Exchange, Operation } from '../connectors/connector.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Loaded } from './loaded.ts'

export interface RunRequest {
  caller: Caller
  integrationId: string
  /** May be left out where the connector has one operation only. */
  operation: string | undefined
  input: unknown
  sourceComponent: string | undefined
  idempotencyKey: string | undefined
  /** The run of a flow that asks. */
  runId?: string | undefined
  /** Who wants parts of the answer as they come, where the operation can tell them. */
  streaming?: Streaming | undefined
}

export interface Streaming {
  tell(part: AnswerPart): Promise<void>
  /** The caller went away; its reason is a HubError. */
  signal: AbortSignal
}

/** What the tries of one call share. */
export interface Call {
  id: string
  loaded: Loaded
  operation: Operation
  /** As it is recorded. */
  input: unknown
  /** The same with large values read. */
  sent: unknown
  request: RunRequest
  startedAt: number
  /** When the whole call must have ended, in ms. */
  deadline: number
  tries: number
  /** Access tokens were refused and fetched anew once. */
  renewedTokens: boolean
  /** Parts of an answer were told: another try would tell another one. */
  hasTold: boolean
  transformationMs: number
  exchange: (Exchange & { data?: unknown }) | undefined
}
