/** Runs a definition against a test case: nothing is called, nothing is stored, no time passes. */
import { uuidv7 } from 'uuidv7'
import type { Jq } from '../../lib/jq/jq.ts'
import { MASKED } from '../../lib/mask.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { FlowDefinition } from '../definition.ts'
import { newState } from '../engine/frame.ts'
import { LiveRun, type RunRow } from '../engine/run.ts'
import type { Services } from '../engine/services.ts'
import { Value } from '../engine/value.ts'
import { runWorkflow } from '../engine/workflow.ts'
import { createExpressions } from '../expressions/evaluate.ts'
import { fault, FlowFault } from '../fault.ts'
import { rightsOf } from '../rights.ts'
import { executorOf } from '../tasks/index.ts'
import { compareRuns, isRecorded, type ReplayOutcome, type TestCase, type TestTask } from './test-case.ts'

export async function replay({ jq }: { jq: Jq }, caller: Caller, definition: FlowDefinition, testCase: TestCase): Promise<ReplayOutcome> {
  const input = new Value(testCase.input)
  const run = new LiveRun(
    { row: rowOf(caller, definition, testCase), definition, input, state: newState(input), caller, expressions: createExpressions({ jq, batchKey: caller.tenantId }) },
    { commit: () => Promise.resolve(), release: () => undefined, isInstant: true })
  try {
    const ending = await runWorkflow(run, servicesOf(testCase))
    const tasks = run.takeEnded().sort((one, other) => one.frame.order - other.frame.order).map(({ frame, status, output, error }): TestTask => ({
      reference: frame.reference, status, input: (frame.from ?? frame.input).of, output: output?.of ?? null, ...error !== undefined && { error },
    }))
    const end = ending.status === 'completed' ? { status: ending.status, output: ending.output ?? null, error: null } : { status: ending.status === 'lost' ? 'cancelled' as const : ending.status, output: null, error: 'error' in ending ? ending.error : null }
    return compareRuns(testCase, { ...end, tasks }, isSame)
  } finally {
    run.close()
  }
}

/** With the id and the moment of the recorded run, so that what depends on them comes out the same. */
function rowOf(caller: Caller, { document: { namespace, name, version } }: FlowDefinition, { run }: TestCase): RunRow {
  return {
    tenantId: caller.tenantId, id: run.id, flowId: uuidv7(), namespace, name, version, startedAt: new Date(run.startedAt), epoch: 0, orderingKey: null,
    state: null, input: '', trigger: '{}', parentId: null, rights: rightsOf(caller), wanted: null,
  }
}

function servicesOf({ tasks }: TestCase): Services {
  const left = new Map<string, TestTask[]>()
  for (const task of tasks) left.set(task.reference, [...left.get(task.reference) ?? [], task])
  const never = (): Promise<never> => Promise.reject(fault('runtime', 'A replay touches nothing.'))
  return {
    executorOf, effects: { kinds: {}, resolveAuthentication: never }, isHeld: () => true, publish: never,
    recorded({ reference, definition }) {
      if (!isRecorded(definition as Record<string, unknown>)) return undefined
      const task = left.get(reference)?.shift()
      if (task === undefined) throw fault('runtime', 'The recorded run has no outcome of this task.')
      if (task.error !== undefined) throw new FlowFault(task.error)
      return { output: task.output }
    },
    // Their values were masked when they were recorded.
    openSecrets(run) {
      for (const name of run.definition.use?.secrets ?? []) run.secrets.set(name, {})
    },
    secret: never, schemaOf: (_run, { document }) => document ?? {},
    listening: { register: never, signals: never, heard: never, end: never }, children: { start: never, end: never, cancel: never },
  }
}

/** What was masked may be anything. */
function isSame(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'string' && expected.includes(MASKED)) return true
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) return Object.is(expected ?? null, actual ?? null)
  const keys = Object.keys(expected)
  return Array.isArray(expected) === Array.isArray(actual) && keys.length === Object.keys(actual).length
    && keys.every((key) => Object.hasOwn(actual, key) && isSame((expected as Record<string, unknown>)[key], (actual as Record<string, unknown>)[key]))
}
