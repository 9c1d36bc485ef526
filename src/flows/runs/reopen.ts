/**
 * Frames of tasks that had begun, made from what was recorded of them, so that a new run goes on within them: on the way to the task that it is to
 * begin with, and in branches beside that way, where they were left.
 */
import type { FlowDefinition, TaskList } from '../definition.ts'
import { extensionsAround } from '../engine/extensions.ts'
import { listFrame, type Frame, type ListFrame } from '../engine/frame.ts'
import { Value } from '../engine/value.ts'
import { directlyIn, within, type History, type Recorded } from './history.ts'
import { listsOf, placeAt, type ListKind, type Place } from './places.ts'

/** A task, and the time that it ran. */
export interface Step { place: Place, entry: Recorded }

export interface Reopening {
  definition: FlowDefinition
  history: History
  whole(entry: Recorded, value: unknown): Promise<unknown>
  /** `$context` as it was when the task began. */
  contextAt(entry: Recorded): Promise<unknown>
  /** The run's input. */
  first: unknown
  /** What the last task of the way gets, instead of what it had. */
  given: unknown
}

/** The list that the first of the steps stands in. */
export async function onWay(work: Reopening, [step, ...inner]: [Step, ...Step[]], around?: Step): Promise<ListFrame> {
  const { place, entry } = step
  const { given } = work
  if (inner.length > 0) return { at: place.at, jumps: 0, input: new Value(await work.whole(entry, entry.input)), task: await reopened(work, step, inner) }
  const hasFrom = place.definition.input?.from !== undefined
  const input = new Value(given === undefined || hasFrom ? await rawInput(work, step, around) : given)
  // What is given takes the place of what the record shows, which is what `input.from` made.
  return { at: place.at, jumps: 0, input, ...given !== undefined && hasFrom && { task: { ...frameOf(step), input, from: new Value(given) } } }
}

/** Whether what is needed to go on within a task, at this one, was recorded. */
export function canEnter({ history }: Pick<Reopening, 'history'>, around: Step, inner: Step): boolean {
  if (inner.place.kind === 'foreach/do') return takenBefore(history, around, inner.entry) !== undefined
  if (inner.place.kind === 'catch/do') return caughtBefore(history, around, inner.entry) !== undefined
  return around.place.definition.for === undefined || inner.entry.rounds !== undefined
}

function frameOf({ place: { reference, name }, entry: { order, rounds } }: Step): Omit<Frame, 'input'> {
  return { order, reference, name, startedAt: Date.now(), attempts: 1, ...rounds !== undefined && { rounds } }
}

/** A task that goes on within: at the steps, or where it was left. */
async function reopened(work: Reopening, step: Step, inner: Step[]): Promise<Frame> {
  const { place, entry } = step
  const input = new Value(await work.whole(entry, entry.input))
  const data = await dataOf(work, step, inner)
  const extensions = extensionsAround(work.definition, place.definition)
  return { ...frameOf(step), input, ...place.definition.input !== undefined && { from: input }, data, ...extensions > 0 && { around: { at: extensions } } }
}

async function dataOf(work: Reopening, step: Step, inner: Step[]): Promise<Record<string, unknown>> {
  const { place: { definition }, entry } = step
  const input = new Value(await work.whole(entry, entry.input))
  if (definition.fork !== undefined) return { branches: await branchesOf(work, step, inner) }
  const at = inner[0] ?? leftAt(work.history, step)!
  const list = await listOf(work, step, inner, at)
  if (definition.for !== undefined) return { index: at.entry.rounds!.at(-1), input, list, context: new Value(await work.contextAt(entry)) }
  const began = Date.now()
  if (at.place.kind === 'try') return { retries: 0, began, attemptBegan: began, list }
  if (at.place.kind === 'catch/do') return { retries: 0, began, attemptBegan: began, caught: new Value(caughtBefore(work.history, step, at.entry)), handler: list }
  if (at.place.kind === 'foreach/do') {
    const { item, taken } = takenBefore(work.history, step, at.entry)!
    const whole = async (of: Recorded, value: unknown): Promise<Value> => new Value(await work.whole(of, value))
    return { after: '', untilAfter: '', met: [0], untilMet: [], expected: {}, taken: await Promise.all(taken.map((each) => whole(each, each.output))), each: { item: await whole(item, item.input), list } }
  }
  return { list }
}

async function listOf(work: Reopening, around: Step, inner: Step[], at: Step): Promise<ListFrame> {
  const { place, entry } = at
  if (inner.length > 0) return onWay(work, inner as [Step, ...Step[]], around)
  const input = new Value(await work.whole(entry, entry.output))
  // Where a `switch` led to is not recorded; it is asked again.
  if (entry.status === 'completed' && place.definition.switch === undefined) return { at: nextAt(place), jumps: 0, input }
  return left(work, at, around)
}

