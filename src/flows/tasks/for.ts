import { listFrame, type ListFrame } from '../engine/frame.ts'
import { runList } from '../engine/list.ts'
import { evaluate, holds } from '../engine/scope.ts'
import { Value } from '../engine/value.ts'
import { fault } from '../fault.ts'
import { variablesFor, type Executor, type Work } from './executor.ts'

interface Progress {
  items?: Value
  index: number
  /** What the last round made; at first the task's input. */
  input: Value
  list?: ListFrame
  /** What `$context` was when the loop began, where its items are still to be found though it has begun. */
  context?: Value
}

/** Each round gets what the one before made. */
export const forTask: Executor = async (work) => {
  const { scope, place, frame } = work
  const { for: { each = 'item', at = 'index' }, while: condition } = place.definition as { for: { each?: string, at?: string }, while?: string }
  const progress = (frame.data ??= { index: 0, input: new Value(work.input) } satisfies Progress) as unknown as Progress
  progress.items ??= await itemsOf(work, progress)
  const items = progress.items.of as unknown[]
  for (; progress.index < items.length; progress.index += 1) {
    await scope.run.beforeTask(scope.signal)
    const inner = { ...scope, variables: { ...scope.variables, [each]: items[progress.index], [at]: progress.index }, rounds: [...scope.rounds, progress.index], path: `${scope.path}/${progress.index}` }
    if (progress.list === undefined) {
      if (condition !== undefined && !await holds(inner, condition, progress.input.of, variablesFor({ ...work, scope: inner }))) break
      progress.list = listFrame(progress.input)
    }
    const { output, isEnd } = await runList(inner, place.definition.do!, `${place.reference}/do`, progress.list)
    progress.input = new Value(output)
    delete progress.list
    if (isEnd === true) return { output, isEnd }
  }
  return { output: progress.input.of }
}

async function itemsOf(work: Work, { context }: Progress): Promise<Value> {
  const variables = variablesFor(work)
  if (context !== undefined) variables['context'] = context.of
  const items = await evaluate(work.scope, work.place.definition.for!.in, work.input, variables, { bare: true })
  if (items !== null && !Array.isArray(items)) throw fault('expression', `\`for.in\` must give an array, and gave ${typeof items === 'object' ? 'an object' : `a ${typeof items}`}.`)
  return new Value(items ?? [])
}
