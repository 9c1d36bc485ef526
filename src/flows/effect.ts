/**
 * What a leaf task does to the world: the contract between the engine and those who make calls. The engine evaluates the arguments, commits what
 * went before, asks the effect, and commits its result; an effect knows nothing of runs and how they are stored.
 */
import type { Caller } from '../tenants/caller.ts'
import type { FlowDefinition, TaskDefinition } from './definition.ts'

/** Throws FlowFault or HubError, and ends soon once the signal is aborted. What it answers is the task's raw output: a JSON value. */
export type Effect<Args = Record<string, unknown>> = (args: Args, context: EffectContext) => Promise<unknown>

/** `call: http`, `call: openapi`, …; `function` is every other name; then what `run` takes. */
export const effectKinds = ['http', 'openapi', 'grpc', 'asyncapi', 'mcp', 'a2a', 'function', 'script', 'shell', 'container'] as const
export type EffectKind = (typeof effectKinds)[number]

/**
 * `{ name, with }` for `function`: a name that the flow's own `use.functions` does not have. Otherwise what stands under `with`, or under `run.<kind>`
 * (there with `return`, as it stands beside it), evaluated; of a script's `code` only where it is one expression as a whole,
 * and a subscription not at all: its conditions are about messages.
 */
export interface FunctionArguments { name: string, with: unknown }

export interface EffectContext {
  tenantId: string
  /** Whose rights the run has. */
  caller: Caller
  runId: string
  /** How many runs, of flows and agents, it stands within. */
  depth: number
  /** The definition that the run follows: `use` holds its authentications, functions, catalogs. */
  definition: FlowDefinition
  /** The task's transformed input: what URI templates are filled from. */
  input: unknown
  /** The same over attempts and crashes. */
  idempotencyKey: string
  /** Ended by the task's timeout, by cancel and by the loss of the run. */
  signal: AbortSignal
  /** Of the task's own policy, where it has one. */
  authentication: ResolvedAuthentication | undefined
  /** Runs a jq program, or a text with `${ }` around one, with the task's variables and these. */
  evaluate(expression: string, input: unknown, variables?: Record<string, unknown>): Promise<unknown>
  /** The same for every `${ }` within a value. */
  evaluateWithin(template: unknown, input: unknown, variables?: Record<string, unknown>): Promise<unknown>
  /** One that the definition declares under `use.secrets`. Its values are concealed from then on. */
  secret(name: string): Promise<unknown>
  /** Runs a task of the DSL in the place of this one: what a function's name stands for. */
  perform(definition: TaskDefinition, input: unknown): Promise<unknown>
  /** A value that is never to be recorded as it is. */
  conceal(value: string): void
  /** What the task's `foreach` makes of one message of a subscription: its output. Undefined where it has none. */
  each?: ((item: unknown, index: number) => Promise<unknown>) | undefined
  /** What stands in the task's entry beside its output: the execution that it led to. */
  note?: ((facts: { executionId: string }) => void) | undefined
}

/** What `$authorization` shows, and what authenticates a request. */
export interface ResolvedAuthentication {
  /** `Basic`, `Bearer`, `Digest` … */
  scheme: string
  /** What stands behind the scheme in the header; empty where a challenge is needed first. */
  parameter: string
  /** The policy with its expressions and secrets evaluated: for those who answer challenges. */
  policy: Record<string, unknown>
}

/** Without `authentication`, which is what it makes. `policy`: as it stands in the task: a policy, or `{ use: <name> }`. */
export type ResolveAuthentication = (policy: Record<string, unknown>, context: Omit<EffectContext, 'authentication'>) => Promise<ResolvedAuthentication>

export interface Effects {
  kinds: Partial<Record<EffectKind, Effect<never>>>
  resolveAuthentication: ResolveAuthentication
}
