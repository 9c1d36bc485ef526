/**
 * Where a run stands: a tree of frames, one for each task that has begun and not ended. An executor goes on from its frame, so that taking a run up
 * again costs as much as it is deep, whatever it did before.
 */
import { Value } from './value.ts'

export interface Frame {
  /** How many tasks of the run had begun before it. */
  order: number
  /** JSON Pointer of the task, its name included: `/do/0/greet`. */
  reference: string
  name: string
  /** ms */
  startedAt: number
  /** Of the `try` around it, from 1; of a `try`, its own. */
  attempts: number
  /** Which round of the loops around it, the outermost first. */
  rounds?: readonly number[]
  input: Value
  /** What `input.from` made of it. */
  from?: Value
  /** When its own timeout ends it, in ms. */
  until?: number
  /** Waits for events, time or another run. */
  waiting?: boolean
  /** The execution that its call led to. */
  executionId?: string
  /** What the task's executor keeps. */
  data?: Record<string, unknown>
  /** The extensions around it: the one that runs now, in which half, and what the task came to. */
  around?: { at: number, list?: ListFrame, output?: Value, directive?: string | undefined, isEnd?: boolean | undefined }
}

/** A list of tasks that run one after another. */
export interface ListFrame {
  /** Index of the task. */
  at: number
  /** Times that a directive led back: it tells apart what one task does in several rounds. */
  jumps: number
  /** The raw input of the task. */
  input: Value
  task?: Frame
}

export interface RunState {
  list: ListFrame
  context: Value
  /** The workflow's transformed input, where it has an `input.from`. */
  from?: Value
  /** Tasks that have begun. */
  started: number
  /** Journal rows written. */
  journal: number
  /** When the workflow's timeout ends it, in ms. */
  until?: number
  /** It waits for events, or did: there are rows to be cleared at its end. */
  listened?: boolean
  /** Large values that are stored by the hash of their JSON. */
  large: Record<string, string>
}

export function listFrame(input: Value): ListFrame {
  return { at: 0, jumps: 0, input }
}

export function newState(input: Value, large: RunState['large'] = {}): RunState {
  return { list: listFrame(input), context: new Value({}), started: 0, journal: 0, large }
}

function isFrame(value: object): value is Frame {
  return 'order' in value && 'reference' in value
}

/** All frames within, in the order in which their tasks began. */
export function framesOf(within: unknown): Frame[] {
  const found: Frame[] = []
  const walk = (each: unknown): void => {
    if (typeof each !== 'object' || each === null || isValue(each)) return
    if (isFrame(each)) found.push(each)
    for (const member of Object.values(each)) walk(member)
  }
  walk(within)
  return found.sort((one, other) => one.order - other.order)
}

function isValue(value: object): value is Value {
  return value instanceof Value
}
