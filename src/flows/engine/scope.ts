/** Where a task stands while it runs, and what its expressions may name. */
import type { Variables } from '../expressions/evaluate.ts'
import type { TaskDefinition } from '../definition.ts'
import type { ResolvedAuthentication } from '../effect.ts'
import { fault, toFault } from '../fault.ts'
import type { Frame } from './frame.ts'
import type { LiveRun } from './run.ts'
import type { Services } from './services.ts'

export interface Scope {
  run: LiveRun
  services: Services
  /** Loop variables and caught errors, by name. */
  variables: Variables
  signal: AbortSignal
  /** Of the `try` around it, from 1. */
  attempt: number
  /** Of the loops around it, the outermost first. */
  rounds: readonly number[]
  /** The place among the run's repeated work: the same over crashes and retries. */
  path: string
  /** Within an extension's own tasks, which are not extended: the task that they extend, which they know as `$task`. */
  extended: Record<string, unknown> | undefined
}

export interface Place {
  name: string
  definition: TaskDefinition
  /** `/do/0/greet` */
  reference: string
}

/** What expressions of a task see. Only what a program names is read. */
export interface View {
  input?: unknown
  output?: unknown
  authorization?: ResolvedAuthentication | undefined
}

export interface Moment { iso8601: string, epoch: { seconds: number, milliseconds: number } }

function momentOf(ms: number): Moment {
  return { iso8601: new Date(ms).toISOString(), epoch: { seconds: Math.floor(ms / 1000), milliseconds: ms } }
}

const runtime = { name: 'Interchange', version: '0.1', metadata: {} }

/** `task`: none for the workflow's own expressions. */
export function variablesOf({ run, variables, extended }: Pick<Scope, 'run' | 'variables'> & { extended?: Scope['extended'] }, task: { place: Place, frame: Frame | undefined, rawOutput?: unknown } | undefined, view: View = {}): Variables {
  return {
    ...variables,
    ...task !== undefined && { context: run.state.context.of, task: extended ?? taskDescriptor(task) },
    ...'input' in view && { input: view.input },
    ...'output' in view && { output: view.output },
    ...view.authorization !== undefined && { authorization: { scheme: view.authorization.scheme, parameter: view.authorization.parameter } },
    get secrets() { return Object.fromEntries(run.secrets) },
    get workflow() { return { id: run.row.id, definition: run.definition, input: run.input.of, startedAt: momentOf(run.row.startedAt.getTime()) } },
    runtime,
  }
}

function taskDescriptor({ place, frame, rawOutput }: { place: Place, frame: Frame | undefined, rawOutput?: unknown }): Record<string, unknown> {
  return {
    name: place.name, reference: place.reference, definition: place.definition, input: frame?.input.of ?? null,
    ...rawOutput !== undefined && { output: rawOutput }, startedAt: momentOf(frame?.startedAt ?? Date.now()),
  }
}

export interface EvaluateOptions { bare?: boolean }

/** One expression or template of a task. Throws FlowFault `expression`. */
export async function evaluate(scope: Pick<Scope, 'run' | 'services'>, source: unknown, input: unknown, variables: Variables, { bare = false }: EvaluateOptions = {}): Promise<unknown> {
  try {
    await scope.services.openSecrets(scope.run)
    return await scope.run.expressions.evaluate(source, input, variables, { bare, loose: scope.run.loose })
  } catch (error) {
    throw toFault(error)
  }
}

export async function holds(scope: Pick<Scope, 'run' | 'services'>, condition: string, input: unknown, variables: Variables): Promise<boolean> {
  try {
    await scope.services.openSecrets(scope.run)
    return await scope.run.expressions.holds(condition, input, variables)
  } catch (error) {
    throw toFault(error)
  }
}

/** What stands under a name in `use`. */
export function used<Thing>(run: LiveRun, kind: 'errors' | 'retries' | 'timeouts' | 'functions', name: string): Thing {
  const all = run.definition.use?.[kind] as Record<string, Thing> | undefined
  if (all === undefined || !Object.hasOwn(all, name)) throw fault('configuration', `The flow has no ${name} under use.${kind}.`)
  return all[name]!
}
