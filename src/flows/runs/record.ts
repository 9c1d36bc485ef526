/** A run as callers see it. */
import type { FaultDetail } from '../fault.ts'
import { framesOf, type Frame, type RunState } from '../engine/frame.ts'
import type { RunEnd } from '../engine/end.ts'
import type { TaskEntry } from '../engine/entry.ts'
import type { RunFacts, RunStatus } from './runs-store.ts'

export interface RunSummary extends Omit<RunFacts, 'trigger' | 'flowId'> {
  trigger: { type: string, [detail: string]: unknown }
}

export interface RunRecord extends RunSummary {
  input: unknown
  output: unknown
  error: FaultDetail | null
  /** In the order in which they started; those that run have no end yet. */
  tasks: ShownTask[]
}

export type ShownTask = Omit<TaskEntry, 'order'>

export function summaryOf({ flowId: _flowId, trigger, ...facts }: RunFacts): RunSummary {
  return { ...facts, trigger: JSON.parse(trigger) as RunSummary['trigger'] }
}

/** What a run that is over leaves. */
export interface StoredRecord { input: unknown, output: unknown, error: FaultDetail | null, tasks: TaskEntry[] }

export function shownTasks(entries: TaskEntry[]): ShownTask[] {
  return entries.sort((one, other) => one.order - other.order).map(({ order: _order, ...shown }) => shown)
}

/** Tasks that have begun and not ended. */
export function openEntries(state: RunState, status: RunStatus): TaskEntry[] {
  return framesOf(state.list).map((frame) => ({
    order: frame.order, reference: frame.reference, name: frame.name, status: status === 'suspended' ? status : statusOf(frame),
    startedAt: new Date(frame.startedAt).toISOString(), endedAt: null, attempts: frame.attempts, ...frame.rounds !== undefined && { rounds: [...frame.rounds] }, input: (frame.from ?? frame.input).of, output: null,
  }))
}

function statusOf({ waiting }: Frame): RunStatus {
  return waiting === true ? 'waiting' : 'running'
}

export function endOf({ status, record }: { status: RunStatus, record: string }): RunEnd {
  const { output, error } = JSON.parse(record) as StoredRecord
  return { status: status as RunEnd['status'], output, error: error ?? undefined }
}
