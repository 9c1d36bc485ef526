/** Listens for events: one, all, any of them, or any until something is so. */
import { isDeepStrictEqual } from 'node:util'
import type { CloudEvent } from '../../events/event.ts'
import type { ConsumptionStrategy, EventFilter } from '../definition.ts'
import { performEach } from '../engine/each.ts'
import { listFrame, type ListFrame } from '../engine/frame.ts'
import { holds } from '../engine/scope.ts'
import { Value } from '../engine/value.ts'
import { correlationOf } from '../listening/filter.ts'
import { readProgram } from '../../lib/jq/program.ts'
import type { Variables } from '../expressions/evaluate.ts'
import { templateOf } from '../expressions/template.ts'
import { variablesFor, type Executor, type Work } from './executor.ts'

interface Progress {
  isRegistered?: boolean
  /** The last event that was looked at, of the task's own filters and of `until`'s. */
  after: string
  untilAfter: string
  /** Filters that have had their event, of `all`. */
  met: number[]
  untilMet: number[]
  /** What correlations expect, once a first event has said it. */
  expected: Record<string, Value>
  taken: Value[]
  /** The event that `foreach` is at. */
  each?: { item: Value, list: ListFrame }
}

const BATCH = 100

export const listenTask: Executor = async (work) => {
  const { scope: { run, services, signal }, place, frame } = work
  const { to } = place.definition.listen!
  const progress = (frame.data ??= { after: '', untilAfter: '', met: [], untilMet: [], expected: {}, taken: [] } satisfies Progress) as unknown as Progress
  const waitIds = [work.scope.path, `${work.scope.path}/until`]
  const isCorrelating = JSON.stringify(to).includes('"correlate":')
  if (progress.isRegistered !== true) {
    await register(work, to, progress)
    if (isCorrelating) run.noted('correlating', frame)
  }
  while (!await isDone(work, progress, to)) {
    frame.waiting = true
    await run.parking.wait({ isOver: async () => (await services.listening.signals(run, waitIds[0]!, progress.after, 1)).length + (await services.listening.signals(run, waitIds[1]!, progress.untilAfter, 1)).length > 0 }, signal)
    delete frame.waiting
  }
  if (isCorrelating) run.noted('correlated', frame, Object.fromEntries(Object.entries(progress.expected).map(([name, { of }]) => [name, of])))
  await run.flush()
  await services.listening.end(run, waitIds)
  return { output: progress.taken.map(({ of }) => of) }
}

async function register(work: Work, to: ConsumptionStrategy, progress: Progress): Promise<void> {
  const { run, services, path } = work.scope
  const filters = (of: ConsumptionStrategy): EventFilter[] => (of.one !== undefined ? [of.one] : of.all ?? (of.any?.length === 0 ? [{ with: {} }] : of.any ?? []))
  const stored = (of: ConsumptionStrategy): { filter: EventFilter, variables: Variables }[] => filters(of).map((filter) => ({ filter, variables: variablesNamed(work, filter) }))
  run.state.listened = true
  await services.listening.register(run, [
    { waitId: path, filters: stored(to) },
    ...typeof to.until === 'object' ? [{ waitId: `${path}/until`, filters: stored(to.until) }] : [],
  ])
  progress.isRegistered = true
  run.touch()
}

/** What the filter's expressions name, as it is now. */
function variablesNamed(work: Work, filter: EventFilter): Variables {
  const programs = [...templateOf(filter.with).programs, ...Object.values(filter.correlate ?? {}).flatMap(({ from, expect }) => [...templateOf(from, { bare: true }).programs, ...templateOf(expect).programs])]
  const names = new Set(programs.flatMap((program) => [...readProgram(program).variables]))
  const variables = variablesFor(work)
  return Object.fromEntries([...names].filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]))
}

