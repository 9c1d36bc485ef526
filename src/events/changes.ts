/**
 * Notices that something changed, for pages that show it: a topic such as `executions`, and nothing of its content. Unlike
 * events they are stored nowhere: who was away reads again what it shows.
 */
export interface Changes {
  /** In this process. */
  tell(tenantId: string, topic: string): void
  /** Calls `told` with the topics since the last time, a moment after the first of them. Returns how to stop. */
  follow(tenantId: string, told: (topics: string[]) => void): () => void
}

/** Many changes come together; one notice does for them. What comes after a while of quiet is told at once. */
const GATHER_MS = 50
/** What happens in one go is one change. */
const MOMENT_MS = 5

/** How long to wait where the last time was at `last`, in ms. */
function waitFor(last: number, everyMs: number): number {
  return Math.max(Math.min(MOMENT_MS, everyMs), last + everyMs - performance.now())
}

export function createChanges({ gatherMs = GATHER_MS }: { gatherMs?: number } = {}): Changes {
  const followers = new Map<string, Set<(topic: string) => void>>()
  return {
    tell(tenantId, topic) {
      for (const note of followers.get(tenantId) ?? []) note(topic)
    },
    follow(tenantId, told) {
      const topics = new Set<string>()
      let timer: NodeJS.Timeout | undefined
      let last = -Infinity
      const note = (topic: string): void => {
        topics.add(topic)
        timer ??= setTimeout(() => {
          timer = undefined
          last = performance.now()
          const gathered = [...topics]
          topics.clear()
          told(gathered)
        }, waitFor(last, gatherMs))
      }
      const own = followers.get(tenantId) ?? new Set()
      followers.set(tenantId, own.add(note))
      return () => {
        clearTimeout(timer)
        own.delete(note)
        if (own.size === 0) followers.delete(tenantId)
      }
    },
  }
}

export interface Announcer {
  /** To all processes, this one among them, within `everyMs`. */
  announce(tenantId: string): void
  /** Sends what waits. */
  close(): Promise<void>
}

const EVERY_MS = 100
/** A notice of Postgres holds 8,000 bytes. */
const MOST_TENANTS = 200

/** For what happens thousands of times a second: one notice for all of it. `send` gets the tenants' ids. */
export function createAnnouncer({ send, onError, everyMs = EVERY_MS }: { send(tenantIds: string[]): Promise<unknown>, onError(error: unknown): void, everyMs?: number }): Announcer {
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let last = -Infinity
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    last = performance.now()
    const tenantIds = [...waiting]
    waiting.clear()
    for (let at = 0; at < tenantIds.length; at += MOST_TENANTS) await send(tenantIds.slice(at, at + MOST_TENANTS))
  }
  return {
    announce(tenantId) {
      waiting.add(tenantId)
      timer ??= setTimeout(() => { flush().catch(onError) }, waitFor(last, everyMs))
    },
    close: () => flush().catch(onError),
  }
}
