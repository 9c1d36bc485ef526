/** The transparent proxy: a request goes through as it is, with the integration's credential added. Bodies stream both ways. */
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { uuidv7 } from 'uuidv7'
import type { CallHttpRequest } from '../connectors/connector.ts'
import type { Executions } from '../executions/executions.ts'
import type { Execution, ShownExecution } from '../executions/record.ts'
import { HubError } from '../errors.ts'
import { holdsText } from '../lib/http/content.ts'
import type { HeaderMap, HttpResponse } from '../lib/http/http.ts'
import { maskStream } from '../lib/mask-stream.ts'
import { noMask, type Mask } from '../lib/mask.ts'
import type { Caller } from '../tenants/caller.ts'
import { admit } from './admit.ts'
import { resolveUrl } from './call-http.ts'
import { contextOf, type ContextDeps } from './context.ts'
import type { Loaded, LoadedIntegrations } from './loaded.ts'
import type { TrySpan, TryTracing } from './tracing.ts'
import { watchUpload } from './upload.ts'

export interface ProxyRequest {
  caller: Caller
  integrationId: string
  method: string
  /** Path and query below the integration's endpoint, undecoded: `/users?page=2`. */
  path: string
  headers: Record<string, string | string[] | undefined>
  body: Readable | undefined
  sourceComponent: string | undefined
}

export interface ProxyReply { status: number, headers: HeaderMap, body: Readable }
export interface Proxy { forward(request: ProxyRequest): Promise<ProxyReply> }

export interface ProxyDeps extends ContextDeps {
  /** As for operations. */
  assertRecordable(): Promise<void>
  loaded: LoadedIntegrations
  executions: Executions
  countCalls(tenantId: string, integrationId: string, since: Date): Promise<number>
  observe(call: { loaded: Loaded, execution: Execution }): void
  tracing?: TryTracing | undefined
}

/** What `allowedOperations` and the records call it. */
const OPERATION = 'proxy'
/** RFC 9110 §7.6.1, and what belongs to the caller's dealings with the hub. */
const notForwarded = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host', 'expect',
  'authorization', 'cookie', 'accept-encoding', 'x-source-component', 'x-interchange-tenant', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip',
])
/** Of answers: encodings are undone on the way, and nothing may act on the hub's own origin. */
const notReturned = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'content-encoding', 'set-cookie',
  'strict-transport-security', 'content-security-policy', 'clear-site-data', 'alt-svc', 'public-key-pins', 'access-control-allow-origin', 'access-control-allow-credentials',
])

export function createProxy(deps: ProxyDeps): Proxy {
  return { forward: (request) => forward(deps, request) }
}

interface Passing { id: string, loaded: Loaded, request: ProxyRequest, startedAt: number, sent: CallHttpRequest | undefined, url: string | null, span: TrySpan | undefined }

async function forward(deps: ProxyDeps, request: ProxyRequest): Promise<ProxyReply> {
  await deps.assertRecordable()
  const startedAt = Date.now()
  const loaded = await deps.loaded.get(request.caller.tenantId, request.integrationId)
  const passing: Passing = { id: uuidv7(), loaded, request, startedAt, sent: undefined, url: null, span: undefined }
  if (loaded.connector.proxy === undefined) throw new HubError('operation_not_found', `The connector ${loaded.row.connector} cannot be proxied: it does not speak HTTP.`)
  checkPath(request.path)
  const admission = await admit(loaded, { caller: request.caller, operation: OPERATION, now: startedAt, countCalls: deps.countCalls })
  if ('error' in admission) throw await recorded(deps, passing, { status: 'refused', error: admission.error })
  try {
    const response = await send(deps, passing)
    if (response.status >= 500) loaded.state.breaker.failed(Date.now())
    else loaded.state.breaker.succeeded(Date.now())
    return { status: response.status, headers: returnedHeaders(response, loaded.credential?.mask), body: recordAtEnd(deps, passing, response) }
  } catch (error) {
    if (error instanceof HubError && (error.code === 'upstream_unavailable' || error.code === 'upstream_timeout')) loaded.state.breaker.failed(Date.now())
    else loaded.state.breaker.abandoned()
    throw await recorded(deps, passing, { status: 'failed', error })
  }
}

/** The path is put below the endpoint as text: it must not climb out of it, nor begin another authority. */
function checkPath(path: string): void {
  const bare = path.split('?')[0]!
  const decoded = bare.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\')
  const climbs = decoded.split(/[/\\]/).some((segment) => segment === '..')
  if (climbs || bare.startsWith('//') || bare.includes('\\') || !bare.startsWith('/') || /[\0-\x20\x7f]/.test(path)) {
    throw new HubError('invalid_request', 'The proxied path must be a plain path below the endpoint.', { errors: [{ pointer: ':path', detail: 'climbs out of the endpoint or is not a path' }] })
  }
}

/** Beyond it even an upload that moves is broken off. */
const LONGEST_UPLOAD_MS = 24 * 3_600_000

