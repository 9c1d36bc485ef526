/** A run anew: as a new run that begins before a chosen task, with what was recorded up to there. */
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { FlowDefinition, TaskDefinition, TaskList } from '../definition.ts'
import type { Definitions } from '../definitions.ts'
import type { TaskEntry } from '../engine/entry.ts'
import type { Frame, ListFrame, RunState } from '../engine/frame.ts'
import { Value } from '../engine/value.ts'
import type { StoredRecord } from './record.ts'
import { findOver, listJournal } from './runs-store.ts'
import { wholeValues } from './whole.ts'

export interface RetryRequest {
  /** Reference of a task of the first run. Within loops, branches and handlers it stands for the task that they belong to. The first task unless given. */
  from?: string | undefined
  /** Instead of the input that the task had; of the whole run where no task is named. */
  input?: unknown
}

export interface RetryPlan {
  flow: { namespace: string, name: string }
  version: string
  input: unknown
  /** Where the run begins; undefined for its first task. */
  state: RunState | undefined
}

export interface RetryDeps { database: Database, blobs: Pick<Blobs, 'read'>, definitions: Pick<Definitions, 'version'> }

/**
 * Secrets in what was recorded are masked, and stay so: a task that needs one gets it from `$secrets` again, or from the input that is given here.
 * Throws HubError `not_found`, `conflict` for a run that is not over, `invalid_input` for a task that the run did not reach.
 */
export async function planRetry({ database, blobs, definitions }: RetryDeps, { tenantId }: Caller, id: string, { from, input }: RetryRequest): Promise<RetryPlan> {
  const db = database.tenant(tenantId)
  const over = await findOver(db, tenantId, id)
  if (over === undefined) throw new HubError('conflict', 'Only a run that is over can be tried again.')
  const { input: first, tasks } = JSON.parse(over.record) as StoredRecord
  const whole = (value: unknown): Promise<unknown> => wholeValues(blobs, db, { tenantId, runId: id }, value)
  const { namespace, name, version } = over
  const plan = { flow: { namespace, name }, version }
  if (from === undefined) return { ...plan, input: input ?? await whole(first), state: undefined }
  const definition = await definitions.version(tenantId, over.flowId, version)
  if (definition === undefined) throw new HubError('not_found', 'The definition of this run is gone.')
  const entries = [...(await listJournal(db, tenantId, id)).flatMap((text) => JSON.parse(text) as TaskEntry[]), ...tasks].sort((one, other) => one.order - other.order)
  const places = placesOf(definition, from)
  const list = await frameOf(places, { entries, whole, first, given: input })
  const context = entries.slice(0, lastAt(entries, places.at(-1)!.reference)).findLast((entry) => 'context' in entry)?.context ?? {}
  return { ...plan, input: await whole(first), state: { list, context: new Value(await whole(context)), from: new Value(null), started: places.length - 1, journal: 0, large: {} } }
}

/** One task on the way to the chosen one, itself the last. */
interface Step { reference: string, list: string, name: string, at: number, definition: TaskDefinition }

/** As deep as one can begin: into `do` and `try`, whose frames say no more than where they are. */
function placesOf({ do: tasks }: FlowDefinition, from: string): Step[] {
  const steps: Step[] = []
  let inside: { kind: string, list: TaskList } | undefined = { kind: 'do', list: tasks }
  let reference = ''
  for (const [part, kind, index, name] of from.matchAll(/\/(\w+)\/(\d+)\/([^/]+)/g)) {
    if (inside === undefined || kind !== inside.kind || !from.startsWith(reference + part)) break
    const at = Number(index)
    const definition: TaskDefinition | undefined = Object.values(inside.list[at] ?? {})[0]
    if (definition === undefined) throw noSuchTask()
    steps.push({ reference: reference + part, list: `${reference}/${kind}`, name: name!.replaceAll('~1', '/').replaceAll('~0', '~'), at, definition })
    reference += part
    inside = insideOf(definition)
  }
  if (steps.length === 0) throw noSuchTask()
  return steps
}

function insideOf({ do: tasks, try: tried, for: loop }: TaskDefinition): { kind: string, list: TaskList } | undefined {
  if (tried !== undefined) return { kind: 'try', list: tried }
  return tasks !== undefined && loop === undefined ? { kind: 'do', list: tasks } : undefined
}

interface Recorded {
  entries: TaskEntry[]
  whole(value: unknown): Promise<unknown>
  /** The run's input. */
  first: unknown
  given: unknown
}

/** Of the list that the first of them stands in. */
async function frameOf(steps: Step[], recorded: Recorded, { around, depth = 0 }: { around?: TaskEntry, depth?: number } = {}): Promise<ListFrame> {
  const [{ reference, list, name, at, definition }, ...inner] = steps as [Step, ...Step[]]
  const { entries, whole, first, given } = recorded
  const place = lastAt(entries, reference)
  const own = entries[place]!
  if (inner.length === 0) {
    const before = entries.slice(0, place).findLast((entry) => entry.status === 'completed' && isIn(entry, list) && entry.order > (around?.order ?? -1))
    return { at, jumps: 0, input: new Value(given ?? await whole(before === undefined ? around?.input ?? first : before.output)) }
  }
  const input = new Value(await whole(own.input))
  const began = Date.now()
  const within = await frameOf(inner, recorded, { around: own, depth: depth + 1 })
  const data = definition.try === undefined ? { list: within } : { retries: 0, began, attemptBegan: began, list: within }
  // What was recorded of its input is what its `input.from` made.
  const task: Frame = { order: depth, reference, name, startedAt: began, attempts: 1, input, ...definition.input !== undefined && { from: input }, data }
  return { at, jumps: 0, input, task }
}

function isIn({ reference }: TaskEntry, list: string): boolean {
  return reference.startsWith(`${list}/`) && /^\d+\/[^/]+$/.test(reference.slice(list.length + 1))
}

/** The last time that it began. */
function lastAt(entries: TaskEntry[], reference: string): number {
  const at = entries.findLastIndex((entry) => entry.reference === reference)
  if (at === -1) throw noSuchTask()
  return at
}

function noSuchTask(): HubError {
  return new HubError('invalid_input', 'The run has no such task.', { errors: [{ pointer: '/from', detail: 'is not the reference of a task that the run began' }] })
}
