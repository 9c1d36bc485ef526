/** What an agent is offered: operations and flows as tools, and a few tools of the hub's own around them. */
import type { JsonSchema } from '../../connectors/connector.ts'

export const toolKinds = ['hub', 'operation', 'flow'] as const

/** What clients may make of a call before it is made. Undefined where the hub does not know. */
export interface ToolHints {
  readOnly?: boolean | undefined
  destructive?: boolean | undefined
  /** The same call twice is as good as once. */
  idempotent?: boolean | undefined
}

/** Enough to choose one. */
export interface Tool {
  /** Valid for every client: at most 64 of `A-Za-z0-9_-`. */
  name: string
  kind: (typeof toolKinds)[number]
  title: string
  description: string
}

/** All that is needed to call it. */
export interface DescribedTool extends Tool {
  /** A JSON Schema of an object. */
  inputSchema: JsonSchema
  hints: ToolHints
  /** What it stands for, where that is an operation. */
  operation?: { integrationId: string, id: string } | undefined
  /** Arguments that fit, where an example is known. */
  example?: unknown
}

export interface ToolCall {
  name: string
  arguments: unknown
  /** Checked and told, not made. */
  dryRun: boolean
  /** How long a flow's run is waited for. */
  waitMs: number
  idempotencyKey?: string | undefined
  sourceComponent: string
  /** The run of a flow that calls it, and how many others that one stands within. */
  runId?: string | undefined
  depth?: number | undefined
  /** The caller wants no answer any more. */
  signal: AbortSignal
  /** Asked when the signal is aborted: whether a flow's run that was waited for is to end as well. By default it goes on. */
  endsRun?: (() => boolean) | undefined
  /** Told now and then while it takes long. */
  progress?: ((message: string) => void) | undefined
}

export interface ToolResult {
  /** JSON, secrets masked. */
  dataJson: string
  /** Where all of it is recorded. */
  execution?: string | undefined
  run?: { id: string, status: string } | undefined
  dryRun: boolean
}
