/** What a past run knew at a task, for previews: tasks are found by their names, since the document may have been changed since. */
import type { Run } from '../../../hub/client.ts'
import { valueAt } from '../document/edits.ts'
import { isMembers, memberOf, namesOf, type Members, type Task } from '../graph/tasks.ts'
import { pointerParts } from '../../../lib/pointer.ts'
import type { Moment } from '../panel/field.ts'

type Entry = Run['tasks'][number]

export interface Sample {
  /** The same for the same data: the data itself may be large. */
  key: string
  /** What `.` is; where `first` is given, as long as that was not evaluated. */
  input: unknown
  variables: Record<string, unknown>
  /** Loops around the task, the outermost first: each item is the first of what its program gives. */
  loops: { name: string, at: string, program: string, input: unknown }[]
  /** What the document does to the data before the expression sees it, as it says now. It becomes `.`, and this variable. */
  first?: { value: unknown, input: unknown, variable: 'input' | 'output' } | undefined
  /** What came out before `output.as` was not recorded: what came out after it stands in. */
  isRough?: boolean
}

/** A run with the tasks of the definition that it followed, by their names. */
export interface PastRun { run: Run, tasks: Map<string, Members> }

function entriesByName(run: Run): Map<string, Entry> {
  return new Map(run.tasks.map((entry) => [namesOf(entry.reference), entry]))
}

const named = (value: unknown, otherwise: string): string => (typeof value === 'string' && value !== '' ? value : otherwise)

export function sampleOf(past: PastRun, task: Task, moment: Moment): Sample {
  const { run, tasks } = past
  const entries = entriesByName(run)
  const names = namesOf(task.pointer)
  const entry = entries.get(names)
  const then = tasks.get(names)
  const before = rawInput(run, entries, task)
  // Recorded is what `input.from` made of it.
  const raw = entry === undefined || valueAt(then, '/input/from') !== undefined ? before : entry.input
  const isRecorded = entry?.rawOutput !== undefined
  const made = entry === undefined ? before : isRecorded ? entry.rawOutput : entry.output
  const from = valueAt(task.definition, '/input/from')
  const as = valueAt(task.definition, '/output/as')
  const known = { input: entry?.input ?? before, context: contextAt(run, entry) }
  const sample = (input: unknown, variables: object, first?: Sample['first']): Sample => ({
    key: JSON.stringify([run.id, run.status, run.tasks.length, task.pointer, moment, first?.value]), input, first, loops: loopsAround(past, entries, task, moment),
    variables: { ...variablesOf(run, task), ...known, ...variables, ...moment === 'caught' && caughtBy(run, task) },
  })
  const isRough = !isRecorded && entry !== undefined && valueAt(then, '/output/as') !== undefined
  switch (moment) {
    case 'raw': return sample(raw, { input: raw })
    case 'output': return { ...sample(made, { task: { ...taskOf(task), input: raw, output: made } }), isRough }
    case 'exported': return { ...sample(entry?.output ?? before, { output: entry?.output ?? before }, as === undefined ? undefined : { value: as, input: made, variable: 'output' }), isRough }
    default: return sample(known.input, {}, from === undefined ? undefined : { value: from, input: raw, variable: 'input' })
  }
}

/** Of a flow as a whole: what it began with, and what came out of its last task. */
export function flowSample({ run }: PastRun, moment: Moment): Sample {
  const input = moment === 'output' ? run.tasks.findLast(({ reference, status }) => status === 'completed' && pointerParts(reference).length === TOP_LEVEL)?.output ?? run.input : run.input
  return { key: JSON.stringify([run.id, run.status, run.tasks.length, moment]), input, variables: { secrets: {}, authorization: null, runtime: {}, input: run.input, context: contextAt(run, undefined), workflow: { id: run.id, input: run.input } }, loops: [] }
}

/** `/do/0/fetch` */
const TOP_LEVEL = 3

/** As the last task before it exported it; where it was not reached, the last of all. */
function contextAt(run: Run, entry: Entry | undefined): unknown {
  const at = entry === undefined ? run.tasks.length : run.tasks.lastIndexOf(entry)
  // What lies within it exported before it ended itself.
  const until = entry?.startedAt
  const before = run.tasks.filter((each, index) => each.context !== undefined && (index < at || entry === undefined) && (until === undefined || (each.endedAt ?? '') <= until))
  return before.at(-1)?.context ?? {}
}

