/** `foreach` of what a task consumes: its tasks for one item, then what is made of it and exported. */
import type { SubscriptionIterator } from '../definition.ts'
import type { ListFrame } from './frame.ts'
import { runList } from './list.ts'
import { variablesOf, type Scope } from './scope.ts'
import { exportFrom, giveOutput } from './task.ts'
import type { Work } from '../tasks/executor.ts'

/** Goes on from the list's frame. `isExit`: its tasks want no further item. */
export async function performEach(work: Work, { item: name = 'item', at = 'index', do: tasks = [], output, export: exported }: SubscriptionIterator, { item, index, list }: { item: unknown, index: number, list: ListFrame }): Promise<{ output: unknown, isExit: boolean }> {
  const { scope, place } = work
  const inner: Scope = { ...scope, variables: { ...scope.variables, [name]: item, [at]: index }, rounds: [...scope.rounds, index], path: `${scope.path}/${index}` }
  const outcome = await runList(inner, tasks, `${place.reference}/foreach/do`, list)
  const made = await giveOutput(inner, output, outcome.output, variablesOf(inner, work, { input: work.input }))
  if (exported !== undefined) await exportFrom(inner, exported, made, variablesOf(inner, work, { input: work.input, output: made }))
  return { output: made, isExit: outcome.isExit === true }
}
