/** What connectors are handed in their tests: real HTTP and name resolution, open to this machine, with every exchange noted. */
import type { LookupAddress } from 'node:dns'
import type { CallHttp, CallHttpRequest, ConnectionContext, Connector, Exchange, TokenSource } from './connector.ts'
import { HubError } from '../errors.ts'
import { readBody } from '../lib/http/body.ts'
import { createAddressGuard } from '../lib/http/address-guard.ts'
import { createHttpClient } from '../lib/http/client.ts'
import type { HeaderMap, HttpClient } from '../lib/http/http.ts'

export interface TestContext extends ConnectionContext, AsyncDisposable {
  exchanges: Exchange[]
}

export interface TestContextOptions {
  /** Its `hosts` are where requests may go, besides the endpoint. */
  connector: Pick<Connector, 'hosts'>
  credentials?: Record<string, unknown>
  configuration?: Record<string, unknown>
  endpoint?: string
  /** Ended after so long; 20 s unless given. */
  timeoutMs?: number
  /** Networks that may be reached besides public ones; this machine unless given. */
  allowNetworks?: string[]
  /** How names become addresses; the system's resolver unless given. */
  lookup?: (hostname: string) => Promise<LookupAddress[]>
}

export function testContext({ connector, credentials = {}, configuration = {}, endpoint, timeoutMs = 20_000, allowNetworks = ['127.0.0.0/8', '::1/128'], lookup }: TestContextOptions): TestContext {
  const guard = createAddressGuard({ allowNetworks, ...lookup && { lookup } })
  const client = createHttpClient({ guard })
  const place = { configuration, credentials, ...endpoint !== undefined && { endpoint } }
  const hosts = new Set((connector.hosts?.(place) ?? []).map((host) => host.toLowerCase()))
  if (endpoint !== undefined) hosts.add(new URL(endpoint).host)
  const exchanges: Exchange[] = []
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), timeoutMs)
  return {
    ...place, exchanges, signal: abort.signal,
    http: callHttp({ client, hosts, endpoint, timeoutMs, exchanges }),
    tokens: tokenSource(client),
    resolveHost: (hostname) => guard.resolveHost(hostname),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      await client.close()
    },
  }
}

interface Sending { client: HttpClient, hosts: Set<string>, endpoint: string | undefined, timeoutMs: number, exchanges: Exchange[] }

function callHttp({ client, hosts, endpoint, timeoutMs, exchanges }: Sending): CallHttp {
  return {
    async request(request) {
      const url = addressOf(request, endpoint)
      if (!hosts.has(url.host)) throw new HubError('address_refused', `${url.host} is not a host of this integration.`, { beforeSending: true })
      const { headers, body } = bodyOf(request)
      const exchange: Exchange = { method: request.method, endpoint: url.href, requestHeaders: headers, requestBody: body }
      exchanges.push(exchange)
      const response = await client.request({ method: request.method, url: url.href, headers, timeoutMs, ...body !== undefined && { body: body as string } })
      exchange.statusCode = response.status
      const data = parse((await readBody(response, { maxBytes: 16 * 1024 * 1024, timeoutMs })).toString('utf8'), request.expectJson ?? false)
      if (response.status >= 300) throw refusal(response.status, data)
      return { status: response.status, headers: response.headers, data }
    },
    stream: () => Promise.reject(new HubError('upstream_invalid_response', 'Streams are tested within a hub.')),
  }
}

/** RFC 6749 §4.4, without a memory. */
function tokenSource(client: HttpClient): TokenSource {
  return {
    async get(request) {
      if ('grant' in request) throw new HubError('credential_missing', 'No account is connected for this.', { errors: [{ pointer: `/credentials/${request.grant}`, detail: 'is not connected' }], beforeSending: true })
      const { tokenUrl, clientId, clientSecret, scopes } = request
      const authorization = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...scopes.length > 0 && { scope: scopes.join(' ') } }).toString()
      const response = await client.request({ method: 'POST', url: tokenUrl, headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' }, body, timeoutMs: 10_000 })
      const answer = JSON.parse((await readBody(response, { maxBytes: 64 * 1024, timeoutMs: 10_000 })).toString('utf8')) as { access_token?: string }
      if (answer.access_token === undefined) throw new HubError('upstream_rejected', 'The authorization server refused the client.', { upstreamStatus: response.status })
      return answer.access_token
    },
  }
}

function addressOf({ url: given, query }: CallHttpRequest, endpoint: string | undefined): URL {
  const url = /^https?:/i.test(given) ? new URL(given) : new URL(`${(endpoint ?? '').replace(/\/$/, '')}${given}`)
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of [value].flat()) if (each !== undefined) url.searchParams.append(name, String(each))
  }
  return url
}

function bodyOf({ headers: given, json, form, body }: CallHttpRequest): { headers: HeaderMap, body: CallHttpRequest['body'] } {
  const headers: HeaderMap = Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  if (json !== undefined) return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) }
  if (form !== undefined) return { headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(form).toString() }
  return { headers, body }
}

function parse(text: string, expectJson: boolean): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch (error) {
    if (expectJson) throw new HubError('upstream_invalid_response', 'The upstream sent invalid JSON.', { cause: error })
    return text
  }
}

function refusal(status: number, data: unknown): HubError {
  const { message = '' } = (data as { error?: { message?: string } } | null)?.error ?? {}
  return new HubError(status >= 500 ? 'upstream_unavailable' : 'upstream_rejected', `The upstream answered ${status}: ${message}`, { upstreamStatus: status })
}
