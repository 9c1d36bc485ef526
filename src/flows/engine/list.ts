/** Tasks that run one after another, as their directives lead. */
import type { TaskDefinition, TaskList } from '../definition.ts'
import { fault, toFault } from '../fault.ts'
import type { Frame, ListFrame } from './frame.ts'
import { extended } from './extensions.ts'
import { holds, variablesOf, type Place, type Scope } from './scope.ts'
import { runTask, type Outcome } from './task.ts'
import { Value } from './value.ts'

export interface ListOutcome extends Outcome {
  /** A directive said `exit`. */
  isExit?: boolean
}

/** `reference`: of the list, `/do`. Goes on from the frame. */
export async function runList(scope: Scope, list: TaskList, reference: string, frame: ListFrame): Promise<ListOutcome> {
  while (frame.at < list.length) {
    const place = placeIn(list, reference, frame.at)
    const outcome = await runStep(scope, place, reference, frame)
    if (outcome === undefined) {
      frame.at += 1
      continue
    }
    if (outcome.isEnd === true || outcome.directive === 'end') return { output: outcome.output, isEnd: true }
    if (outcome.directive === 'exit') return { output: outcome.output, isExit: true }
    moveOn(list, place, frame, outcome.directive)
  }
  return { output: frame.input.of }
}

/** The task that the frame stands at; undefined where its `if` passes it over. */
export async function runStep(scope: Scope, place: Place, reference: string, frame: ListFrame): Promise<Outcome | undefined> {
  const { run } = scope
  await run.beforeTask(scope.signal)
  if (frame.task === undefined) {
    if (await isSkipped(scope, place, frame)) return undefined
    frame.task = run.newFrame({ reference: place.reference, name: place.name, attempts: scope.attempt, rounds: scope.rounds, input: frame.input })
  }
  const outcome = await runPlaced({ ...scope, path: `${scope.path}${place.reference.slice(reference.length)}${frame.jumps > 0 ? `~${frame.jumps}` : ''}` }, place, frame.task)
  frame.input = new Value(outcome.output)
  delete frame.task
  run.touch()
  return outcome
}

/** A task with whatever extends it. */
export function runPlaced(scope: Scope, place: Place, frame: Frame): Promise<Outcome> {
  return runTask(scope, place, frame, around)
}

const around = extended(runList)

export function placeIn(list: TaskList, reference: string, at: number): Place {
  const [[name, definition]] = Object.entries(list[at]!) as [[string, TaskDefinition]]
  return { name, definition, reference: `${reference}/${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` }
}

/** A task that is skipped leaves the data as it was, and no trace. */
async function isSkipped(scope: Scope, place: Place, frame: ListFrame): Promise<boolean> {
  const { if: condition } = place.definition
  if (condition === undefined) return false
  try {
    return !await holds(scope, condition, frame.input.of, variablesOf(scope, { place, frame: undefined }))
  } catch (error) {
    throw toFault(error).at(place.reference)
  }
}

function moveOn(list: TaskList, place: Place, frame: ListFrame, directive = 'continue'): void {
  const next = directive === 'continue' ? frame.at + 1 : list.findIndex((item) => Object.hasOwn(item, directive))
  if (next === -1) throw fault('configuration', `There is no task ${directive} beside this one to go on with.`).at(place.reference)
  if (next <= frame.at) frame.jumps += 1
  frame.at = next
}
