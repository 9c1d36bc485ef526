/** What is looked up by a secret that comes with each request, and remembered for seconds. */
import { boundedCache } from '../lib/bounded-cache.ts'

export interface Memory<Known> {
  find(secret: string): Promise<Known | undefined>
  /** Something changed: what is remembered may be from before it. */
  forget(): void
}

/** How long another process's change may go unseen where its notice gets lost. */
const CACHE_MS = 5000

export function createMemory<Known extends object>(look: (secret: string) => Promise<Known | undefined>): Memory<Known> {
  const known = boundedCache<Known>(10_000, { ttl: CACHE_MS })
  /** How often something changed: what was looked up across a change may be from before it, and is not remembered. */
  let changes = 0
  return {
    async find(secret) {
      const remembered = known.get(secret)
      if (remembered !== undefined) return remembered
      const before = changes
      const found = await look(secret)
      if (found !== undefined && changes === before) known.set(secret, found)
      return found
    },
    forget() {
      changes += 1
      known.clear()
    },
  }
}

export interface Uses {
  note(id: string): void
  flush(): Promise<void>
}

/** When things were last used, written now and then and not on each use. What could not be written is written the next time. */
export function createUses(write: (ids: string[], at: Date) => Promise<void>): Uses {
  let used = new Set<string>()
  return {
    note: (id) => { used.add(id) },
    async flush() {
      if (used.size === 0) return
      const noted = used
      used = new Set()
      try {
        await write([...noted], new Date())
      } catch (error) {
        for (const id of noted) used.add(id)
        throw error
      }
    },
  }
}
