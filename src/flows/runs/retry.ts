/** A run anew: as a new run that begins before a chosen task, with what was recorded up to there. */
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { TaskEntry } from '../engine/entry.ts'
import type { ListFrame, RunState } from '../engine/frame.ts'
import { Value } from '../engine/value.ts'
import type { StoredRecord } from './record.ts'
import { findOver, listJournal } from './runs-store.ts'
import { wholeValues } from './whole.ts'

export interface RetryRequest {
  /** Reference of a task of the first run; one within another stands for the outermost around it. The first task unless given. */
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

/**
 * Secrets in what was recorded are masked, and stay so: a task that needs one gets it from `$secrets` again, or from the input that is given here.
 * Throws HubError `not_found`, `conflict` for a run that is not over, `invalid_input` for a task that the run did not reach.
 */
export async function planRetry({ database, blobs }: { database: Database, blobs: Pick<Blobs, 'read'> }, { tenantId }: Caller, id: string, { from, input }: RetryRequest): Promise<RetryPlan> {
  const db = database.tenant(tenantId)
  const over = await findOver(db, tenantId, id)
  if (over === undefined) throw new HubError('conflict', 'Only a run that is over can be tried again.')
  const { input: first, tasks } = JSON.parse(over.record) as StoredRecord
  const whole = (value: unknown): Promise<unknown> => wholeValues(blobs, db, { tenantId, runId: id }, value)
  const { namespace, name, version } = over
  if (from === undefined) return { flow: { namespace, name }, version, input: input ?? await whole(first), state: undefined }
  const entries = [...(await listJournal(db, tenantId, id)).flatMap((text) => JSON.parse(text) as TaskEntry[]), ...tasks].sort((one, other) => one.order - other.order)
  const at = lastAt(entries, from)
  const before = entries.slice(0, at)
  const made = before.findLast(isOutermost)?.output ?? first
  const list: ListFrame = { at: indexOf(entries[at]!), jumps: 0, input: new Value(input ?? await whole(made)) }
  const context = before.findLast((entry) => 'context' in entry)?.context ?? {}
  return { flow: { namespace, name }, version, input: await whole(first), state: { list, context: new Value(await whole(context)), from: new Value(null), started: 0, journal: 0, large: {} } }
}

const outermost = /^\/do\/(\d+)\/[^/]+$/

function isOutermost({ reference, status }: TaskEntry): boolean {
  return outermost.test(reference) && status === 'completed'
}

/** The last time that the outermost task around it began. */
function lastAt(entries: TaskEntry[], reference: string): number {
  const [around] = /^\/do\/\d+\/[^/]+/.exec(reference) ?? []
  const at = entries.findLastIndex((entry) => entry.reference === around)
  if (at === -1) throw new HubError('invalid_input', 'The run has no such task.', { errors: [{ pointer: '/from', detail: 'is not the reference of a task that the run began' }] })
  return at
}

function indexOf({ reference }: TaskEntry): number {
  return Number(outermost.exec(reference)![1])
}
