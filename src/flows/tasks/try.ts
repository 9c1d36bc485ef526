/** Tries tasks, catches their errors, tries again after a while, or handles them. */
import type { CatchDefinition, RetryDefinition } from '../definition.ts'
import { durationMs } from '../duration.ts'
import { listFrame, type ListFrame } from '../engine/frame.ts'
import { runList } from '../engine/list.ts'
import { evaluate, holds, used, type Scope } from '../engine/scope.ts'
import { limited } from '../engine/task.ts'
import { Value } from '../engine/value.ts'
import { fault, FlowFault, type FaultDetail } from '../fault.ts'
import { isCaught } from './catching.ts'
import { variablesFor, type Executor, type Work } from './executor.ts'
import { retryDelayMs } from './retry-delay.ts'

interface Progress {
  /** Retries so far. */
  retries: number
  /** Of the first attempt and of the current one, in ms. */
  began: number
  attemptBegan: number
  list?: ListFrame
  /** What was caught last. */
  caught?: Value
  resumeAt?: number
  handler?: ListFrame
}

export const tryTask: Executor = async (work) => {
  const { scope, place, frame, input } = work
  const progress = (frame.data ??= { retries: 0, began: Date.now(), attemptBegan: Date.now(), list: listFrame(new Value(input)) } satisfies Progress) as unknown as Progress
  for (;;) {
    if (progress.handler !== undefined) return handle(work, progress, progress.handler)
    if (progress.resumeAt !== undefined) await rest(work, progress, progress.resumeAt)
    try {
      const { output, isEnd } = await attempt(work, progress)
      return { output, isEnd }
    } catch (error) {
      if (!(error instanceof FlowFault)) throw error
      const catching = place.definition.catch!
      const caught = error.toJSON()
      if (!await isCaught(withError(scope, catching, caught), work, catching, caught)) throw error
      progress.caught = new Value(caught)
      delete progress.list
      const retry = policyOf(scope, catching)
      const resumeAt = retry === undefined ? undefined : await nextAttempt(work, progress, retry)
      if (resumeAt !== undefined) progress.resumeAt = resumeAt
      else if (catching.do !== undefined) progress.handler = listFrame(new Value(input))
      else if (retry === undefined) return { output: input }
      else throw error
      scope.run.touch()
    }
  }
}

async function attempt({ scope, place, input }: Work, progress: Progress): Promise<{ output: unknown, isEnd?: boolean | undefined }> {
  progress.list ??= listFrame(new Value(input))
  const { list } = progress
  const run = (inner: Scope): ReturnType<typeof runList> => runList(inner, place.definition.try!, `${place.reference}/try`, list)
  const tried = { ...scope, attempt: progress.retries + 1, path: `${scope.path}/try` }
  const most = policyOf(scope, place.definition.catch!)?.limit?.attempt?.duration
  if (most === undefined) return run(tried)
  const ms = durationMs(await evaluate(scope, most, input, scope.variables))
  return limited(tried, progress.attemptBegan + ms, () => fault('timeout', 'The attempt took longer than its limit.').at(place.reference), run)
}

async function rest({ scope: { run, signal }, frame }: Work, progress: Progress, until: number): Promise<void> {
  frame.waiting = true
  await run.parking.wait({ until }, signal)
  delete frame.waiting
  delete progress.resumeAt
  progress.retries += 1
  frame.attempts = progress.retries + 1
  run.noted('retried', frame)
  progress.attemptBegan = Date.now()
  run.touch()
}

async function handle({ scope, place }: Work, progress: Progress, list: ListFrame): Promise<{ output: unknown, isEnd?: boolean | undefined }> {
  const catching = place.definition.catch!
  const inner = { ...withError(scope, catching, progress.caught!.of as FaultDetail), path: `${scope.path}/catch` }
  const { output, isEnd } = await runList(inner, catching.do!, `${place.reference}/catch/do`, list)
  return { output, isEnd }
}

function withError(scope: Scope, { as = 'error' }: CatchDefinition, error: FaultDetail): Scope {
  return { ...scope, variables: { ...scope.variables, [as]: error } }
}

function policyOf({ run }: Scope, { retry }: CatchDefinition): RetryDefinition | undefined {
  return typeof retry === 'string' ? used<RetryDefinition>(run, 'retries', retry) : retry
}

/** When to try again; undefined where the policy's limits are reached, or its conditions say no. */
async function nextAttempt(work: Work, progress: Progress, retry: RetryDefinition): Promise<number | undefined> {
  const { place, input } = work
  const scope = withError(work.scope, place.definition.catch!, progress.caught!.of as FaultDetail)
  const variables = variablesFor({ ...work, scope })
  if (retry.when !== undefined && !await holds(scope, retry.when, input, variables)) return undefined
  if (retry.exceptWhen !== undefined && await holds(scope, retry.exceptWhen, input, variables)) return undefined
  if (retry.limit?.attempt?.count !== undefined && progress.retries >= retry.limit.attempt.count) return undefined
  const ms = async (duration: unknown): Promise<number> => durationMs(await evaluate(scope, duration, input, variables))
  const resumeAt = Date.now() + await retryDelayMs(retry, progress.retries + 1, ms)
  if (retry.limit?.duration !== undefined && resumeAt > progress.began + await ms(retry.limit.duration)) return undefined
  return resumeAt
}
