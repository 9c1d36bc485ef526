/** Large values, which are kept among the blobs: once each, however many tasks pass them on. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '../../blobs/blobs.ts'
import type { BlobReference } from '../../connectors/connector.ts'

/** In characters, roughly: what is larger than this leaves its row. */
const MAX_WEIGHT = 64 * 1024
const REMEMBERED = 32

/** A JSON text in which large parts are missing, and where they belong. */
export interface Written { json: string, parts: { path: (string | number)[], part: object | string }[] }

/** Its large parts taken out: the largest parts that hold no large one themselves. `stand` is what stands in their place. */
export function writeWithout(value: unknown, stand: (part: object | string) => string): Written {
  const parts: Written['parts'] = []
  const put = (each: unknown, path: (string | number)[]): string => {
    if (weightOf(each, MAX_WEIGHT) <= MAX_WEIGHT) return JSON.stringify(each) ?? 'null'
    if (typeof each === 'string' || !isWorthSplitting(each as object)) {
      parts.push({ path, part: each as object | string })
      return stand(each as object | string)
    }
    if (Array.isArray(each)) return `[${each.map((item, index) => put(item, [...path, index])).join(',')}]`
    return `{${Object.entries(each as object).map(([key, member]) => `${JSON.stringify(key)}:${put(member, [...path, key])}`).join(',')}}`
  }
  return { json: put(value, []), parts }
}

/** What is left without its large members is not large. */
function isWorthSplitting(value: object): boolean {
  let rest = 0
  for (const [key, member] of Object.entries(value)) {
    const weight = weightOf(member, MAX_WEIGHT)
    rest += key.length + (weight > MAX_WEIGHT ? 200 : weight)
    if (rest > MAX_WEIGHT) return false
  }
  return true
}

/** About as many characters as its JSON has; anything beyond `enough` where there are more. Looks at no string's text. */
function weightOf(value: unknown, enough: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 8
  let weight = 2
  if (Array.isArray(value)) {
    for (const item of value) {
      weight += 1 + weightOf(item, enough - weight)
      if (weight > enough) return weight
    }
    return weight
  }
  for (const key of Object.keys(value)) {
    weight += key.length + 4 + weightOf((value as Record<string, unknown>)[key], enough - weight)
    if (weight > enough) return weight
  }
  return weight
}

/** It stands in its row with all that it holds. */
export const isSmall = (value: unknown): boolean => weightOf(value, MAX_WEIGHT) <= MAX_WEIGHT

/** Of a text's bytes at a time: a whole copy of a large text would double what it takes. */
const PIECE = 256 * 1024

/** No piece ends within a character. */
function* bytesOf(text: string): Generator<Buffer> {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = Math.min(at + PIECE, text.length)
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1
    yield Buffer.from(text.slice(at, end))
  }
}

function hashOf(pieces: Iterable<Buffer>): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

export interface LargeValues {
  /** The reference of a part that was stored; undefined where it was not. */
  find(part: object | string): BlobReference | undefined
  /** Stores it, unless the run has stored the same before. */
  store(part: object | string): Promise<BlobReference>
  /** The same of a JSON text. */
  storeText(json: string): Promise<BlobReference>
  read(id: string): Promise<unknown>
}

export interface LargeDeps {
  blobs: Pick<Blobs, 'write' | 'read'>
  tenantId: string
  /** The run's, by the hash of their JSON: the reference as JSON. Added to here, and kept with the run's state. */
  known: Record<string, string>
  /** A value was stored: whose it is must be noted before the run's state names it. */
  stored(blobId: string): Promise<void>
}

export function createLargeValues({ blobs, tenantId, known, stored }: LargeDeps): LargeValues {
  const byIdentity = new WeakMap<object, BlobReference>()
  // One string at a time: it costs a hash to know one again, and memory to remember it.
  let lastText: { part: string, reference: BlobReference } | undefined
  const remember = (part: object | string, reference: BlobReference): BlobReference => {
    if (typeof part === 'string') lastText = { part, reference }
    else byIdentity.set(part, reference)
    return reference
  }
  const storeText = async (json: string): Promise<BlobReference> => {
    const hash = hashOf(bytesOf(json))
    const before = known[hash]
    if (before !== undefined) return JSON.parse(before) as BlobReference
    const reference = await blobs.write(tenantId, Readable.from(bytesOf(json)), { contentType: 'application/json' })
    await stored(reference.$blob.id)
    known[hash] = JSON.stringify(reference)
    for (const oldest of Object.keys(known).slice(0, -REMEMBERED)) delete known[oldest]
    return reference
  }
  return {
    find: (part) => (typeof part === 'string' ? (lastText?.part === part ? lastText.reference : undefined) : byIdentity.get(part)),
    store: async (part) => remember(part, await storeText(JSON.stringify(part))),
    storeText,
    async read(id) {
      const { reference, stream } = await blobs.read(tenantId, id)
      const bytes = await buffer(stream)
      // Met again as a part of another value, it is the same.
      known[hashOf([bytes])] ??= JSON.stringify(reference)
      const part = JSON.parse(bytes.toString('utf8')) as object | string
      remember(part, reference)
      return part
    },
  }
}
