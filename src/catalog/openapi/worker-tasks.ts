/** What the worker does, as plain functions over bytes. */
import { LRUCache } from 'lru-cache'
import { assumeSecurity } from './assume-security.ts'
import { describeDocument } from './describe.ts'
import { differences } from './diff/differences.ts'
import { normalise } from './normalise/document.ts'
import { parseSource } from './parse/parse.ts'
import { openDocument, resolve, type OpenDocument } from './resolve/resolve.ts'
import type { DocumentDifference, ImportedDocument, Json, ResolvedOperation } from './types.ts'

export interface ImportRequest {
  bytes: Uint8Array
  contentType?: string
  sourceUrl?: string
  /** False takes a document that is silent about authentication at its word; otherwise see `assumeSecurity`. */
  assumeSecurity?: boolean
}

export type ImportReply = Omit<ImportedDocument, 'normalised'> & { normalised: Uint8Array<ArrayBuffer> }

export function importNow(request: ImportRequest): ImportReply {
  const parsed = parseSource(request.bytes, request)
  const { normal, specification, warnings } = normalise(parsed, request.sourceUrl)
  const assumed = request.assumeSecurity === false ? undefined : assumeSecurity(normal)
  if (assumed !== undefined) warnings.push(assumed)
  const described = describeDocument(normal, specification, warnings)
  return { ...described, normalised: new TextEncoder().encode(JSON.stringify(normal)) }
}

/** A parsed document takes about four times its text in memory. */
const keptTextBytes = 48 * 1024 * 1024

const documents = new LRUCache<string, OpenDocument>({ max: 20, maxSize: keptTextBytes })

export function hasDocument(key: string): boolean { return documents.has(key) }

/** `bytes` may be left out when `hasDocument`. */
export function resolveNow(key: string, operationId: string, bytes: Uint8Array | undefined): ResolvedOperation {
  let document = documents.get(key)
  if (document === undefined) {
    if (bytes === undefined) throw new Error(`The document ${key} is needed first`)
    document = openDocument(parseNormalised(bytes))
    // A document larger than all that may be kept is kept alone.
    documents.set(key, document, { size: Math.min(bytes.length, keptTextBytes) || 1 })
  }
  return resolve(document, operationId)
}

export function diffNow(before: Uint8Array, after: Uint8Array): DocumentDifference {
  return differences(parseNormalised(before), parseNormalised(after))
}

function parseNormalised(bytes: Uint8Array): Json {
  return JSON.parse(new TextDecoder().decode(bytes)) as Json
}
