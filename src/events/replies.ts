/** Those in this process who wait for a reply. A tenant's stream is followed while somebody does. */
import type { Blobs } from '../blobs/blobs.ts'
import { HubError } from '../errors.ts'
import type { CloudEvent } from './event.ts'
import type { Feed, FeedRow } from './feed.ts'
import { wholeText } from './record.ts'

export interface Replies {
  /** Resolves when no reply can be missed any more. `cancel` must be called in any case. */
  expect(tenantId: string, id: string, options: { timeoutMs: number, signal?: AbortSignal | undefined }): Promise<{ reply: Promise<CloudEvent>, cancel(): void }>
  /** Nobody is waited for any longer. */
  close(): Promise<void>
}

interface Waiting { resolve(reply: CloudEvent): void, reject(error: unknown): void }
interface Following { waiting: Map<string, Waiting>, ready: Promise<void>, running: Promise<void>, controller: AbortController }

export function createReplies({ feed, blobs, onError }: { feed: Feed, blobs: Pick<Blobs, 'read'>, onError(error: unknown): void }): Replies {
  const tenants = new Map<string, Following>()
  const begin = (tenantId: string): Following => {
    const controller = new AbortController()
    const waiting: Following['waiting'] = new Map()
    const start = feed.now(tenantId)
    const running = start.then(async (after) => {
      for await (const rows of feed.follow(tenantId, { after }, controller.signal)) {
        for (const row of rows) await hand(blobs, tenantId, waiting, row).catch(onError)
      }
    })
    // Whoever waits for it to be ready is told why it is not.
    running.catch(() => undefined)
    return { waiting, ready: start.then(() => undefined), running, controller }
  }
  const end = (tenantId: string, following: Following): void => {
    following.controller.abort()
    if (tenants.get(tenantId) === following) tenants.delete(tenantId)
  }
  return {
    async expect(tenantId, id, { timeoutMs, signal }) {
      const following = tenants.get(tenantId) ?? begin(tenantId)
      tenants.set(tenantId, following)
      const { waiting } = following
      const { promise, resolve, reject } = Promise.withResolvers<CloudEvent>()
      // It may be rejected before anybody looks.
      promise.catch(() => undefined)
      waiting.set(id, { resolve, reject })
      const timer = setTimeout(() => { reject(new HubError('reply_timeout', `Nobody replied within ${timeoutMs / 1000} s.`, { extra: { id } })) }, timeoutMs)
      const gone = (): void => { reject(new HubError('shutting_down', 'Whoever asked is gone.')) }
      signal?.addEventListener('abort', gone)
      const cancel = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', gone)
        waiting.delete(id)
        if (waiting.size === 0) end(tenantId, following)
      }
      await following.ready.catch((error: unknown) => {
        cancel()
        throw error
      })
      return { reply: promise, cancel }
    },
    async close() {
      const all = [...tenants]
      for (const [tenantId, following] of all) {
        for (const { reject } of following.waiting.values()) reject(new HubError('shutting_down', 'The hub is stopping.', { retryAfterSeconds: 2 }))
        end(tenantId, following)
      }
      await Promise.allSettled(all.map(([, { running }]) => running))
    },
  }
}

/** What a webhook source got is no reply: anybody may have sent it. */
async function hand(blobs: Pick<Blobs, 'read'>, tenantId: string, waiting: Following['waiting'], row: FeedRow): Promise<void> {
  if (row.webhookSourceId !== null || waiting.size === 0 || !row.text.includes('"correlationid"')) return
  const { correlationid, id } = JSON.parse(row.text) as CloudEvent
  if (typeof correlationid !== 'string' || correlationid === id) return
  const asker = waiting.get(correlationid)
  if (asker === undefined) return
  // One reply is enough, though the second may come while the first is read.
  waiting.delete(correlationid)
  try {
    asker.resolve(JSON.parse(await wholeText(blobs, tenantId, row)) as CloudEvent)
  } catch (error) {
    asker.reject(error)
  }
}
