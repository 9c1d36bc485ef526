/** The HTTP that a connector is handed for one try of one call: kept to the integration's hosts, bounded in time and size, noted for the record. */
import { HubError, isHubError } from '../errors.ts'
import type { CallHttp, CallHttpRequest, CallHttpResponse, Exchange } from '../connectors/connector.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { readBody } from '../lib/http/body.ts'
import { contentTypeOf, filenameOf, holdsText, parseText, readError, sentenceOf } from '../lib/http/content.ts'
import type { HttpClient, HttpResponse } from '../lib/http/http.ts'
import { readEvents } from '../lib/http/server-sent-events.ts'
import { maskStream } from '../lib/mask-stream.ts'
import type { Mask } from '../lib/mask.ts'
import { encodeBody } from './encode-body.ts'
import { readRetryAfter } from './policies/upstream-hold.ts'

/** JSON and text are read into memory up to here; beyond it, or as another type, a value goes to the blob store. */
const MAX_MEMORY_BYTES = 16 * 1024 * 1024
const MAX_BLOB_BYTES = 1024 * 1024 * 1024
const MAX_REDIRECTS = 5

export interface CallScope {
  tenantId: string
  integrationId: string
  endpoint: string | undefined
  /** Lower-case `host` or `host:port` that requests may go to, the endpoint's among them. */
  hosts: ReadonlySet<string>
  /** From the integration's connection; a request's own win. */
  headers: Record<string, string>
  /** Of the credential. */
  mask: Mask | undefined
}

export interface TryOptions {
  scope: CallScope
  http: HttpClient
  blobs: Blobs
  /** Moment in ms at which this try ends. */
  deadline: number
  /** The caller's: ends what is under way. */
  signal?: AbortSignal | undefined
  /** Told of each exchange, as far as it came. */
  note(exchange: Exchange & { data?: unknown }): void
}

export function createCallHttp({ scope, http, blobs, deadline, signal, note }: TryOptions): CallHttp {
  const send = async (request: CallHttpRequest): Promise<{ response: HttpResponse, exchange: Exchange & { data?: unknown } }> => {
    const url = resolveUrl(request, scope)
    const { headers, body } = encodeBody(request, scope.headers)
    const exchange: Exchange & { data?: unknown } = { method: request.method, endpoint: url, requestHeaders: headers, requestBody: request.json ?? request.form ?? textOf(request.body) }
    note(exchange)
    const timeoutMs = timeLeft(deadline)
    const response = await http.request({ method: request.method, url, headers, ...body !== undefined && { body: body as string }, timeoutMs, maxRedirects: MAX_REDIRECTS, ...signal && { signal } })
    exchange.statusCode = response.status
    exchange.responseHeaders = response.headers
    if (response.status >= 300) {
      exchange.data = await readError(response)
      throw refusal(response, exchange.data)
    }
    return { response, exchange }
  }
  const whole = async (request: CallHttpRequest, { response, exchange }: Awaited<ReturnType<typeof send>>): Promise<CallHttpResponse> => {
    const data = await readData(response, { request, scope, blobs })
    exchange.data = data
    return { status: response.status, headers: response.headers, data }
  }
  return {
    request: async (request) => whole(request, await send(request)),
    async stream(request) {
      const sent = await send(request)
      const { response } = sent
      if (contentTypeOf(response) !== 'text/event-stream') return { ...await whole(request, sent), events: undefined }
      const text = maskStream(response.body, scope.mask, { isText: true, isLive: true })
      return { status: response.status, headers: response.headers, data: null, events: readEvents(bounded(text)) }
    },
  }
}

async function* bounded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let sizeBytes = 0
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length
      if (sizeBytes > MAX_MEMORY_BYTES) throw new HubError('upstream_response_too_large', `The upstream streamed more than ${MAX_MEMORY_BYTES} bytes.`)
      yield chunk
    }
  } catch (error) {
    throw isHubError(error) ? error : new HubError('upstream_unavailable', 'The upstream broke off its answer.', { cause: error })
  }
}

function timeLeft(deadline: number): number {
  const left = deadline - Date.now()
  if (left <= 0) throw new HubError('upstream_timeout', 'There was no time left to ask the upstream.', { beforeSending: true })
  return left
}

/** An absolute URL on one of the integration's hosts, or a path below its endpoint. Nothing in a path can change the host. */
export function resolveUrl({ url, query }: CallHttpRequest, { endpoint, hosts }: Pick<CallScope, 'endpoint' | 'hosts'>): string {
  const resolved = /^[a-z][a-z0-9+.-]*:/i.test(url) ? new URL(url) : below(endpoint, url)
  if (!hosts.has(resolved.host.toLowerCase())) {
    throw new HubError('address_refused', `${resolved.host} is not a host of this integration.`, { beforeSending: true })
  }
  // The same host without TLS would get the credential in the clear.
  if (resolved.protocol === 'http:' && endpoint !== undefined && endpoint.startsWith('https:')) {
    throw new HubError('address_refused', `${resolved.host} is called by https only.`, { beforeSending: true })
  }
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) resolved.searchParams.append(name, String(each))
    }
  }
  return resolved.href
}

function below(endpoint: string | undefined, path: string): URL {
  if (endpoint === undefined) throw new HubError('invalid_input', 'The integration has no endpoint: set `connection.endpoint`.', { errors: [{ pointer: '/connection/endpoint', detail: 'is needed for a relative path' }] })
  const base = new URL(endpoint)
  const resolved = new URL(base.origin + base.pathname.replace(/\/$/, '') + (path.startsWith('/') || path === '' ? path : `/${path}`))
  if (resolved.origin !== base.origin) throw new HubError('address_refused', 'The path leads to another host.', { beforeSending: true })
  if (!resolved.search) resolved.search = base.search
  return resolved
}

function textOf(body: CallHttpRequest['body']): unknown {
  if (body === undefined || typeof body === 'string') return body
  return body instanceof Uint8Array ? { binary: true, sizeBytes: body.byteLength } : { stream: true }
}

interface Reading { request: CallHttpRequest, scope: CallScope, blobs: Blobs }

async function readData(response: HttpResponse, { request, scope, blobs }: Reading): Promise<unknown> {
  const type = contentTypeOf(response)
  if (response.status === 204 || request.method === 'HEAD' || response.headers['content-length'] === '0') {
    response.body.resume()
    return null
  }
  const expectJson = request.expectJson ?? false
  if (expectJson || holdsText(response) || type === '') {
    const text = (await readBody(response, { maxBytes: MAX_MEMORY_BYTES })).toString('utf8')
    return parseText(text, type, expectJson)
  }
  const reference = await blobs.write(scope.tenantId, maskStream(response.body, scope.mask, { isText: false, isLive: false }), {
    contentType: type, maxBytes: MAX_BLOB_BYTES, integrationId: scope.integrationId, ...filenameOf(response),
  })
  return reference
}

function refusal({ status, headers }: HttpResponse, data: unknown): HubError {
  const retryAfterMs = readRetryAfter(headers['retry-after'] as string | undefined, Date.now())
  const options = { upstreamStatus: status, ...retryAfterMs !== undefined && { retryAfterSeconds: retryAfterMs / 1000 } }
  const said = sentenceOf(data)
  if (status >= 500) return new HubError('upstream_unavailable', `The upstream failed with status ${status}${said}`, options)
  if (status < 400) return new HubError('upstream_rejected', `The upstream redirected with status ${status}, which is not followed for this request.`, options)
  return new HubError('upstream_rejected', `The upstream refused with status ${status}${said}`, options)
}
