/**
 * A look at what came: requests that a source refused, and all that an inspector got. Kept for a while and never more than the newest of a source;
 * whoever floods a source fills nothing.
 */
import { isUtf8 } from 'node:buffer'
import type { LRUCache } from 'lru-cache'
import { uuidv7 } from 'uuidv7'
import type { Database } from '../../db/database.ts'
import { createGroupCommit } from '../../lib/group-commit.ts'
import { MASKED } from '../../lib/mask.ts'
import { readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import type { LoadedSource } from './loaded.ts'
import { deleteOldRequests, deleteRequestsBefore, insertRequests, listRequests, type KeptRequest, type NewRequestRow, type RequestRow } from './requests-store.ts'
import type { IncomingRequest } from './schemes/scheme.ts'
import { boundedCache } from '../../lib/bounded-cache.ts'

export type { RequestRow } from './requests-store.ts'

export interface Seen { request: IncomingRequest, status: number, reason: string | null, eventId: string | null }

export interface HookRequests {
  /** Resolves when it is kept, or not: more of a source than so many a second are not, and never throws. */
  record(source: LoadedSource, seen: Seen): Promise<void>
  list(tenantId: string, sourceId: string, page: PageRequest & { status?: number | undefined }): Promise<Page<RequestRow>>
  /** Removes what is older than 30 days. */
  expire(now?: Date): Promise<void>
  drain(): Promise<void>
}

const KEPT_OF_A_SOURCE = 500
const KEPT_MS = 30 * 86_400_000
const TRIM_EVERY = 50
/** Of a source that refuses, and of an inspector. */
const PER_SECOND = { refused: 20, inspected: 500 }
const BODY_MAX_BYTES = 32 * 1024

export function createHookRequests({ database, onError }: { database: Database, onError(error: unknown): void }): HookRequests {
  const allowance = boundedCache<Allowance>(10_000)
  const untrimmed = boundedCache<number>(10_000)

  const write = async (rows: NewRequestRow[]): Promise<void> => {
    await insertRequests(database.system, rows)
    for (const { tenantId, sourceId } of rows) {
      const count = (untrimmed.get(sourceId) ?? TRIM_EVERY) + 1
      untrimmed.set(sourceId, count > TRIM_EVERY ? 0 : count)
      if (count > TRIM_EVERY) await deleteOldRequests(database.system, { tenantId, sourceId, keep: KEPT_OF_A_SOURCE })
    }
  }
  const commits = createGroupCommit<NewRequestRow>({ write, maxRows: 100, maxInFlight: 1 })

  return {
    async record(source, seen) {
      if (!mayRecord(allowance, source)) return
      const { status, reason, eventId } = seen
      const row = { tenantId: source.tenantId, sourceId: source.id, id: uuidv7(), status, reason, eventId, request: JSON.stringify(kept(source, seen.request)) }
      await commits.add(row).catch(onError)
    },
    async list(tenantId, sourceId, { limit, cursor, status }) {
      const rows = await listRequests(database.tenant(tenantId), tenantId, sourceId, { after: readIdCursor(cursor), limit: limit + 1, status })
      return toPage(rows, limit, (row) => [row.id])
    },
    expire: (now = new Date()) => deleteRequestsBefore(database.system, new Date(now.getTime() - KEPT_MS)),
    drain: () => commits.drain(),
  }
}

interface Allowance { second: number, used: number }

function mayRecord(allowance: LRUCache<string, Allowance>, { id, settings }: LoadedSource): boolean {
  const second = Math.floor(Date.now() / 1000)
  let current = allowance.get(id)
  if (current?.second !== second) {
    current = { second, used: 0 }
    allowance.set(id, current)
  }
  current.used += 1
  return current.used <= (settings.inspect ? PER_SECOND.inspected : PER_SECOND.refused)
}

/** Names under which secrets travel, whoever sends them. */
const SECRET_NAME = /signature|hmac|authorization|token|secret|cookie|api-?key|password|credential/i

function kept(source: LoadedSource, request: IncomingRequest): KeptRequest {
  const { mask } = source.mask
  const { verification } = source.settings
  const secretHeaders = new Set(source.scheme.secretHeaders?.(verification))
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] =>
    [name, SECRET_NAME.test(name) || secretHeaders.has(name) ? MASKED : mask(String(value))])
  // What is a secret must not be cut before it is masked: its first part would stay.
  const isText = isUtf8(request.rawBody)
  const whole = isText ? mask(request.rawBody.toString('utf8')) : mask(request.rawBody.toString('base64'))
  const most = isText ? BODY_MAX_BYTES : Math.ceil(BODY_MAX_BYTES / 3) * 4
  return {
    method: request.method, url: mask(maskedUrl(source, request.url)), headers: Object.fromEntries(headers), ip: request.ip, sizeBytes: request.rawBody.length,
    body: whole.slice(0, most), bodyEncoding: isText ? 'text' : 'base64', truncated: whole.length > most,
  }
}

function maskedUrl({ settings: { verification, handshake }, scheme }: LoadedSource, url: string): string {
  const at = url.indexOf('?')
  if (at === -1) return url
  const names = new Set(scheme.secretParameters?.(verification))
  if (handshake?.type === 'query' && handshake.tokenParameter !== undefined) names.add(handshake.tokenParameter)
  const query = url.slice(at + 1).split('&').map((pair) => {
    const [name = ''] = new URLSearchParams(pair).keys()
    return SECRET_NAME.test(name) || names.has(name) ? `${pair.split('=', 1)[0]}=${MASKED}` : pair
  })
  return `${url.slice(0, at)}?${query.join('&')}`
}
