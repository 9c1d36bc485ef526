/** Which endpoints want events of a type. One event among ten thousand endpoints of which few match must cost next to nothing. */
import { matchesAnyGlob } from '../../lib/glob.ts'

/** The hub's own events about deliveries: an endpoint that gets everything must not get them, lest its failures feed themselves. */
const aboutDeliveries = new Set(['delivery.exhausted', 'webhook.failed'])

function mayMatch(pattern: string, type: string): boolean {
  return !aboutDeliveries.has(type) || pattern.startsWith(type.slice(0, type.indexOf('.') + 1))
}

export function wantsType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => mayMatch(pattern, type) && matchesAnyGlob([pattern], type))
}

/** Types whose answer is remembered until something changes. */
const REMEMBERED_MAX = 2000

export class Subscriptions<Item extends object> {
  readonly #exact = new Map<string, Set<Item>>()
  readonly #byPrefix = new Globs<Item>((pattern) => pattern.slice(0, pattern.indexOf('*')), (type, length) => type.slice(0, length))
  /** Of those without a prefix. */
  readonly #bySuffix = new Globs<Item>((pattern) => pattern.slice(pattern.lastIndexOf('*') + 1), (type, length) => type.slice(type.length - length))
  readonly #answers = new Map<string, readonly Item[]>()

  add(item: Item, patterns: readonly string[]): void {
    this.#answers.clear()
    for (const pattern of patterns) {
      if (pattern.includes('*')) this.#globsOf(pattern).add(pattern, item)
      else addTo(this.#exact, pattern, item)
    }
  }

  remove(item: Item, patterns: readonly string[]): void {
    this.#answers.clear()
    for (const pattern of patterns) {
      if (pattern.includes('*')) this.#globsOf(pattern).remove(pattern, item)
      else removeFrom(this.#exact, pattern, item)
    }
  }

  /** Each once. The answer may be remembered: don't change it. */
  match(type: string): readonly Item[] {
    const known = this.#answers.get(type)
    if (known !== undefined) return known
    const found = new Set<Item>(this.#exact.get(type))
    this.#byPrefix.collect(type, found)
    this.#bySuffix.collect(type, found)
    const answer = [...found]
    if (this.#answers.size >= REMEMBERED_MAX) this.#answers.clear()
    this.#answers.set(type, answer)
    return answer
  }

  #globsOf(pattern: string): Globs<Item> {
    return pattern.startsWith('*') ? this.#bySuffix : this.#byPrefix
  }
}

/** Patterns by the literal text at one of their ends: only those are tried whose text the type has there. */
class Globs<Item extends object> {
  readonly #affixOf: (pattern: string) => string
  readonly #cut: (type: string, length: number) => string
  /** Affix → pattern → items. */
  readonly #byAffix = new Map<string, Map<string, Set<Item>>>()
  /** How many affixes there are of each length. */
  readonly #lengths = new Map<number, number>()

  constructor(affixOf: (pattern: string) => string, cut: (type: string, length: number) => string) {
    this.#affixOf = affixOf
    this.#cut = cut
  }

  add(pattern: string, item: Item): void {
    const affix = this.#affixOf(pattern)
    let patterns = this.#byAffix.get(affix)
    if (patterns === undefined) {
      patterns = new Map()
      this.#byAffix.set(affix, patterns)
      this.#lengths.set(affix.length, (this.#lengths.get(affix.length) ?? 0) + 1)
    }
    addTo(patterns, pattern, item)
  }

  remove(pattern: string, item: Item): void {
    const affix = this.#affixOf(pattern)
    const patterns = this.#byAffix.get(affix)
    if (patterns === undefined) return
    removeFrom(patterns, pattern, item)
    if (patterns.size > 0) return
    this.#byAffix.delete(affix)
    const left = this.#lengths.get(affix.length)! - 1
    if (left > 0) this.#lengths.set(affix.length, left)
    else this.#lengths.delete(affix.length)
  }

  collect(type: string, found: Set<Item>): void {
    for (const length of this.#lengths.keys()) {
      if (length > type.length) continue
      for (const [pattern, items] of this.#byAffix.get(this.#cut(type, length)) ?? []) {
        if (wantsType([pattern], type)) for (const item of items) found.add(item)
      }
    }
  }
}

function addTo<Item>(sets: Map<string, Set<Item>>, key: string, item: Item): void {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([item]))
  else set.add(item)
}

function removeFrom<Item>(sets: Map<string, Set<Item>>, key: string, item: Item): void {
  const set = sets.get(key)
  set?.delete(item)
  if (set?.size === 0) sets.delete(key)
}
