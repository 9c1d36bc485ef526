import { LRUCache } from 'lru-cache'

/**
 * Keeps at most so many entries, the least recently used goes first. For bounds of thousands that are seldom reached: with `max`,
 * lru-cache sets some 40 bytes aside for each entry at once, however few there are.
 */
export function boundedCache<Value extends object | true | number>(entries: number, options: { ttl?: number } = {}): LRUCache<string, Value> {
  return new LRUCache({ ...options, maxSize: entries, sizeCalculation: () => 1 })
}
