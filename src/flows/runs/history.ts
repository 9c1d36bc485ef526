/** What a run recorded, with what it took over from the run that it is a retry of: only the two together say how its tasks stood. */
import { isDeepStrictEqual } from 'node:util'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../../db/database.ts'
import type { FlowDefinition } from '../definition.ts'
import type { TaskEntry } from '../engine/entry.ts'
import { placesOf, type Place } from './places.ts'
import type { StoredRecord } from './record.ts'
import { findOver, listJournal, type OverRunRow } from './runs-store.ts'
import { wholeValues } from './whole.ts'

/** `runId`: of the run that recorded it, whose its large values are. */
export type Recorded = TaskEntry & { runId: string }

export interface History {
  /** In the order in which they ended. */
  ended: Recorded[]
  /** In the order in which they began. */
  begun: Recorded[]
}

export interface HistoryDeps { database: Database, blobs: Pick<Blobs, 'read'> }

/** More retries of retries than anybody makes by hand. */
const MOST_RETRIES = 100

export async function historyOf(deps: HistoryDeps, tenantId: string, { definition, over, retries = 0 }: { definition: FlowDefinition, over: OverRunRow, retries?: number }): Promise<History> {
  const db = deps.database.tenant(tenantId)
  const { tasks } = JSON.parse(over.record) as StoredRecord
  const entries = [...(await listJournal(db, tenantId, over.id)).flatMap((text) => JSON.parse(text) as TaskEntry[]), ...tasks]
  const own = entries.map((entry): Recorded => ({ ...entry, runId: over.id }))
  const { type, runId, from, rounds } = JSON.parse(over.trigger) as { type: string, runId?: string, from?: string, rounds?: number[] }
  const first = type === 'retry' && from !== undefined && retries < MOST_RETRIES ? await findOver(db, tenantId, runId!) : undefined
  if (first === undefined) return inOrder(own)
  const before = await historyOf(deps, tenantId, { definition, over: first, retries: retries + 1 })
  const places = placesOf(definition, from!)
  const began = places && lastOf(before, { reference: from!, rounds })
  if (began === undefined) return inOrder(own)
  // Tasks that were entered again have the order of their first beginning.
  const again = new Set(own.map(({ order }) => order))
  return inOrder([...keptBefore(before, places!, began).filter(({ order }) => !again.has(order)), ...own])
}

function inOrder(ended: Recorded[]): History {
  return { ended, begun: ended.toSorted((one, other) => one.order - other.order) }
}

/** The last time that it began, of those in the given rounds of the loops around it. */
export function lastOf({ begun }: History, { reference, rounds }: { reference: string, rounds?: readonly number[] | undefined }): Recorded | undefined {
  return begun.findLast((entry) => entry.reference === reference && (rounds === undefined || isDeepStrictEqual(entry.rounds ?? [], [...rounds])))
}

/** The time that the task around it ran, within which it began. */
export function aroundOf({ begun }: History, place: Place, entry: Recorded): Recorded | undefined {
  return begun.findLast(({ reference, order }) => reference === place.reference && order < entry.order)
}

/** What began within one time that a task ran. */
export function within({ begun }: History, around: Recorded): Recorded[] {
  const next = begun.find(({ reference, order }) => reference === around.reference && order > around.order)
  return begun.filter(({ reference, order }) => order > around.order && order < (next?.order ?? Infinity) && reference.startsWith(`${around.reference}/`))
}

/** Entries that stand in a list itself, not deeper. */
export function directlyIn(entries: readonly Recorded[], prefix: string): Recorded[] {
  return entries.filter(({ reference }) => reference.startsWith(`${prefix}/`) && /^\d+\/[^/]+$/.test(reference.slice(prefix.length + 1)))
}

/** What stands when a run begins anew at a task: all that began before it, and of branches beside it what they did since, too. In the order in which they ended. */
export function keptBefore(history: History, places: readonly Place[], entry: Recorded): Recorded[] {
  const beside = new Set<number>()
  places.slice(1).forEach((place, index) => {
    const fork = place.kind === 'fork/branches' ? aroundOf(history, places[index]!, entry) : undefined
    if (fork === undefined) return
    for (const { order, reference } of within(history, fork)) if (reference !== place.reference && !reference.startsWith(`${place.reference}/`)) beside.add(order)
  })
  return history.ended.filter(({ order }) => order < entry.order || beside.has(order))
}

/** As it was recorded, with its large parts read. */
export function wholeOf({ database, blobs }: HistoryDeps, tenantId: string, { runId }: Pick<Recorded, 'runId'>, value: unknown): Promise<unknown> {
  return wholeValues(blobs, database.tenant(tenantId), { tenantId, runId }, value)
}
