/** Answers of reads, kept in memory for an integration's `ttl`, within one bound over all integrations. */
import { LRUCache } from 'lru-cache'
import { canonical } from '../../lib/json/canonical.ts'

export interface CachedAnswer {
  data: unknown
  statusCode: number | undefined
  sizeBytes: number
}

export interface AnswerCache {
  find(integrationKey: string, operation: string, input: unknown): CachedAnswer | undefined
  keep(integrationKey: string, operation: string, input: unknown, answer: CachedAnswer, ttlSeconds: number): void
}

/** Larger answers are not worth their place. */
const LARGEST_BYTES = 1024 * 1024

export function createAnswerCache(maxBytes: number): AnswerCache {
  const cache = new LRUCache<string, CachedAnswer>({ maxSize: maxBytes, sizeCalculation: ({ sizeBytes }, key) => sizeBytes + key.length + 200 })
  return {
    find: (integrationKey, operation, input) => cache.get(keyOf(integrationKey, operation, input)),
    keep(integrationKey, operation, input, answer, ttlSeconds) {
      if (answer.sizeBytes > LARGEST_BYTES) return
      cache.set(keyOf(integrationKey, operation, input), answer, { ttl: ttlSeconds * 1000 })
    },
  }
}

/** `integrationKey` holds tenant, id and revision: an edited integration never answers from before the edit. */
function keyOf(integrationKey: string, operation: string, input: unknown): string {
  return `${integrationKey}\n${operation}\n${canonical(input)}`
}
