/** A task that stands for another: what the name of a function leads to. */
import type { TaskDefinition } from '../definition.ts'
import type { Work } from '../tasks/executor.ts'
import type { Frame } from './frame.ts'
import { runPlaced } from './list.ts'
import { Value } from './value.ts'

/** Runs it in the place of the task that asks, with an input of its own. Goes on from its frame. */
export async function perform({ scope, place, frame }: Work, definition: TaskDefinition, input: unknown): Promise<unknown> {
  const reference = `${place.reference}/function`
  const data = frame.data as { inner?: Frame } | undefined ?? {}
  frame.data = data as Record<string, unknown>
  data.inner ??= scope.run.newFrame({ reference, name: place.name, attempts: scope.attempt, rounds: scope.rounds, input: new Value(input) })
  const { output } = await runPlaced({ ...scope, path: `${scope.path}/function` }, { name: place.name, definition, reference }, data.inner)
  return output
}
