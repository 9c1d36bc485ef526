/** What a type of task does with its transformed input. Its frame's `data` says how far it came, where it was begun before. */
import type { Frame } from '../engine/frame.ts'
import type { Place, Scope } from '../engine/scope.ts'
import { evaluate, variablesOf } from '../engine/scope.ts'
import type { Outcome } from '../engine/task.ts'
import type { Variables } from '../expressions/evaluate.ts'

export interface Work {
  scope: Scope
  place: Place
  frame: Frame
  input: unknown
}

export type Executor = (work: Work) => Promise<Outcome>

/** What expressions in the task's definition see. */
export function variablesFor({ scope, place, frame, input }: Work): Variables {
  return variablesOf(scope, { place, frame }, { input })
}

export function evaluateFor(work: Work, source: unknown, options: { bare?: boolean } = {}): Promise<unknown> {
  return evaluate(work.scope, source, work.input, variablesFor(work), options)
}
