/**
 * Follows a tenant's events in the order of their commits, so that nobody who follows misses one (see docs/decisions/0014).
 *
 * What is new is read once in a process, however many follow: it stands in a window over the end of the stream. Whoever is not within that
 * reads from the database by himself until he is. So nothing is kept for anybody, and whoever is slow holds up nobody.
 */
import type { Database } from '../db/database.ts'
import { idTime, lowestId } from '../db/partitions.ts'
import { HubError } from '../errors.ts'
import { matchesAnyGlob } from '../lib/glob.ts'
import { isUuid } from '../lib/page.ts'
import { beginning, committedIn, findHorizon, findPosition, readFeed, type FeedRow, type Position } from './feed-store.ts'
import { Window, type FeedPage } from './window.ts'

export type { FeedRow, Position } from './feed-store.ts'

export interface FollowOptions {
  /** Undefined: what comes from now on. */
  after?: (Position & { snapshot?: string | null }) | undefined
  /** Globs. Default: all. */
  types?: string[] | undefined
  webhookSourceId?: string | undefined
  /** Waited for where events were passed over: all before this was handed out, or was not wanted. */
  passed?(at: Position): Promise<void>
}

export interface Feed {
  /** Never ends but by the signal. An outage of the database is waited for. Not more than a hundred events or a megabyte at a time; the next are read when these were taken. */
  follow(tenantId: string, options: FollowOptions, signal: AbortSignal): AsyncGenerator<FeedRow[], void, undefined>
  /** What a reader gave as the last that he saw: a cursor, a hub's id of an event, or `beginning`. Throws HubError `invalid_cursor`. */
  positionOf(tenantId: string, text: string): Promise<Position>
  /** Behind all that is committed. */
  now(tenantId: string): Promise<NonNullable<FollowOptions['after']>>
  /** Something was committed for this tenant; without one, for anybody. */
  wake(tenantId?: string): void
}

export interface FeedDeps {
  database: Pick<Database, 'tenant'>
  onError(error: unknown): void
  /** How often is looked without a wake-up, while somebody follows. */
  pollMs?: number
}

const POLL_MS = 1000
const RETRY_MS = 1000
const PAGE = 100
const PAGE_BYTES = 1024 * 1024
/** What commits after a moment has an id from before it by this at most: an event gets its id before its transaction begins, by a clock of its own. */
const SLACK_MS = 24 * 3_600_000

export function createFeed({ database, onError, pollMs = POLL_MS }: FeedDeps): Feed {
  const windows = new Map<string, Window>()
  const read = (tenantId: string, after: Position, since: number): Promise<FeedPage> =>
    readFeed(database.tenant(tenantId), tenantId, { after, since: lowestId(new Date(Math.max(0, since - SLACK_MS))), limit: PAGE, maxBytes: PAGE_BYTES })
  const windowOf = (tenantId: string): Window => {
    let window = windows.get(tenantId)
    if (window === undefined) {
      window = new Window({ read: (after, since) => read(tenantId, after, since), onError, pollMs, unused: () => { windows.delete(tenantId) } })
      windows.set(tenantId, window)
    }
    return window
  }
  const now: Feed['now'] = (tenantId) => findHorizon(database.tenant(tenantId))
  const patient = <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> => untilDone(work, onError, signal)

  return {
    now,
    async* follow(tenantId, { after, types, webhookSourceId, passed }, signal) {
      let seen: ((row: Position) => boolean) | undefined
      const isWanted = (row: FeedRow): boolean => seen?.(row) !== true && (types === undefined || matchesAnyGlob(types, row.type)) && (webhookSourceId === undefined || row.webhookSourceId === webhookSourceId)
      const window = windowOf(tenantId)
      window.enter()
      try {
        const start = after ?? await patient(() => now(tenantId), signal)
        if (start === undefined) return
        seen = start.snapshot ? committedIn(start.snapshot) : undefined
        let at: Position = start
        let since = after === undefined ? Date.now() : idTime(after.id)
        while (!signal.aborted) {
          const asked = Date.now()
          const page: FeedPage | undefined = window.behind(at, PAGE, PAGE_BYTES) ?? await patient(() => read(tenantId, at, since), signal)
          if (page === undefined) return
          at = page.end
          if (page.atEnd) window.begin(at, since = asked)
          const wanted = page.rows.filter(isWanted)
          if (wanted.length > 0) yield wanted
          else if (page.rows.length > 0) await passed?.(at)
          else if (page.atEnd) await window.beyond(at, signal)
        }
      } finally {
        window.leave()
      }
    },

    async positionOf(tenantId, text) {
      if (text === 'beginning') return beginning
      const position = isUuid(text) ? await findPosition(database.tenant(tenantId), tenantId, text) : readPosition(text)
      if (position !== undefined) return position
      throw new HubError('invalid_cursor', 'Give the id of the last event that you saw on the stream, or leave it out.', { errors: [{ pointer: '?after', detail: 'is no place in the stream' }] })
    },

    wake(tenantId) {
      if (tenantId === undefined) for (const window of windows.values()) window.wake()
      else windows.get(tenantId)?.wake()
    },
  }
}

/** What a reader keeps to go on behind this event. */
export function cursorOf({ xid, id }: Position): string {
  return Buffer.from(`${xid}:${id}`).toString('base64url')
}

function readPosition(cursor: string): Position | undefined {
  if (cursor.length > 200) return undefined
  const [, xid, id] = /^(0|[1-9]\d{0,19}):([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  return xid !== undefined && BigInt(xid) < 2n ** 64n && isUuid(id!) ? { xid, id: id! } : undefined
}

/** Undefined where the signal ended it. */
async function untilDone<Result>(work: () => Promise<Result>, onError: (error: unknown) => void, signal: AbortSignal): Promise<Result | undefined> {
  while (!signal.aborted) {
    try {
      return await work()
    } catch (error) {
      onError(error)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RETRY_MS)
        signal.addEventListener('abort', () => { clearTimeout(timer); resolve() }, { once: true })
      })
    }
  }
  return undefined
}