/** Takes what has come, in the order of the stream. */
async function isDone(work: Work, progress: Progress, to: ConsumptionStrategy): Promise<boolean> {
  const { scope: { run, services, path } } = work
  if (progress.each !== undefined && await takeEach(work, progress, to)) return true
  for (;;) {
    const own = await services.listening.signals(run, path, progress.after, BATCH)
    const until = typeof to.until === 'object' ? await services.listening.signals(run, `${path}/until`, progress.untilAfter, BATCH) : []
    if (own.length === 0 && until.length === 0) return false
    // What came before the end of it counts.
    for (const signal of [...own.map((each) => ({ ...each, isUntil: false })), ...until.map((each) => ({ ...each, isUntil: true }))].sort((one, other) => (one.sequence < other.sequence ? -1 : 1))) {
      if (signal.isUntil) {
        progress.untilAfter = signal.sequence
        progress.untilMet = [...new Set([...progress.untilMet, signal.filterIndex])]
        if (isMet(to.until as ConsumptionStrategy, progress.untilMet)) return true
      } else {
        progress.after = signal.sequence
        if (await take(work, progress, to, { ...signal, event: JSON.parse(signal.event) as CloudEvent })) return true
      }
      run.touch()
    }
  }
}

function isMet({ all }: ConsumptionStrategy, met: number[]): boolean {
  return all === undefined ? met.length > 0 : met.length === all.length
}

async function take(work: Work, progress: Progress, to: ConsumptionStrategy, { eventId, filterIndex, event }: { eventId: string, filterIndex: number, event: CloudEvent }): Promise<boolean> {
  if (to.all !== undefined && progress.met.includes(filterIndex)) return false
  const filter = to.one ?? to.all?.[filterIndex] ?? to.any?.[filterIndex]
  if (filter !== undefined && !await isCorrelated(work, progress, filter, event)) return false
  await work.scope.services.listening.heard(work.scope.run, eventId)
  progress.met = [...new Set([...progress.met, filterIndex])]
  const { foreach } = work.place.definition
  const item = new Value(readAs(event, work.place.definition.listen!.read))
  if (foreach === undefined) {
    progress.taken.push(item)
    return isEnough(work, progress, to)
  }
  progress.each = { item, list: listFrame(item) }
  return takeEach(work, progress, to)
}

/** The first event says what those after it must have, where the filter does not. */
async function isCorrelated(work: Work, progress: Progress, { correlate = {} }: EventFilter, event: CloudEvent): Promise<boolean> {
  const found: Record<string, Value> = {}
  for (const [name, { from, expect }] of Object.entries(correlate)) {
    if (expect !== undefined) continue
    const value = await correlationOf(from, event, work.scope.run.expressions, variablesFor(work))
    const expected = progress.expected[name]
    if (expected !== undefined && !isDeepStrictEqual(expected.of, value ?? null)) return false
    found[name] = new Value(value ?? null)
  }
  Object.assign(progress.expected, found)
  return true
}

/** `foreach`: its tasks for this event, before the next one is looked at. */
async function takeEach(work: Work, progress: Progress, to: ConsumptionStrategy): Promise<boolean> {
  const { item, list } = progress.each!
  const { output, isExit } = await performEach(work, work.place.definition.foreach!, { item: item.of, index: progress.taken.length, list })
  progress.taken.push(new Value(output))
  delete progress.each
  work.scope.run.touch()
  return isExit || await isEnough(work, progress, to)
}

async function isEnough(work: Work, progress: Progress, to: ConsumptionStrategy): Promise<boolean> {
  if (to.any === undefined) return isMet(to, progress.met)
  if (to.until === undefined) return true
  if (typeof to.until !== 'string') return false
  return holds(work.scope, to.until, progress.taken.map(({ of }) => of), variablesFor(work))
}

function readAs(event: CloudEvent, read: 'data' | 'envelope' | 'raw' = 'data'): unknown {
  if (read === 'envelope') return event
  const { data = null, data_base64: raw } = event
  if (read === 'data') return raw ?? data
  return raw ?? (typeof data === 'string' ? data : JSON.stringify(data))
}
