/**
 * The document of a flow, parsed: CNCF Serverless Workflow DSL 1.0.3, as far as its parts are looked at by name. What is stored was validated, so a
 * part that is there has the shape that the DSL's schema gives it.
 */

export interface FlowDefinition {
  document: { dsl: string, namespace: string, name: string, version: string, title?: string, summary?: string, tags?: Record<string, string>, metadata?: Record<string, unknown> }
  input?: InputDefinition
  output?: OutputDefinition
  use?: {
    authentications?: Record<string, unknown>
    catalogs?: Record<string, unknown>
    errors?: Record<string, ErrorDefinition>
    extensions?: Record<string, ExtensionDefinition>[]
    functions?: Record<string, TaskDefinition>
    retries?: Record<string, RetryDefinition>
    secrets?: string[]
    timeouts?: Record<string, TimeoutDefinition>
  }
  timeout?: string | TimeoutDefinition
  schedule?: Record<string, unknown>
  evaluate?: { language?: string, mode?: 'strict' | 'loose' }
  do: TaskList
}

/** Each item has one name. */
export type TaskList = Record<string, TaskDefinition>[]

export interface TaskDefinition {
  if?: string
  input?: InputDefinition
  output?: OutputDefinition
  export?: { schema?: SchemaDefinition, as?: unknown }
  timeout?: string | TimeoutDefinition
  then?: string
  metadata?: Record<string, unknown>
  call?: string
  with?: unknown
  do?: TaskList
  for?: { each?: string, in: string, at?: string }
  while?: string
  fork?: { branches: TaskList, compete?: boolean }
  switch?: Record<string, { when?: string, then?: string }>[]
  set?: unknown
  raise?: { error: string | ErrorDefinition }
  try?: TaskList
  catch?: CatchDefinition
  wait?: unknown
  emit?: { event: { with: Record<string, unknown> } }
  listen?: { to: ConsumptionStrategy, read?: 'data' | 'envelope' | 'raw' }
  foreach?: SubscriptionIterator
  run?: RunDefinition
}

export interface InputDefinition { schema?: SchemaDefinition, from?: unknown }
export interface OutputDefinition { schema?: SchemaDefinition, as?: unknown }
export interface SchemaDefinition { format?: string, document?: object, resource?: { endpoint: unknown } }
export interface TimeoutDefinition { after: unknown }
export interface ErrorDefinition { type: string, status: number | string, instance?: string, title?: string, detail?: string }
export interface ExtensionDefinition { extend: string, when?: string, before?: TaskList, after?: TaskList }
export interface CatchDefinition {
  errors?: { with?: Partial<ErrorDefinition> }
  as?: string
  when?: string
  exceptWhen?: string
  retry?: string | RetryDefinition
  do?: TaskList
}
export interface RetryDefinition {
  when?: string
  exceptWhen?: string
  delay?: unknown
  backoff?: { constant?: Record<string, unknown>, exponential?: Record<string, unknown>, linear?: Record<string, unknown> }
  limit?: { attempt?: { count?: number, duration?: unknown }, duration?: unknown }
  jitter?: { from: unknown, to: unknown }
}
export interface ConsumptionStrategy { one?: EventFilter, any?: EventFilter[], all?: EventFilter[], until?: string | ConsumptionStrategy | false }
export interface EventFilter { with: Record<string, unknown>, correlate?: Record<string, { from: string, expect?: string }> }
export interface SubscriptionIterator { item?: string, at?: string, do?: TaskList, output?: OutputDefinition, export?: { schema?: SchemaDefinition, as?: unknown } }
export interface RunDefinition {
  await?: boolean
  return?: 'stdout' | 'stderr' | 'code' | 'all' | 'none'
  workflow?: { namespace: string, name: string, version: string, input?: unknown }
  script?: Record<string, unknown>
  shell?: Record<string, unknown>
  container?: Record<string, unknown>
}

/** Interchange's own settings: what the DSL has no words for stands in the document's metadata. */
export interface FlowSettings {
  /** Runs at the same time; further ones wait. */
  concurrency?: number
  /** jq over the input: runs of the same key go one after another. */
  orderBy?: string
  /** jq over the input: a second run with the same key within a day is the first. */
  idempotencyBy?: string
  lifecycleEvents?: 'none' | 'workflow' | 'tasks'
  /** Of `schedule.cron`. */
  timezone?: string
  /** Each has one of these. */
  triggers?: { webhook?: WebhookTrigger, poll?: PollTrigger }[]
}

/** What comes to a webhook source begins a run. */
export interface WebhookTrigger {
  /** Name or id. */
  source: string
  /** Whether the sender is answered with the run's output. */
  respond?: boolean
  /** Of an answer; default 30 s. */
  timeout?: unknown
}

/** What is new behind an integration begins a run each. */
export interface PollTrigger {
  /** Name or id. */
  integration: string
  /** Without one, the connector's own poll. */
  operation?: string
  input?: unknown
  /** jq over the operation's answer: each output is an item. Default `.[]`. */
  items?: string
  /** jq over an item: what tells it from others. Default `.id`. */
  id?: string
  interval?: unknown
  from?: 'now' | 'beginning'
}

export function settingsOf({ document }: FlowDefinition): FlowSettings {
  return (document.metadata?.['interchange'] ?? {}) as FlowSettings
}