async function send(deps: ProxyDeps, passing: Passing): Promise<HttpResponse> {
  const { loaded, request } = passing
  const { row } = loaded
  const deadline = passing.startedAt + row.connection.timeout
  const context = contextOf(deps, loaded, deadline, () => undefined)
  passing.span = deps.tracing?.begin({ loaded, operation: OPERATION, number: 1 })
  const headers: HeaderMap = { ...row.connection.headers }
  const hopByHop = namedByConnection(request.headers['connection'])
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !notForwarded.has(name) && !hopByHop.has(name)) headers[name] = value
  }
  Object.assign(headers, passing.span?.headers)
  const sent = await loaded.connector.proxy!({ method: request.method, url: request.path, headers, ...request.body && { body: request.body } }, context)
  passing.sent = sent
  const url = resolveUrl(sent, { endpoint: loaded.endpoint, hosts: loaded.hosts })
  passing.url = url
  const outgoing = { method: sent.method, url, headers: sent.headers ?? {}, maxRedirects: 0 }
  if (sent.body === undefined) return deps.http.request({ ...outgoing, timeoutMs: Math.max(1, deadline - Date.now()) })
  const upload = watchUpload(sent.body as Readable, row.connection.timeout)
  try {
    return await deps.http.request({ ...outgoing, body: upload.body, signal: upload.signal, timeoutMs: LONGEST_UPLOAD_MS })
  } finally {
    upload.end()
  }
}

/** Headers that the caller meant for the hub alone: `Connection` names them. */
function namedByConnection(header: string | string[] | undefined): ReadonlySet<string> {
  return new Set([header ?? []].flat().flatMap((each) => each.toLowerCase().split(',')).map((name) => name.trim()))
}

/** The caller sees the end of the body only once the execution is committed. */
function recordAtEnd(deps: ProxyDeps, passing: Passing, response: HttpResponse): Readable {
  let sizeBytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length
      done(null, chunk)
    },
    flush(done) {
      void record(deps, passing, { status: response.status < 400 ? 'succeeded' : 'failed', response, sizeBytes }).then(() => done(), (error: Error) => done(error))
    },
  })
  const mask = passing.loaded.credential?.mask
  pipeline(maskStream(response.body, mask, { isText: holdsText(response), isLive: true }), counted).catch((error: unknown) => {
    const failure = error instanceof HubError ? error : new HubError('upstream_unavailable', 'The transfer broke off.', { cause: error })
    // Where the record is what failed there is nobody left to tell: the caller's transfer is broken off already.
    return record(deps, passing, { status: 'failed', response, sizeBytes, error: failure }).catch(() => undefined)
  })
  return counted
}

function returnedHeaders({ headers }: HttpResponse, mask: Mask = noMask): HeaderMap {
  const kept = Object.entries(headers).filter(([name]) => !notReturned.has(name) && (name !== 'content-length' || headers['content-encoding'] === undefined))
  // What comes from elsewhere must not run as a page of the hub.
  return { ...mask.maskValue(Object.fromEntries(kept)), 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' }
}

interface Ending { status: Execution['status'], response?: HttpResponse, sizeBytes?: number, error?: unknown }

async function recorded(deps: ProxyDeps, passing: Passing, ending: Ending): Promise<HubError> {
  const execution = await record(deps, passing, ending)
  if (!(ending.error instanceof HubError)) return new HubError('internal', 'The connector failed.', { cause: ending.error, extra: { execution } })
  const { code, message, retryAfterSeconds, usedUp } = ending.error
  return new HubError(code, message, { cause: ending.error, extra: { execution }, usedUp, ...retryAfterSeconds !== undefined && { retryAfterSeconds } })
}

async function record(deps: ProxyDeps, { id, loaded, request, startedAt, sent, url, span }: Passing, { status, response, sizeBytes = 0, error }: Ending): Promise<ShownExecution> {
  const endedAt = Date.now()
  span?.end({ method: request.method, ...url !== null && { endpoint: url }, ...response && { statusCode: response.status } }, error)
  const execution: Execution = {
    id, tenantId: loaded.row.tenantId, integrationId: loaded.row.id, operation: OPERATION, status, startedAt: new Date(startedAt),
    request: {
      method: request.method, endpoint: url ?? request.path, headers: sent?.headers ?? {}, payload: null,
      timestamp: new Date(startedAt).toISOString(), sourceComponent: request.sourceComponent ?? null,
    },
    response: response === undefined ? null : {
      statusCode: response.status, headers: response.headers, data: null, duration: endedAt - startedAt, timestamp: new Date(endedAt).toISOString(), cached: false,
    },
    metrics: { latency: endedAt - startedAt, dataSize: sizeBytes, transformationTime: 0, retryCount: 0 },
    error: errorOf(error, response),
  }
  deps.observe({ loaded, execution })
  return deps.executions.record(execution, loaded.credential?.mask)
}

function errorOf(error: unknown, response: HttpResponse | undefined): Execution['error'] {
  if (error instanceof HubError) return { type: error.code, message: error.message, recoverable: error.retryable }
  if (error !== undefined) return { type: 'internal', message: 'The connector failed.', recoverable: false }
  if (response === undefined || response.status < 400) return null
  return { type: response.status < 500 ? 'upstream_rejected' : 'upstream_unavailable', message: `The upstream answered ${response.status}.`, recoverable: response.status >= 500 }
}
