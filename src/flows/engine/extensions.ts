/** Extensions: tasks before and after those that they extend. */
import type { ExtensionDefinition, FlowDefinition, TaskDefinition, TaskList } from '../definition.ts'
import { listFrame, type Frame, type ListFrame } from './frame.ts'
import { holds, variablesOf, type Place, type Scope } from './scope.ts'
import type { Around, Outcome } from './task.ts'
import { Value } from './value.ts'

interface Named { name: string, index: number, extension: ExtensionDefinition }

type RunList = (scope: Scope, list: TaskList, reference: string, frame: ListFrame) => Promise<{ output: unknown, isExit?: boolean }>

/**
 * `before` gets the task's raw input and leaves it as it was, unless it ends with `exit`: then its output is the task's, which is not run. `after` gets
 * the task's output and leaves it as it was.
 */
export function extended(runList: RunList): Around {
  return async (scope, place, frame, perform) => {
    const all = scope.run.definition.use?.extensions
    if (all === undefined || scope.extended !== undefined) return perform()
    const applying = applyingTo(all, place.definition)
    return applying.length === 0 ? perform() : runHalves({ scope, place, frame, runList }, applying, perform)
  }
}

/** How many extend a task. */
export function extensionsAround({ use }: FlowDefinition, definition: TaskDefinition): number {
  return applyingTo(use?.extensions ?? [], definition).length
}

function applyingTo(all: Record<string, ExtensionDefinition>[], definition: TaskDefinition): Named[] {
  return all.map((item, index): Named => ({ name: Object.keys(item)[0]!, index, extension: Object.values(item)[0]! })).filter(({ extension }) => isExtended(extension, definition))
}

interface Extended { scope: Scope, place: Place, frame: Frame, runList: RunList }

async function runHalves(work: Extended, applying: Named[], perform: () => Promise<Outcome>): Promise<Outcome> {
  const around = work.frame.around ??= { at: 0 }
  for (; around.at < applying.length; around.at += 1) {
    const outcome = await half(work, applying[around.at]!, 'before')
    if (outcome?.isExit === true) return { output: outcome.output }
  }
  if (around.output === undefined) {
    const { output, directive, isEnd } = await perform()
    Object.assign(around, { output: new Value(output), ...directive !== undefined && { directive }, ...isEnd !== undefined && { isEnd } })
  }
  for (; around.at < 2 * applying.length; around.at += 1) await half(work, applying[around.at - applying.length]!, 'after')
  return { output: around.output!.of, directive: around.directive, isEnd: around.isEnd }
}

async function half({ scope, place, frame, runList }: Extended, { name, index, extension }: Named, which: 'before' | 'after'): Promise<{ output: unknown, isExit?: boolean } | undefined> {
  const list = extension[which]
  const around = frame.around!
  if (list === undefined) return undefined
  const input = which === 'before' ? frame.input : around.output!
  // Extensions are written against the task's own words: `$task.call`, `$task.with`.
  const described = variablesOf(scope, { place, frame, ...around.output !== undefined && { rawOutput: around.output.of } })
  const extended = { ...place.definition, ...described['task'] as object }
  if (around.list === undefined) {
    if (extension.when !== undefined && !await holds(scope, extension.when, input.of, { ...described, task: extended })) return undefined
    around.list = listFrame(input)
  }
  const outcome = await runList({ ...scope, extended, path: `${scope.path}/${which}` }, list, `/use/extensions/${index}/${name}/${which}`, around.list)
  delete around.list
  return outcome
}

const typesOf = ['call', 'emit', 'for', 'fork', 'listen', 'raise', 'run', 'set', 'switch', 'try', 'wait', 'do'] as const

function isExtended({ extend }: ExtensionDefinition, definition: TaskDefinition): boolean {
  if (extend === 'all') return true
  // A `for` has a `do` as well: the first word that it has is its type.
  const type = typesOf.find((each) => each in definition)
  return extend === type || extend === 'composite' && (type === 'do' || type === 'fork')
}
