/** A task that has ended, on its way into the journal. */
import type { FaultDetail } from '../fault.ts'
import type { Frame } from './frame.ts'
import type { Value } from './value.ts'

export type TaskStatus = 'pending' | 'running' | 'waiting' | 'suspended' | 'cancelled' | 'faulted' | 'completed'

/** As it is stored and shown; `order` is not shown. Times are ISO 8601. */
export interface TaskEntry {
  order: number
  reference: string
  name: string
  status: TaskStatus
  startedAt: string
  endedAt: string | null
  attempts: number
  /** Which round of the loops around it, from 0, the outermost first. */
  rounds?: number[]
  input: unknown
  output: unknown
  /** Before `output.as`, where that is there and it is small: what forms try the expression on. */
  rawOutput?: unknown
  error?: FaultDetail
  /** The execution that a call led to. */
  executionId?: string
  /** Where the task exported: the flow's context from then on. */
  context?: unknown
}

export interface EndedTask {
  context: Value | undefined
  frame: Frame
  status: 'completed' | 'faulted' | 'cancelled'
  endedAt: number
  output: Value | undefined
  raw: Value | undefined
  error: FaultDetail | undefined
}

/** What a run did besides ending tasks: it began one, tries one again, begins to correlate events, and has done so, by these keys. */
export interface RunStep { what: 'began' | 'retried' | 'correlating' | 'correlated', frame: Frame, at: number, keys?: Record<string, unknown> }

/** `write` writes a value as it may be shown. */
export function entryText({ frame, status, endedAt, output, raw, error, context }: EndedTask, write: (value: Value) => string, mask: (json: string) => string): string {
  const { order, reference, name, startedAt, attempts, rounds, input, from, executionId } = frame
  const head = JSON.stringify({ order, reference, name, status, startedAt: new Date(startedAt).toISOString(), endedAt: new Date(endedAt).toISOString(), attempts, rounds, executionId }).slice(0, -1)
  const shownError = error === undefined ? '' : `,"error":${mask(JSON.stringify(error))}`
  const shownRaw = raw === undefined ? '' : `,"rawOutput":${write(raw)}`
  return `${head},"input":${write(from ?? input)},"output":${output === undefined ? 'null' : write(output)}${shownRaw}${shownError}${context === undefined ? '' : `,"context":${write(context)}`}}`
}
