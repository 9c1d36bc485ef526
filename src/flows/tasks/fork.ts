import { listFrame, type ListFrame } from '../engine/frame.ts'
import { placeIn, runStep } from '../engine/list.ts'
import { Stop } from '../engine/stop.ts'
import type { Outcome } from '../engine/task.ts'
import { Value } from '../engine/value.ts'
import type { Executor, Work } from './executor.ts'

interface Branch { frame: ListFrame, output?: Value }

/**
 * All branches at once. Without `compete` their outputs as an array, and the first fault ends the others; with it the output of the first that
 * completes, and a fault only where none does. A branch that says `end` ends the whole.
 */
export const forkTask: Executor = async (work) => {
  const { scope, place, frame, input } = work
  const { branches: list, compete = false } = place.definition.fork!
  const data = (frame.data ??= { branches: list.map((_, at): Branch => ({ frame: { ...listFrame(new Value(input)), at } })) }) as { branches: Branch[] }
  const won = compete ? data.branches.find(({ output }) => output !== undefined) : undefined
  if (won !== undefined) return { output: won.output!.of }
  const losing = new AbortController()
  const inner = { ...work, scope: { ...scope, signal: AbortSignal.any([scope.signal, losing.signal]) } }
  const open = data.branches.filter(({ output }) => output === undefined)
  let left = open.length
  if (left === 0) return { output: data.branches.map(({ output }) => output!.of) }
  scope.run.parking.addStrands(left - 1)
  const running = open.map((branch) => runBranch(inner, branch).finally(() => {
    left -= 1
    if (left > 0) scope.run.parking.addStrands(-1)
  }))
  try {
    const first = compete ? await firstOf(running) : await allOf(running)
    if (first !== undefined) return first
    return { output: data.branches.map(({ output }) => output!.of) }
  } finally {
    losing.abort(new Stop('interrupted'))
    await Promise.allSettled(running)
  }
}

async function runBranch({ scope, place }: Work, branch: Branch): Promise<Outcome> {
  const reference = `${place.reference}/fork/branches`
  const outcome = await runStep({ ...scope, path: `${scope.path}/fork` }, placeIn(place.definition.fork!.branches, reference, branch.frame.at), reference, branch.frame)
  branch.output = branch.frame.input
  return { output: branch.output.of, isEnd: outcome?.isEnd === true || outcome?.directive === 'end' }
}

/** Undefined once all are done; what ended the whole before. */
function allOf(branches: Promise<Outcome>[]): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    Promise.all(branches.map((branch) => branch.then((outcome) => { if (outcome.isEnd === true) resolve(outcome) }))).then(() => { resolve(undefined) }, reject)
  })
}

async function firstOf(branches: Promise<Outcome>[]): Promise<Outcome> {
  try {
    return await Promise.any(branches)
  } catch (error) {
    const errors = (error as AggregateError).errors as unknown[]
    throw errors.find((each) => each instanceof Stop) ?? errors[0]
  }
}
