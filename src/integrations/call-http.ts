/** The HTTP that a connector is handed for one try of one call: kept to the integration's hosts, bounded in time and size, noted for the record. */
import { HubError } from '../errors.ts'
import type { CallHttp, CallHttpRequest, CallHttpResponse, Exchange } from '../connectors/connector.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { readBody } from '../lib/http/body.ts'
import type { HeaderMap, HttpClient, HttpResponse } from '../lib/http/http.ts'
import { maskStream } from '../lib/mask-stream.ts'
import type { Mask } from '../lib/mask.ts'
import { readRetryAfter } from './policies/upstream-hold.ts'

/** JSON and text are read into memory up to here; beyond it, or as another type, a value goes to the blob store. */
const MAX_MEMORY_BYTES = 16 * 1024 * 1024
const MAX_BLOB_BYTES = 1024 * 1024 * 1024
/** Of an error's body; more is cut. */
const MAX_ERROR_BYTES = 256 * 1024
const MAX_REDIRECTS = 5
/** Arrays and objects within each other. */
const MAX_DEPTH = 1000
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]
const USER_AGENT = 'Interchange/0.1'

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
  /** Told of each exchange, as far as it came. */
  note(exchange: Exchange & { data?: unknown }): void
}

export function createCallHttp({ scope, http, blobs, deadline, note }: TryOptions): CallHttp {
  return {
    async request(request) {
      const url = resolveUrl(request, scope)
      const { headers, body } = encodeBody(request, scope)
      const exchange: Exchange & { data?: unknown } = { method: request.method, endpoint: url, requestHeaders: headers, requestBody: request.json ?? request.form ?? textOf(request.body) }
      note(exchange)
      const timeoutMs = timeLeft(deadline)
      const response = await http.request({ method: request.method, url, headers, ...body !== undefined && { body: body as string }, timeoutMs, maxRedirects: MAX_REDIRECTS })
      exchange.statusCode = response.status
      exchange.responseHeaders = response.headers
      if (response.status >= 300) {
        exchange.data = await readError(response)
        throw refusal(response, exchange.data)
      }
      const data = await readData(response, { request, scope, blobs })
      exchange.data = data
      return { status: response.status, headers: response.headers, data } satisfies CallHttpResponse
    },
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

function encodeBody(request: CallHttpRequest, scope: CallScope): { headers: HeaderMap, body: CallHttpRequest['body'] } {
  const headers: HeaderMap = { 'user-agent': USER_AGENT, accept: 'application/json, */*;q=0.5' }
  for (const [name, value] of Object.entries(scope.headers)) headers[name.toLowerCase()] = value
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  if (request.json !== undefined) {
    headers['content-type'] ??= 'application/json'
    return { headers, body: JSON.stringify(request.json) }
  }
  if (request.form !== undefined) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded'
    return { headers, body: new URLSearchParams(request.form).toString() }
  }
  return { headers, body: request.body }
}

function textOf(body: CallHttpRequest['body']): unknown {
  if (body === undefined || typeof body === 'string') return body
  return body instanceof Uint8Array ? { binary: true, sizeBytes: body.byteLength } : { stream: true }
}

interface Reading { request: CallHttpRequest, scope: CallScope, blobs: Blobs }

async function readData(response: HttpResponse, { request, scope, blobs }: Reading): Promise<unknown> {
  const type = contentType(response)
  if (response.status === 204 || request.method === 'HEAD' || response.headers['content-length'] === '0') {
    response.body.resume()
    return null
  }
  const expectJson = request.expectJson ?? false
  if (expectJson || isJson(type) || isText(type) || type === '') {
    const text = (await readBody(response, { maxBytes: MAX_MEMORY_BYTES })).toString('utf8')
    return parseText(text, type, expectJson)
  }
  const reference = await blobs.write(scope.tenantId, maskStream(response.body, scope.mask, { isText: false, isLive: false }), {
    contentType: type, maxBytes: MAX_BLOB_BYTES, integrationId: scope.integrationId, ...filename(response),
  })
  return reference
}

function parseText(text: string, type: string, expectJson: boolean): unknown {
  if (text === '') return null
  const looksLikeJson = isJson(type) || expectJson || type === '' && /^\s*[[{]/.test(text)
  if (!looksLikeJson) return text
  if (isDeep(text)) throw new HubError('upstream_invalid_response', `The upstream sent JSON that is nested more than ${MAX_DEPTH} deep.`)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (type === '' && !expectJson) return text
    const said = isJson(type) ? 'The upstream sent invalid JSON.' : `The upstream sent ${type || 'no content type'} where its document promises JSON.`
    throw new HubError('upstream_invalid_response', said, { cause: error })
  }
}

async function readError(response: HttpResponse): Promise<unknown> {
  const type = contentType(response)
  if (!holdsText(response) && type !== '') {
    response.body.destroy()
    return { contentType: type }
  }
  let text: string
  try {
    text = (await readBody(response, { maxBytes: MAX_ERROR_BYTES })).toString('utf8')
  } catch {
    // The status says enough: a body that is too long or breaks off must not hide it.
    return null
  }
  if (isDeep(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `JSON.parse` takes any depth; writing the value again, and much of what is done with it, ends the call's stack. */
function isDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if ((code === OPEN_LIST || code === OPEN_OBJECT) && ++depth > MAX_DEPTH) return true
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1
  }
  return false
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at
    if (code === BACKSLASH) at += 1
  }
  return text.length
}

function refusal({ status, headers }: HttpResponse, data: unknown): HubError {
  const retryAfterMs = readRetryAfter(headers['retry-after'] as string | undefined, Date.now())
  const options = { upstreamStatus: status, ...retryAfterMs !== undefined && { retryAfterSeconds: retryAfterMs / 1000 } }
  const said = sentence(data)
  if (status >= 500) return new HubError('upstream_unavailable', `The upstream failed with status ${status}${said}`, options)
  if (status < 400) return new HubError('upstream_rejected', `The upstream redirected with status ${status}, which is not followed for this request.`, options)
  return new HubError('upstream_rejected', `The upstream refused with status ${status}${said}`, options)
}

/** What the upstream said, where it said it in one of the usual places. */
function sentence(data: unknown): string {
  const { message, error, detail, title, msg, error_description: description } = (data ?? {}) as Record<string, unknown>
  const found = [message, detail, (error as Record<string, unknown> | undefined)?.['message'], description, error, msg, title].find((each) => typeof each === 'string' && each !== '')
  return found === undefined ? '.' : `: ${String(found).slice(0, 300)}`
}

/** Whether its content is known to be text. */
export function holdsText(response: HttpResponse): boolean {
  const type = contentType(response)
  return isJson(type) || isText(type)
}

function contentType({ headers }: HttpResponse): string {
  const header = headers['content-type']
  return (Array.isArray(header) ? header[0]! : header ?? '').split(';')[0]!.trim().toLowerCase()
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json') || type === 'text/json'
}

function isText(type: string): boolean {
  return type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml') || type === 'application/x-www-form-urlencoded' || type === 'application/yaml'
}

function filename({ headers }: HttpResponse): { filename?: string } {
  const [, name] = /filename="?([^";]+)"?/i.exec(String(headers['content-disposition'] ?? '')) ?? []
  return name === undefined ? {} : { filename: name.slice(0, 200) }
}
