import { listFrame, type ListFrame } from '../engine/frame.ts'
import { runList } from '../engine/list.ts'
import { holds } from '../engine/scope.ts'
import { Value } from '../engine/value.ts'
import { fault } from '../fault.ts'
import { evaluateFor, variablesFor, type Executor, type Work } from './executor.ts'

interface Progress {
  items: Value
  index: number
  /** What the last round made; at first the task's input. */
  input: Value
  list?: ListFrame
}

/** Each round gets what the one before made. */
export const forTask: Executor = async (work) => {
  const { scope, place, frame } = work
  const { for: { each = 'item', at = 'index' }, while: condition } = place.definition as { for: { each?: string, at?: string }, while?: string }
  const progress = frame.data as unknown as Progress | undefined ?? await begin(work)
  frame.data = progress as unknown as Record<string, unknown>
  const items = progress.items.of as unknown[]
  for (; progress.index < items.length; progress.index += 1) {
    await scope.run.beforeTask(scope.signal)
    const inner = { ...scope, variables: { ...scope.variables, [each]: items[progress.index], [at]: progress.index }, path: `${scope.path}/${progress.index}` }
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

async function begin(work: Work): Promise<Progress> {
  const items = await evaluateFor(work, work.place.definition.for!.in, { bare: true })
  if (items !== null && !Array.isArray(items)) throw fault('expression', `\`for.in\` must give an array, and gave ${typeof items === 'object' ? 'an object' : `a ${typeof items}`}.`)
  return { items: new Value(items ?? []), index: 0, input: new Value(work.input) }
}
