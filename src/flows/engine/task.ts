/** One task, from its raw input to its transformed output: what all types of tasks have in common. */
import { durationMs } from '../duration.ts'
import type { InputDefinition, OutputDefinition, SchemaDefinition, TimeoutDefinition } from '../definition.ts'
import { fault, toFault, type FlowFault } from '../fault.ts'
import type { Frame } from './frame.ts'
import { isSmall } from './large.ts'
import { assertFits } from './schemas.ts'
import { evaluate, used, variablesOf, type Place, type Scope, type View } from './scope.ts'
import { abortable, Stop } from './stop.ts'
import { Value } from './value.ts'

export interface Outcome {
  output: unknown
  /** What it was before `output.as`, where there is one. */
  raw?: Value | undefined
  /** Where to go on: a `switch`'s own word, else the task's `then`. */
  directive?: string | undefined
  /** The workflow ends here. */
  isEnd?: boolean | undefined
}

/** What is done around a task: extensions. */
export type Around = (scope: Scope, place: Place, frame: Frame, perform: () => Promise<Outcome>) => Promise<Outcome>

/** Goes on from the frame. Throws FlowFault, said of the task; Stop where the run's work is over. */
export async function runTask(scope: Scope, place: Place, frame: Frame, around: Around): Promise<Outcome> {
  try {
    const outcome = await withinTimeout(scope, place, frame, (inner) => around(inner, place, frame, () => perform(inner, place, frame)))
    const { raw, ...rest } = outcome
    scope.run.ended(frame, 'completed', { output: new Value(outcome.output), raw: raw !== undefined && isSmall(raw.of) ? raw : undefined, context: place.definition.export === undefined ? undefined : scope.run.state.context })
    return { ...rest, directive: outcome.directive ?? place.definition.then }
  } catch (error) {
    if (error instanceof Stop) {
      if (error.reason === 'interrupted') scope.run.ended(frame, 'cancelled')
      throw error
    }
    const said = toFault(error).at(place.reference)
    scope.run.ended(frame, 'faulted', { error: said.toJSON() })
    throw said
  }
}

async function perform(scope: Scope, place: Place, frame: Frame): Promise<Outcome> {
  const { definition } = place
  const input = await takeInput(scope, place, frame)
  const recorded = scope.services.recorded?.(place)
  const outcome = recorded ?? await scope.services.executorOf(definition)({ scope, place, frame, input })
  if (definition.output === undefined && definition.export === undefined) return outcome
  const view: View = { input }
  const task = { place, frame, rawOutput: outcome.output }
  const output = await giveOutput(scope, recorded === undefined ? definition.output : undefined, outcome.output, variablesOf(scope, task, view))
  if (definition.export !== undefined) await exportFrom(scope, definition.export, output, variablesOf(scope, task, { ...view, output }))
  return { ...outcome, output, raw: definition.output?.as === undefined || recorded !== undefined ? undefined : new Value(outcome.output) }
}

async function takeInput(scope: Scope, place: Place, frame: Frame): Promise<unknown> {
  const { input } = place.definition
  if (input === undefined) return frame.input.of
  frame.from ??= new Value(await transformInput(scope, input, frame.input.of, variablesOf(scope, { place, frame })))
  return frame.from.of
}

/** Of a task and of the workflow. */
export async function transformInput(scope: Pick<Scope, 'run' | 'services'>, { schema, from }: InputDefinition, raw: unknown, variables: Record<string, unknown>): Promise<unknown> {
  await check(scope, schema, raw, 'input')
  return from === undefined ? raw : evaluate(scope, from, raw, variables, { bare: true })
}

export async function giveOutput(scope: Pick<Scope, 'run' | 'services'>, definition: OutputDefinition | undefined, raw: unknown, variables: Record<string, unknown>): Promise<unknown> {
  if (definition === undefined) return raw
  const output = definition.as === undefined ? raw : await evaluate(scope, definition.as, raw, variables, { bare: true })
  await check(scope, definition.schema, output, 'output')
  return output
}

export async function exportFrom(scope: Pick<Scope, 'run' | 'services'>, definition: { schema?: SchemaDefinition, as?: unknown }, output: unknown, variables: Record<string, unknown>): Promise<void> {
  const context = definition.as === undefined ? output : await evaluate(scope, definition.as, output, variables, { bare: true })
  await check(scope, definition.schema, context, 'context')
  scope.run.state.context = new Value(context)
}

async function check(scope: Pick<Scope, 'run' | 'services'>, schema: SchemaDefinition | undefined, value: unknown, what: string): Promise<void> {
  if (schema !== undefined) assertFits(await scope.services.schemaOf(scope.run, schema), value, what)
}

async function withinTimeout(scope: Scope, place: Place, frame: Frame, work: (scope: Scope) => Promise<Outcome>): Promise<Outcome> {
  const { timeout } = place.definition
  if (timeout === undefined) return work(scope)
  frame.until ??= frame.startedAt + await timeoutMs(scope, timeout, frame.input.of, variablesOf(scope, { place, frame }))
  return limited(scope, frame.until, () => fault('timeout', `The task ${place.name} took longer than its timeout.`).at(place.reference), work)
}

export async function timeoutMs(scope: Pick<Scope, 'run' | 'services'>, timeout: string | TimeoutDefinition, input: unknown, variables: Record<string, unknown>): Promise<number> {
  const { after } = typeof timeout === 'string' ? used<TimeoutDefinition>(scope.run, 'timeouts', timeout) : timeout
  return durationMs(await evaluate(scope, after, input, variables))
}

/** Ends the work at a moment: all within it is interrupted, and the fault is thrown. */
export async function limited<Given extends Pick<Scope, 'run' | 'signal'>, Result>(scope: Given, until: number, late: () => FlowFault, work: (scope: Given) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  const signal = AbortSignal.any([scope.signal, controller.signal])
  const forget = scope.run.parking.addDeadline(until)
  let timer: NodeJS.Timeout | undefined
  const plan = (): void => {
    const leftMs = until - Date.now()
    if (leftMs <= 0) controller.abort(new Stop('interrupted'))
    else timer = scope.run.parking.timer(plan, leftMs)
  }
  plan()
  try {
    return await abortable(work({ ...scope, signal }), signal)
  } catch (error) {
    if (controller.signal.aborted && error === controller.signal.reason) throw late()
    throw error
  } finally {
    scope.run.parking.clearTimer(timer)
    forget()
  }
}
