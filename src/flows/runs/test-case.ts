/**
 * A finished run as a test case: its input, what its calls answered, and what its tasks came to. Replayed, a definition runs with those answers in
 * place of calls, without time passing, and is compared task by task.
 */
import type { TaskEntry } from '../engine/entry.ts'
import type { FaultDetail } from '../fault.ts'

export interface TestCase {
  /** What it was recorded of. */
  flow: { namespace: string, name: string, version: string }
  run: { id: string, startedAt: string }
  input: unknown
  status: 'completed' | 'faulted' | 'cancelled'
  output: unknown
  error: FaultDetail | null
  tasks: TestTask[]
}

/** In the order in which they began. */
export interface TestTask {
  reference: string
  status: string
  input: unknown
  output: unknown
  error?: FaultDetail
}

/** Secrets are masked in what was recorded, and so in the case. */
export function testCaseOf({ flow, run, input, output, error, status, tasks }: Pick<TestCase, 'flow' | 'run'> & { input: unknown, output: unknown, error: FaultDetail | null, status: TestCase['status'], tasks: Pick<TaskEntry, 'reference' | 'status' | 'input' | 'output' | 'error'>[] }): TestCase {
  return {
    flow, run, input, status, output, error,
    tasks: tasks.map(({ reference, status: ended, input: given, output: made, error: fault }) => ({ reference, status: ended, input: given, output: made, ...fault !== undefined && { error: fault } })),
  }
}

/** Where a replay came out otherwise. */
export interface Difference {
  /** Of the task; empty for the run itself. */
  reference: string
  what: 'status' | 'output' | 'error' | 'missing' | 'unexpected'
  expected: unknown
  actual: unknown
}

/** Types of tasks whose outcome is recorded rather than made: they touch the world, or wait for it. */
const recorded = ['call', 'run', 'emit', 'listen', 'wait'] as const

export function isRecorded(definition: Record<string, unknown>): boolean {
  return recorded.some((word) => Object.hasOwn(definition, word))
}

export interface ReplayOutcome { passed: boolean, differences: Difference[] }

export function compareRuns(expected: Pick<TestCase, 'status' | 'output' | 'error' | 'tasks'>, actual: Pick<TestCase, 'status' | 'output' | 'error' | 'tasks'>, same: (one: unknown, other: unknown) => boolean): ReplayOutcome {
  const differences: Difference[] = []
  const compare = (reference: string, what: Difference['what'], one: unknown, other: unknown): void => {
    if (!same(one, other)) differences.push({ reference, what, expected: one, actual: other })
  }
  compare('', 'status', expected.status, actual.status)
  compare('', 'output', expected.output, actual.output)
  compare('', 'error', errorOf(expected.error), errorOf(actual.error))
  const left = new Map<string, TestTask[]>()
  for (const task of actual.tasks) left.set(task.reference, [...left.get(task.reference) ?? [], task])
  for (const task of expected.tasks) {
    const found = left.get(task.reference)?.shift()
    if (found === undefined) differences.push({ reference: task.reference, what: 'missing', expected: task.output, actual: null })
    else {
      compare(task.reference, 'status', task.status, found.status)
      if (task.status === found.status) compare(task.reference, 'output', task.output, found.output)
    }
  }
  for (const task of [...left.values()].flat()) differences.push({ reference: task.reference, what: 'unexpected', expected: null, actual: task.output })
  return { passed: differences.length === 0, differences }
}

/** Its words may change. */
function errorOf(error: FaultDetail | null): unknown {
  return error === null ? null : { type: error.type, status: error.status, instance: error.instance ?? null }
}
