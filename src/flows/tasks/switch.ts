import { holds } from '../engine/scope.ts'
import { variablesFor, type Executor } from './executor.ts'

/** The first case that holds; else the one without a condition; else the task's own `then`. The data goes on as it is. */
export const switchTask: Executor = async (work) => {
  const cases = work.place.definition.switch!.map((item) => Object.values(item)[0]!)
  const variables = variablesFor(work)
  for (const { when, then } of cases) {
    if (when !== undefined && await holds(work.scope, when, work.input, variables)) return { output: work.input, directive: then ?? 'continue' }
  }
  return { output: work.input, directive: cases.find(({ when }) => when === undefined)?.then }
}
