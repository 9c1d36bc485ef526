/** External resources: documents, scripts, definitions. Over HTTP and through the guard alone; kept for a while, and then asked whether they changed. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { HubError } from '../../errors.ts'
import { readBody } from '../../lib/http/body.ts'
import type { HttpResponse } from '../../lib/http/http.ts'
import type { EffectContext } from '../effect.ts'
import type { Endpoint, ExternalResource } from './arguments.ts'
import type { CallDeps } from './deps.ts'
import { answerHeader, discard, httpUrl } from './reading.ts'
import { send } from './sending.ts'
import { expandTemplate } from './uri.ts'

export interface Resource {
  bytes: Buffer
  contentType: string | undefined
  /** After redirects. */
  url: string
  /** SHA-256 of the bytes, in hex. */
  sha256: string
}

export interface LoadOptions { maxBytes: number, accept?: string }

export interface Resources {
  /** Throws HubError as `HttpClient` does; `upstream_rejected` or `upstream_unavailable` for another status than 200; FlowFault for the authentication. */
  load(resource: ExternalResource, context: EffectContext, options: LoadOptions): Promise<Resource>
}

interface Kept extends Resource { etag: string | undefined, lastModified: string | undefined, freshUntil: number }

const TIMEOUT_MS = 30_000
const KEPT_BYTES = 64 * 1024 * 1024
const KEPT_MAX = 500
/** Where the server doesn't say how long it stays the same. */
const FRESH_S = 60
const FRESH_MAX_S = 3600

export function createResources(deps: Pick<CallDeps, 'http' | 'authentication' | 'now'>): Resources {
  const kept = new LRUCache<string, Kept>({ max: KEPT_MAX, maxSize: KEPT_BYTES, ttl: 24 * 3600 * 1000, sizeCalculation: ({ bytes }) => bytes.length + 1 })
  const loading = new Map<string, Promise<Kept>>()
  return {
    async load({ endpoint }, context, options) {
      const { url, authentication } = readEndpoint(endpoint, context.input)
      // Another tenant, or another policy, may be shown something else.
      const key = [context.tenantId, url, options.accept, options.maxBytes, authentication === undefined ? '' : hashed((await deps.authentication.resolveEvaluated(authentication, context)).policy)].join(' ')
      const known = kept.get(key)
      if (known !== undefined && known.freshUntil > deps.now()) return known
      const running = loading.get(key) ?? fetchResource(deps, { url, authentication, known, ...options }, context).finally(() => { loading.delete(key) })
      loading.set(key, running)
      const resource = await running
      kept.set(key, resource)
      return resource
    },
  }
}

/** The endpoint's URL with its template expanded. */
export function readEndpoint(endpoint: Endpoint, input: unknown): { url: string, authentication: Record<string, unknown> | undefined } {
  const { uri, authentication } = typeof endpoint === 'string' ? { uri: endpoint, authentication: undefined } : endpoint
  return { url: httpUrl(expandTemplate(uri, input)).href, authentication }
}

interface Fetch extends LoadOptions { url: string, authentication: Record<string, unknown> | undefined, known: Kept | undefined }

async function fetchResource(deps: Pick<CallDeps, 'http' | 'authentication' | 'now'>, { url, authentication, known, accept = '*/*', maxBytes }: Fetch, context: EffectContext): Promise<Kept> {
  const headers = { accept, ...known?.etag !== undefined && { 'if-none-match': known.etag }, ...known?.lastModified !== undefined && { 'if-modified-since': known.lastModified } }
  // What several wait for must not end with the first of them.
  const shared = { ...context, signal: AbortSignal.timeout(TIMEOUT_MS) }
  const { response } = await send(deps, { method: 'GET', url, headers, redirect: true, authentication, timeoutMs: TIMEOUT_MS }, shared)
  if (response.status === 304 && known !== undefined) {
    discard(response)
    return { ...known, freshUntil: freshUntil(response, deps.now()) }
  }
  if (response.status !== 200) throw refused(response)
  const bytes = await readBody(response, { maxBytes })
  return {
    bytes, contentType: answerHeader(response, 'content-type'), url: response.url, sha256: createHash('sha256').update(bytes).digest('hex'),
    etag: answerHeader(response, 'etag'), lastModified: answerHeader(response, 'last-modified'), freshUntil: freshUntil(response, deps.now()),
  }
}

function refused(response: HttpResponse): HubError {
  discard(response)
  const { host } = new URL(response.url)
  return new HubError(response.status >= 500 ? 'upstream_unavailable' : 'upstream_rejected', `${host} answered ${response.status} instead of the resource.`, { upstreamStatus: response.status })
}

function freshUntil(response: HttpResponse, now: number): number {
  const control = answerHeader(response, 'cache-control') ?? ''
  if (/\bno-(store|cache)\b/i.test(control)) return 0
  const [, age] = /\bmax-age=(\d{1,9})/i.exec(control) ?? []
  return now + Math.min(age === undefined ? FRESH_S : Number(age), FRESH_MAX_S) * 1000
}

function hashed(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value) ?? '').digest('hex')
}