/** What was typed in instead of a run's data. */
export function typedSample(input: unknown, task: Task, moment: Moment): Sample {
  const as = valueAt(task.definition, '/output/as')
  const from = valueAt(task.definition, '/input/from')
  const first: Sample['first'] = moment === 'exported' && as !== undefined ? { value: as, input, variable: 'output' } : (moment === 'input' || moment === 'caught' || moment === 'round') && from !== undefined ? { value: from, input, variable: 'input' } : undefined
  return {
    key: JSON.stringify([task.pointer, moment, first?.value, input]), input, first, variables: { input, output: input, context: {}, secrets: {}, runtime: {}, workflow: { input }, task: taskOf(task), ...moment === 'caught' && caughtBy(undefined, task) },
    loops: loopsAround(undefined, new Map(), task, moment).map((loop) => ({ ...loop, input })),
  }
}

const taskOf = ({ name, pointer, definition }: Task): Members => ({ name, reference: pointer, definition })

/** What came out of the last task of its list that ended before it did begin; of one that has not run, of the last before it in the document. Else what went into what it stands in. */
function rawInput(run: Run, entries: Map<string, Entry>, { list, index, parent, pointer }: Task): unknown {
  const own = entries.get(namesOf(pointer))
  const beside = new Set(list.role === 'branches' ? [] : list.tasks.map((each) => namesOf(each.pointer)))
  const ended = own === undefined ? undefined : run.tasks.slice(0, run.tasks.lastIndexOf(own)).findLast((entry) => beside.has(namesOf(entry.reference)) && entry.status === 'completed')
  if (ended !== undefined) return ended.output
  for (const before of own !== undefined || list.role === 'branches' ? [] : list.tasks.slice(0, index).reverse()) {
    const entry = entries.get(namesOf(before.pointer))
    if (entry?.status === 'completed') return entry.output
  }
  return parent === undefined ? run.input : entries.get(namesOf(parent.pointer))?.input ?? rawInput(run, entries, parent)
}

function variablesOf(run: Run, task: Task): Record<string, unknown> {
  const moment = { iso8601: run.startedAt, epoch: { seconds: Math.floor(Date.parse(run.startedAt) / 1000), milliseconds: Date.parse(run.startedAt) } }
  return {
    secrets: {}, authorization: null, runtime: { name: 'Interchange', version: '0.1', metadata: {} },
    workflow: { id: run.id, definition: {}, input: run.input, startedAt: moment }, task: { ...taskOf(task), startedAt: moment },
    ...caughtAround(run, task),
  }
}

/** The error that a `catch` around it caught. */
function caughtAround(run: Run, { parent, list }: Task): Members {
  if (parent === undefined) return {}
  return list.role === 'catch' ? { ...caughtAround(run, parent), ...caughtBy(run, parent) } : caughtAround(run, parent)
}

/** What its own `catch` caught last. */
function caughtBy(run: Run | undefined, { pointer, definition }: Task): Members {
  const within = `${namesOf(pointer)}/try/`
  const error = run?.tasks.findLast((entry) => entry.error !== undefined && namesOf(entry.reference).startsWith(within))?.error
  return { [named(memberOf(definition['catch'], 'as'), 'error')]: error ?? { type: '', status: 500, title: '' } }
}

/** Of its own as well, for what a loop asks at each round. */
function loopsAround(past: PastRun | undefined, entries: Map<string, Entry>, task: Task, moment: Moment = 'input'): Sample['loops'] {
  const { parent } = task
  const around = parent === undefined ? [] : [...loopsAround(past, entries, parent), ...loopOf(past, entries, parent)]
  return moment === 'round' ? [...around, ...loopOf(past, entries, task)] : around
}

function loopOf(past: PastRun | undefined, entries: Map<string, Entry>, task: Task): Sample['loops'] {
  const loop = task.definition['for']
  if (task.kind !== 'for' || !isMembers(loop)) return []
  const input = past === undefined ? undefined : entries.get(namesOf(task.pointer))?.input ?? rawInput(past.run, entries, task)
  return [{ name: named(loop['each'], 'item'), at: named(loop['at'], 'index'), program: String(loop['in'] ?? '.'), input }]
}
