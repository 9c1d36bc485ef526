/** Streams of a tenant's events to readers outside: resumable, bounded, and ended when the reader's key or the hub ends. */
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { cursorOf, type Feed } from './feed.ts'
import { recordText } from './record.ts'

export interface StreamOptions {
  caller: Caller
  /** Globs; all where there are none. */
  types: string[]
  webhookSourceId?: string | undefined
  /** Undefined: what comes from now on. */
  after?: string | undefined
  /** Who they are by now, asked again every few seconds; undefined ends the stream. */
  stillAllowed(): Promise<boolean>
  /** The reader is gone. */
  signal: AbortSignal
}

export interface StreamItem {
  /** To go on behind it. */
  cursor: string
  /** The event's record, as JSON. */
  json: string
}

export interface OpenStream {
  /** Ends when one of the signals does, with the reason in `ended`. */
  pages: AsyncIterable<StreamItem[]>
  /** Why it ended; undefined while it goes on, or where the reader went. */
  ended(): 'key' | 'hub' | undefined
}

export interface Streams {
  /** Throws `invalid_cursor`, `rate_limited` where the tenant has too many open, `shutting_down`. */
  open(options: StreamOptions): Promise<OpenStream>
  /** Ends all of them. */
  close(): void
}

/** Of one tenant, in one process. */
const MOST_STREAMS = 1000
const CHECK_EVERY_MS = 2000

export function createStreams({ feed, onError, checkEveryMs = CHECK_EVERY_MS, mostStreams = MOST_STREAMS }: { feed: Feed, onError(error: unknown): void, checkEveryMs?: number, mostStreams?: number }): Streams {
  const counts = new Map<string, number>()
  const closing = new AbortController()
  return {
    async open({ caller: { tenantId }, types, webhookSourceId, after, stillAllowed, signal }) {
      if (closing.signal.aborted) throw new HubError('shutting_down', 'The hub is stopping.', { retryAfterSeconds: 2 })
      const count = counts.get(tenantId) ?? 0
      if (count >= mostStreams) throw new HubError('rate_limited', `Only ${mostStreams} streams may be open at a time.`, { retryAfterSeconds: 10 })
      counts.set(tenantId, count + 1)
      let timer: NodeJS.Timeout | undefined
      let isOpen = true
      const leave = (): void => {
        if (!isOpen) return
        isOpen = false
        clearInterval(timer)
        const left = counts.get(tenantId)! - 1
        if (left === 0) counts.delete(tenantId)
        else counts.set(tenantId, left)
      }
      try {
        // Now, not when it is first read from: nothing may slip through in between.
        const start = after === undefined ? await feed.now(tenantId) : await feed.positionOf(tenantId, after)
        const revoked = new AbortController()
        const ended = AbortSignal.any([signal, revoked.signal, closing.signal])
        timer = watch({ stillAllowed, revoked, checkEveryMs, onError })
        // Also where nobody came to read it.
        ended.addEventListener('abort', leave)
        return { pages: follow({ feed, tenantId, options: { after: start, webhookSourceId, ...types.length > 0 && { types } }, ended }, leave), ended: () => (revoked.signal.aborted ? 'key' : closing.signal.aborted ? 'hub' : undefined) }
      } catch (error) {
        leave()
        throw error
      }
    },
    close() { closing.abort() },
  }
}

interface Followed { feed: Feed, tenantId: string, options: Parameters<Feed['follow']>[1], ended: AbortSignal }

async function* follow({ feed, tenantId, options, ended }: Followed, leave: () => void): AsyncGenerator<StreamItem[], void, undefined> {
  try {
    for await (const rows of feed.follow(tenantId, options, ended)) {
      if (ended.aborted) return
      yield rows.map((row) => ({ cursor: cursorOf(row), json: recordText(row) }))
    }
  } finally {
    leave()
  }
}

/** While nobody can say, the stream goes on: an outage revokes no key. */
function watch({ stillAllowed, revoked, checkEveryMs, onError }: { stillAllowed: StreamOptions['stillAllowed'], revoked: AbortController, checkEveryMs: number, onError(error: unknown): void }): NodeJS.Timeout {
  const timer = setInterval(() => { stillAllowed().then((allowed) => { if (!allowed) revoked.abort() }, onError) }, checkEveryMs)
  timer.unref()
  return timer
}