/** The list of a task that did not end, or is to be asked again. */
async function left(work: Reopening, step: Step, around: Step): Promise<ListFrame> {
  const frame: ListFrame = { at: step.place.at, jumps: 0, input: new Value(await rawInput(work, step, around)) }
  return isLeftWithin(work, step) ? { ...frame, task: await reopened(work, step, []) } : frame
}

/** Whether it was left with something done within that can be gone on with. */
function isLeftWithin(work: Reopening, step: Step): boolean {
  if (step.place.definition.fork !== undefined) return within(work.history, step.entry).length > 0
  const at = leftAt(work.history, step)
  return at !== undefined && canEnter(work, step, at)
}

/** The last task that began directly within. */
function leftAt(history: History, { place, entry }: Step): Step | undefined {
  const found = stepsWithin(history, { place, entry }, Object.keys(listsOf(place.definition)) as ListKind[])
  return found.toSorted((one, other) => one.entry.order - other.entry.order).at(-1)
}

function stepsWithin(history: History, { place, entry }: Step, kinds: ListKind[]): Step[] {
  const lists = listsOf(place.definition)
  const all = within(history, entry)
  return kinds.flatMap((kind) => {
    const prefix = `${place.reference}/${kind}`
    return directlyIn(all, prefix).flatMap((each): Step[] => {
      const inner = placeAt(lists[kind]!, { kind, prefix, at: Number(each.reference.slice(prefix.length + 1).split('/')[0]) })
      return inner === undefined ? [] : [{ place: inner, entry: each }]
    })
  })
}

/** Those that completed keep their outputs, but where the first one wins: there they would end what is to begin. */
async function branchesOf(work: Reopening, step: Step, inner: Step[]): Promise<{ frame: ListFrame, output?: Value }[]> {
  const { place, entry } = step
  const input = new Value(await work.whole(entry, entry.input))
  const began = stepsWithin(work.history, step, ['fork/branches'])
  const branches = await Promise.all(place.definition.fork!.branches.map(async (_, at) => {
    if (inner[0]?.place.at === at) return { frame: await onWay(work, inner as [Step, ...Step[]], step) }
    const found = began.findLast(({ place: own }) => own.at === at)
    if (found === undefined) return { frame: { ...listFrame(input), at } }
    if (found.entry.status !== 'completed') return { frame: await left(work, found, step) }
    const output = new Value(await work.whole(found.entry, found.entry.output))
    return { frame: { at, jumps: 0, input: output }, output }
  }))
  return place.definition.fork!.compete === true ? branches.filter(({ output }) => output === undefined) : branches
}

function nextAt({ list, at, definition: { then = 'continue' } }: Place): number {
  if (then === 'continue') return at + 1
  const named = (list as TaskList).findIndex((item) => Object.hasOwn(item, then))
  return named === -1 ? list.length : named
}

/** Its input as `input.from` found it. */
async function rawInput({ history, whole, first }: Reopening, { place, entry }: Step, around: Step | undefined): Promise<unknown> {
  if (place.definition.input?.from === undefined) return whole(entry, entry.input)
  const beside = place.kind === 'fork/branches' ? [] : directlyIn(around === undefined ? history.begun : within(history, around.entry), place.prefix)
  const before = beside.findLast((each) => each.order < entry.order && each.status === 'completed' && (place.kind !== 'try' || each.attempts === entry.attempts))
  if (before !== undefined) return whole(before, before.output)
  return around === undefined ? first : whole(around.entry, around.entry.input)
}

/** The error that a handler was begun for. */
function caughtBefore(history: History, { place, entry }: Step, handled: Recorded): unknown {
  const [begun] = directlyIn(within(history, entry), `${place.reference}/catch/do`)
  return directlyIn(within(history, entry), `${place.reference}/try`).findLast(({ order, status }) => status === 'faulted' && order < (begun ?? handled).order)?.error
}

/** The event that a task of `foreach` was for, as its first task got it, and the last task of each event before. Undefined where they don't say it. */
function takenBefore(history: History, { place, entry }: Step, { rounds }: Recorded): { item: Recorded, taken: Recorded[] } | undefined {
  const { listen, foreach } = place.definition
  const round = rounds?.at(-1)
  if (round === undefined || listen?.to.all !== undefined || foreach?.output !== undefined) return undefined
  const done = stepsWithin(history, { place, entry }, ['foreach/do'])
  const of = (index: number): Step[] => done.filter((each) => each.entry.rounds?.at(-1) === index)
  const [first] = of(round)
  if (first === undefined || first.place.definition.input?.from !== undefined) return undefined
  const taken = Array.from({ length: round }, (_, index) => of(index).at(-1)?.entry)
  return taken.includes(undefined) ? undefined : { item: first.entry, taken: taken as Recorded[] }
}
