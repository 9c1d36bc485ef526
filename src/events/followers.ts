/** Those who follow a tenant's events for good: they remember how far they came, and handle each event at least once, in one process at a time. */
import { setTimeout as pause } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import type { CloudEvent } from './event.ts'
import { beginning, findHorizon, type FeedRow, type Position } from './feed-store.ts'
import type { Feed } from './feed.ts'
import { deleteFollower, holdFollower, insertFollower, moveFollower, releaseFollower, type FollowerKey, type FollowerPlace } from './followers-store.ts'
import { wholeText } from './record.ts'

export interface FollowedEvent {
  /** The hub's own id. */
  id: string
  event: CloudEvent
  /** The whole event. */
  json: string
  /** Of a later event in the stream it sorts behind, as text. */
  sequence: string
  /** Events of webhook sources came from outside, by nobody's key. */
  webhookSourceId: string | null
}

export interface Follower extends FollowerKey {
  /** Globs. Default: all. */
  types?: string[] | undefined
  /** A batch comes again, here or in another process, until this resolved. */
  handle(batch: FollowedEvent[]): Promise<void>
}

export interface Followers {
  /** Where the name begins; nothing where it follows already. Part of the caller's transaction. */
  begin(db: Db, tenantId: string, name: string, from?: 'now' | 'beginning'): Promise<void>
  /** From where the name came last. While another process has it, waits for its turn. `stop` waits for the batch under way and lets others go on. */
  follow(follower: Follower): { stop(): Promise<void> }
  remove(db: Db, tenantId: string, name: string): Promise<void>
}

export interface FollowersDeps {
  database: Pick<Database, 'tenant'>
  blobs: Pick<Blobs, 'read'>
  feed: Feed
  onError(error: unknown): void
  leaseSeconds?: number
  /** After a first failure; each further one takes twice as long, up to the longest. */
  firstRetryMs?: number
  /** How often its place is noted while nothing comes that it wants. */
  noteEveryMs?: number
}

const LEASE_SECONDS = 15
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000
const NOTE_EVERY_MS = 5000

export function createFollowers(deps: FollowersDeps): Followers {
  const processId = uuidv7()
  return {
    begin: beginFollower,
    follow(follower) {
      const controller = new AbortController()
      // Two of a process with the same name take turns as two processes do.
      const running = keepFollowing(deps, follower, { processId: `${processId.slice(0, 24)}${uuidv7().slice(24)}`, signal: controller.signal })
      return { stop: () => { controller.abort(); return running } }
    },
    remove: (db, tenantId, name) => deleteFollower(db, { tenantId, name }),
  }
}

export const beginFollower: Followers['begin'] = async (db, tenantId, name, from = 'now') => {
  await insertFollower(db, { tenantId, name }, from === 'now' ? await findHorizon(db) : beginning)
}

interface Run { processId: string, signal: AbortSignal }

async function keepFollowing(deps: FollowersDeps, follower: Follower, { processId, signal }: Run): Promise<void> {
  const { database, onError, leaseSeconds: seconds = LEASE_SECONDS } = deps
  const db = database.tenant(follower.tenantId)
  while (!signal.aborted) {
    try {
      const from = await holdFollower(db, follower, { processId, seconds })
      if (from !== undefined) await hold(deps, follower, { processId, signal, from })
    } catch (error) {
      onError(error)
    }
    await rest(seconds * 200, signal)
  }
}

/** Follows until the lease is lost or the signal ends. */
async function hold(deps: FollowersDeps, follower: Follower, { processId, signal, from }: Run & { from: FollowerPlace }): Promise<void> {
  const { database, feed, onError, leaseSeconds: seconds = LEASE_SECONDS, noteEveryMs = NOTE_EVERY_MS } = deps
  const db = database.tenant(follower.tenantId)
  const lost = new AbortController()
  let until = performance.now() + seconds * 1000
  const timer = setInterval(() => {
    const asked = performance.now()
    holdFollower(db, follower, { processId, seconds }).then((held) => {
      if (held === undefined) lost.abort()
      else until = asked + seconds * 1000
    }, onError)
    // Whoever could not prolong it must let go before others may take it.
    if (asked > until - seconds * 200) lost.abort()
  }, seconds * 200)
  timer.unref()
  const ended = AbortSignal.any([signal, lost.signal])
  let notedAt = performance.now()
  // So that it need not pass over the same events again when it is started anew.
  const passed = async (at: Position): Promise<void> => {
    if (performance.now() - notedAt < noteEveryMs) return
    await moveFollower(db, follower, at, processId)
    notedAt = performance.now()
  }
  try {
    for await (const rows of feed.follow(follower.tenantId, { after: from, types: follower.types, passed }, ended)) {
      for (const batch of batchesOf(rows)) {
        const isHandled = await handleUntilDone(deps, follower, batch, ended)
        if (!isHandled || !await moveFollower(db, follower, batch.at(-1)!, processId)) return
      }
    }
  } finally {
    clearInterval(timer)
    await releaseFollower(db, follower, processId).catch(onError)
  }
}

/** Large events are few at a time: they are read whole. */
const MOST_LARGE = 4

function batchesOf(rows: FeedRow[]): FeedRow[][] {
  const batches: FeedRow[][] = []
  let large = 0
  for (const row of rows) {
    if (batches.length === 0 || large >= MOST_LARGE) {
      batches.push([])
      large = 0
    }
    if (row.blobId !== null) large += 1
    batches.at(-1)!.push(row)
  }
  return batches
}

/** False where the signal ended it first. */
async function handleUntilDone({ blobs, onError, firstRetryMs = FIRST_RETRY_MS }: FollowersDeps, { tenantId, handle }: Follower, rows: FeedRow[], signal: AbortSignal): Promise<boolean> {
  for (let waitMs = firstRetryMs; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    try {
      await handle(await Promise.all(rows.map(async (row) => followedOf(row, await wholeText(blobs, tenantId, row)))))
      return true
    } catch (error) {
      if (!signal.aborted) onError(error)
    }
    await rest(waitMs, signal)
  }
  return false
}

function followedOf({ id, xid, webhookSourceId }: FeedRow, json: string): FollowedEvent {
  return { id, event: JSON.parse(json) as CloudEvent, json, sequence: `${xid.padStart(20, '0')}-${id}`, webhookSourceId }
}

function rest(ms: number, signal: AbortSignal): Promise<unknown> {
  return pause(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
