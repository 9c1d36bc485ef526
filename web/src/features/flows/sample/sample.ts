/** What a past run knew at a task, for previews: tasks are found by their names, since the document may have been changed since. */
import type { Run } from '../../../hub/client.ts'
import { isMembers, memberOf, namesOf, type Task } from '../graph/tasks.ts'
import type { Moment } from '../panel/fields.ts'

type Entry = Run['tasks'][number]

export interface Sample {
  /** The same for the same data: the data itself may be large. */
  key: string
  /** What `.` is. */
  input: unknown
  variables: Record<string, unknown>
  /** Loops around the task, the outermost first: each item is the first of what its program gives. */
  loops: { name: string, at: string, program: string, input: unknown }[]
}

function entriesByName(run: Run): Map<string, Entry> {
  return new Map(run.tasks.map((entry) => [namesOf(entry.reference), entry]))
}

const named = (value: unknown, otherwise: string): string => (typeof value === 'string' && value !== '' ? value : otherwise)

export function sampleOf(run: Run, task: Task, moment: Moment): Sample {
  const entries = entriesByName(run)
  const entry = entries.get(namesOf(task.pointer))
  const raw = rawInput(run, entries, task)
  const input = moment === 'raw' ? raw : moment === 'input' ? entry?.input ?? raw : entry?.output ?? raw
  return { key: `${run.id} ${run.status} ${run.tasks.length} ${task.pointer} ${moment}`, input, variables: { ...variablesOf(run, task), context: contextAt(run, entry, moment), input: entry?.input ?? raw, output: entry?.output ?? null }, loops: loopsAround(run, entries, task) }
}

/** As the last task before it exported it; where it was not reached, the last of all. */
function contextAt(run: Run, entry: Entry | undefined, moment: Moment): unknown {
  const at = entry === undefined ? run.tasks.length : run.tasks.lastIndexOf(entry)
  const until = entry?.endedAt != null && moment === 'output' ? entry.endedAt : entry?.startedAt
  const before = run.tasks.filter((each, index) => each.context !== undefined && (index < at || entry === undefined) && (until === undefined || (each.endedAt ?? '') <= until))
  return before.at(-1)?.context ?? {}
}

/** What was typed in instead of a run's data. */
export function typedSample(input: unknown, task: Task): Sample {
  return { key: `${task.pointer} ${JSON.stringify(input)}`, input, variables: { input, output: input, context: {}, secrets: {}, runtime: {}, workflow: { input }, task: { name: task.name, reference: task.pointer } }, loops: loopsAround(undefined, new Map(), task).map((loop) => ({ ...loop, input })) }
}

/** What came out of the last task before it that has run, else what went into what it stands in. */
function rawInput(run: Run, entries: Map<string, Entry>, { list, index, parent }: Task): unknown {
  for (const before of list.role === 'branches' ? [] : list.tasks.slice(0, index).reverse()) {
    const entry = entries.get(namesOf(before.pointer))
    if (entry?.status === 'completed') return entry.output
  }
  return parent === undefined ? run.input : entries.get(namesOf(parent.pointer))?.input ?? rawInput(run, entries, parent)
}

function variablesOf(run: Run, task: Task): Record<string, unknown> {
  const moment = { iso8601: run.startedAt, epoch: { seconds: Math.floor(Date.parse(run.startedAt) / 1000), milliseconds: Date.parse(run.startedAt) } }
  return {
    secrets: {}, authorization: null, runtime: { name: 'Interchange', version: '0.1', metadata: {} },
    workflow: { id: run.id, definition: {}, input: run.input, startedAt: moment }, task: { name: task.name, reference: task.pointer, definition: task.definition, startedAt: moment },
    ...caughtAround(run, task),
  }
}

/** The error that a `catch` around it caught. */
function caughtAround(run: Run, { parent, list }: Task): Record<string, unknown> {
  if (parent === undefined) return {}
  if (list.role !== 'catch') return caughtAround(run, parent)
  const within = `${namesOf(parent.pointer)}/try/`
  const error = run.tasks.findLast((entry) => entry.error !== undefined && namesOf(entry.reference).startsWith(within))?.error
  return { ...caughtAround(run, parent), [named(memberOf(parent.definition['catch'], 'as'), 'error')]: error ?? { type: '', status: 500, title: '' } }
}

function loopsAround(run: Run | undefined, entries: Map<string, Entry>, { parent }: Task): Sample['loops'] {
  if (parent === undefined) return []
  const outer = loopsAround(run, entries, parent)
  const loop = parent.definition['for']
  if (parent.kind !== 'for' || !isMembers(loop)) return outer
  const input = run === undefined ? undefined : entries.get(namesOf(parent.pointer))?.input ?? rawInput(run, entries, parent)
  return [...outer, { name: named(loop['each'], 'item'), at: named(loop['at'], 'index'), program: String(loop['in'] ?? '.'), input }]
}
