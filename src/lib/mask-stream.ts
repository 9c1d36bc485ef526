/** Takes secrets out of bytes on their way, by value. The bytes keep their number, so that lengths and offsets that were told before stay true. */
import { pipeline, Transform, type Readable } from 'node:stream'
import { createEndings, createSearch, type Search } from './mask-search.ts'
import type { Mask } from './mask.ts'

/** In what is no text, shorter secrets would be found by chance (the zeros of a PDF, say), and overwriting them would damage a download. */
const SHORTEST_IN_BINARY = 12
const LET_THROUGH = 3
const FILLER = 0x2a // an asterisk

interface StreamKind {
  /** Its content is known to be text. */
  isText: boolean
  /**
   * Somebody waits for each piece: it is not held back for its last bytes alone, however they look. Of a secret that comes in pieces,
   * which part within its first few bytes, those bytes are let through.
   */
  isLive: boolean
}

/** The same stream without secrets. What breaks the source breaks the result. */
export function maskStream(source: Readable, mask: Mask | undefined, { isText, isLive }: StreamKind): Readable {
  const needles = mask?.needles(isText ? 0 : SHORTEST_IN_BINARY) ?? []
  return needles.length === 0 ? source : pipeline(source, maskBytes(needles, isLive ? LET_THROUGH : 0), () => undefined)
}

/** Overwrites each needle, which is bytes written as latin1, with asterisks. Holds back what may be the begin of one, if it is longer than `letThrough`. */
export function maskBytes(needles: readonly string[], letThrough: number): Transform {
  const { search, longestBegin } = finderOf(needles)
  /** The begin of a needle, perhaps, that the last bytes were; so many of them have been passed on, and so many belong to another needle. */
  let [begin, passedOn, covered]: [Buffer, number, number] = [Buffer.alloc(0), 0, 0]
  const pass = (bytes: Buffer, isLast: boolean): Buffer => {
    const text = bytes.toString('latin1')
    const kept = isLast ? 0 : longestBegin(text)
    const known = bytes.length - kept
    const end = kept <= letThrough ? bytes.length : known
    const spans = search(text) ?? []
    const masked = covered > 0 || spans.length > 0 ? Buffer.from(bytes) : bytes
    masked.fill(FILLER, 0, covered)
    for (const span of spans) masked.fill(FILLER, span.start, span.end)
    const given = masked.subarray(passedOn, Math.max(passedOn, end))
    passedOn = Math.max(0, Math.max(passedOn, end) - known)
    // What is kept whole is found again, together with what follows it.
    covered = Math.max(0, covered - known, ...spans.filter(({ start }) => start < known).map((span) => span.end - known))
    begin = bytes.subarray(known)
    return given
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) { done(null, pass(begin.length === 0 ? chunk : Buffer.concat([begin, chunk]), false)) },
    flush(done) { done(null, pass(begin, true)) },
  })
}

interface Finder { search: Search, longestBegin: (text: string) => number }

/** By the needles of a mask, which are the same list each time. */
const finders = new WeakMap<readonly string[], Finder>()

function finderOf(needles: readonly string[]): Finder {
  let finder = finders.get(needles)
  if (finder === undefined) finders.set(needles, finder = { search: createSearch(needles), longestBegin: createEndings(needles) })
  return finder
}
