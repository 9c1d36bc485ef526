/**
 * Finds many needles in a text at once. Texts mostly hold none, which must cost next to nothing: long needles are looked for
 * by Wu and Manber's algorithm (TR-94-17, University of Arizona), which skips most of the text, short ones by `indexOf`.
 */

export interface Span { start: number, end: number }

/** Where needles stand, in order; overlapping places are one. Undefined where there are none. */
export type Search = (text: string) => Span[] | undefined

/** Shorter needles would spoil the skipping. */
const LONG = 12
/** Skipping farther gains little, and half of a needle's characters filling the table loses it. */
const WINDOW_MAX = 24
const BLOCK = 3
const TABLE_SIZE = 2048
/** Comparing with a needle may take so many times the text's length before it is looked for in the way that is linear for every text. */
const COMPARISONS_MAX = 8

/** Needles have at least 3 characters. */
export function createSearch(needles: readonly string[]): Search {
  const short = needles.filter(({ length }) => length < LONG)
  const long = needles.filter(({ length }) => length >= LONG)
  const searchLong = long.length === 0 ? undefined : createLongSearch(long)
  return (text) => {
    let found = searchLong?.(text)
    for (const needle of short) {
      for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) add(found ??= [], at, at + needle.length)
    }
    return found === undefined || found.length === 0 ? undefined : merged(found)
  }
}

/** Into the last one where it overlaps: a place a character (a needle of a's in a text of a's) would fill the memory. */
function add(spans: Span[], start: number, end: number): void {
  const last = spans.at(-1)
  if (last !== undefined && start >= last.start && start < last.end) last.end = Math.max(last.end, end)
  else spans.push({ start, end })
}

function merged(spans: Span[]): Span[] {
  const sorted = spans.sort((a, b) => a.start - b.start || b.end - a.end)
  const result = [sorted[0]!]
  for (const span of sorted) {
    const last = result.at(-1)!
    if (span.start >= last.end) result.push(span)
    else last.end = Math.max(last.end, span.end)
  }
  return result
}

function createLongSearch(needles: string[]): (text: string) => Span[] | undefined {
  const window = Math.min(WINDOW_MAX, ...needles.map(({ length }) => length))
  // How far the window may move on, by the block at its end.
  const shifts = new Uint8Array(TABLE_SIZE).fill(window - BLOCK + 1)
  const ending = new Map<number, number[]>()
  for (const [index, needle] of needles.entries()) {
    for (let at = BLOCK - 1; at < window; at += 1) {
      const slot = slotOf(needle, at)
      const shift = window - 1 - at
      shifts[slot] = Math.min(shifts[slot]!, shift)
      if (shift === 0) ending.set(slot, [...ending.get(slot) ?? [], index])
    }
  }
  return (text) => {
    let found: Span[] | undefined
    let effort: Effort | undefined
    for (let at = window - 1; at < text.length;) {
      const slot = slotOf(text, at)
      const shift = shifts[slot]!
      at += shift
      if (shift > 0) continue
      const start = at - window + 1
      effort ??= new Effort(needles.length, text.length)
      const candidates = ending.get(slot)!
      for (let each = 0; each < candidates.length; each += 1) {
        const index = candidates[each]!
        if (effort.isTooMuch(index)) continue
        const needle = needles[index]!
        const length = agreement(text, needle, start)
        effort.note(index, length)
        if (length === needle.length) add(found ??= [], start, start + length)
      }
      at += 1
    }
    for (const [index, needle] of needles.entries()) {
      if (effort?.isTooMuch(index)) found = [...found ?? [], ...linearSearch(text, needle)]
    }
    return found
  }
}

/** What comparing with each needle took. */
class Effort {
  readonly #spent: Float64Array
  readonly #most: number

  constructor(needles: number, textLength: number) {
    this.#spent = new Float64Array(needles)
    this.#most = textLength * COMPARISONS_MAX + 1000
  }

  note(needle: number, comparisons: number): void { this.#spent[needle]! += comparisons }
  isTooMuch(needle: number): boolean { return this.#spent[needle]! > this.#most }
}

function slotOf(text: string, at: number): number {
  return ((text.charCodeAt(at - 2) << 8) ^ (text.charCodeAt(at - 1) << 4) ^ text.charCodeAt(at)) & (TABLE_SIZE - 1)
}

function agreement(text: string, needle: string, start: number): number {
  let length = 0
  while (length < needle.length && text.charCodeAt(start + length) === needle.charCodeAt(length)) length += 1
  return length
}

/** Knuth, Morris and Pratt's: for texts made to be expensive, such as a needle of many a's and a b in a text of a's. */
function linearSearch(text: string, needle: string): Span[] {
  const found: Span[] = []
  const borders = bordersOf(needle)
  let matched = 0
  for (let at = 0; at < text.length; at += 1) {
    matched = advance(needle, borders, matched, text.charCodeAt(at))
    if (matched < needle.length) continue
    matched = borders[matched - 1]!
    add(found, at + 1 - needle.length, at + 1)
  }
  return found
}

/** How long the longest begin of a needle is that a text ends with. */
export function createEndings(needles: readonly string[]): (text: string) => number {
  const prepared = needles.map((needle) => ({ needle, borders: bordersOf(needle) }))
  return (text) => {
    let longest = 0
    for (const { needle, borders } of prepared) {
      let matched = 0
      for (let at = Math.max(0, text.length - needle.length + 1); at < text.length; at += 1) matched = advance(needle, borders, matched, text.charCodeAt(at))
      longest = Math.max(longest, matched)
    }
    return longest
  }
}

function advance(needle: string, borders: Int32Array, matched: number, unit: number): number {
  let now = matched
  while (now > 0 && needle.charCodeAt(now) !== unit) now = borders[now - 1]!
  return needle.charCodeAt(now) === unit ? now + 1 : now
}

/** For each prefix of the needle, the length of the longest proper one that it also ends with. */
function bordersOf(needle: string): Int32Array {
  const borders = new Int32Array(needle.length)
  for (let at = 1, length = 0; at < needle.length; at += 1) {
    while (length > 0 && needle.charCodeAt(at) !== needle.charCodeAt(length)) length = borders[length - 1]!
    if (needle.charCodeAt(at) === needle.charCodeAt(length)) length += 1
    borders[at] = length
  }
  return borders
}
