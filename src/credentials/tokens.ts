/**
 * Access tokens by OAuth 2 client credentials (RFC 6749 §4.4), one request for all who wait: in this process by a shared promise,
 * over processes by a lease on the token's row. A new token is stored before it is used.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { TokenRequest, TokenSource } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { readBody } from '../lib/http/body.ts'
import type { HttpClient, HttpResponse } from '../lib/http/http.ts'
import { createMask, type Mask } from '../lib/mask.ts'
import { seal, unseal } from './encryption.ts'
import type { SealedField } from './store.ts'
import type { TenantKeys } from './tenant-keys.ts'

export interface Tokens {
  source(tenantId: string, credentialId: string): TokenSource
  /** Masks the tokens that are in use with this credential; undefined where none is. */
  maskOf(tenantId: string, credentialId: string): Mask | undefined
  /** The credential was changed: its tokens are of no use. */
  drop(tenantId: string, credentialId: string): Promise<void>
  forget(tenantId: string, credentialId: string): void
}

interface Token { accessToken: string, expiresAt: number }
interface Place { tenantId: string, credentialId: string, tokenKey: string }

const REQUEST_TIMEOUT_MS = 10_000
const LEASE_SECONDS = 15
/** Fetched anew this long before the end, so that a token does not expire on its way. */
const EARLY_MS = 30_000
const DEFAULT_LIFE_S = 300
const POLL_MS = 50

export function createTokens({ database, http, keys }: { database: Database, http: HttpClient, keys: TenantKeys }): Tokens {
  const known = new LRUCache<string, Token>({ max: 10_000 })
  const fetching = new Map<string, Promise<Token>>()
  const masks = new LRUCache<string, { mask: Mask, texts: string[] }>({ max: 10_000 })

  const remember = ({ tenantId, credentialId, tokenKey }: Place, token: Token): Token => {
    known.set(`${tenantId}:${credentialId}:${tokenKey}`, token)
    // The one before may still be on its way somewhere.
    const texts = [token.accessToken, ...masks.get(`${tenantId}:${credentialId}`)?.texts ?? []].slice(0, 8)
    masks.set(`${tenantId}:${credentialId}`, { mask: createMask(texts), texts })
    return token
  }

  const get = async (place: Place, request: TokenRequest): Promise<string> => {
    const name = `${place.tenantId}:${place.credentialId}:${place.tokenKey}`
    const current = known.get(name)
    if (current !== undefined && current.expiresAt - EARLY_MS > Date.now()) return current.accessToken
    let running = fetching.get(name)
    if (running === undefined) {
      running = obtain({ database, http, keys }, place, request).then((token) => remember(place, token)).finally(() => { fetching.delete(name) })
      fetching.set(name, running)
    }
    return (await running).accessToken
  }

  const forget = (tenantId: string, credentialId: string): void => {
    for (const name of known.keys()) if (name.startsWith(`${tenantId}:${credentialId}:`)) known.delete(name)
  }

  return {
    source: (tenantId, credentialId) => ({
      get: (request) => get({ tenantId, credentialId, tokenKey: keyOf(request, credentialId) }, request),
    }),
    maskOf: (tenantId, credentialId) => masks.get(`${tenantId}:${credentialId}`)?.mask,
    async drop(tenantId, credentialId) {
      forget(tenantId, credentialId)
      await database.tenant(tenantId).query('delete from credential_tokens where tenant_id = $1 and credential_id = $2', [tenantId, credentialId])
    },
    forget,
  }
}

/** Another client, place or scope is another token. Secrets that are only being tried have no credential that forgets its tokens with them. */
function keyOf({ tokenUrl, clientId, clientSecret, scopes }: TokenRequest, credentialId: string): string {
  const facts = [tokenUrl, clientId, [...scopes].sort(), ...credentialId === '' ? [clientSecret] : []]
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url')
}

interface Deps { database: Database, http: HttpClient, keys: TenantKeys }

async function obtain(deps: Deps, place: Place, request: TokenRequest): Promise<Token> {
  // A test of values that are not stored has no row to keep a token in.
  if (place.credentialId === '') return requestToken(deps.http, request)
  const end = Date.now() + LEASE_SECONDS * 1000
  while (!await takeLease(deps.database, place)) {
    const stored = await readStored(deps, place)
    if (stored !== undefined) return stored
    if (Date.now() > end) throw new HubError('upstream_timeout', 'Another process is fetching the access token, and does not get it.', { beforeSending: true })
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS) })
  }
  try {
    // Whoever held the lease before may have stored one.
    const stored = await readStored(deps, place)
    if (stored !== undefined) return stored
    const token = await requestToken(deps.http, request)
    await store(deps, place, token)
    return token
  } finally {
    await deps.database.tenant(place.tenantId).query(
      'update credential_tokens set lease_until = null where tenant_id = $1 and credential_id = $2 and token_key = $3', [place.tenantId, place.credentialId, place.tokenKey])
      .catch(() => undefined)
  }
}

async function takeLease(database: Database, { tenantId, credentialId, tokenKey }: Place): Promise<boolean> {
  const { rowCount } = await database.tenant(tenantId).query(
    `insert into credential_tokens (tenant_id, credential_id, token_key, lease_until) values ($1, $2, $3, now() + interval '${LEASE_SECONDS} seconds')
     on conflict (tenant_id, credential_id, token_key) do update set lease_until = excluded.lease_until
     where credential_tokens.lease_until is null or credential_tokens.lease_until < now()`,
    [tenantId, credentialId, tokenKey])
  return rowCount === 1
}

async function readStored({ database, keys }: Deps, place: Place): Promise<Token | undefined> {
  const { rows } = await database.tenant(place.tenantId).query<{ token: SealedField | null, expiresAt: Date | null }>(
    'select token, expires_at as "expiresAt" from credential_tokens where tenant_id = $1 and credential_id = $2 and token_key = $3',
    [place.tenantId, place.credentialId, place.tokenKey])
  const [row] = rows
  if (!row?.token || !row.expiresAt || row.expiresAt.getTime() - EARLY_MS <= Date.now()) return undefined
  const key = await keys.version(place.tenantId, row.token.v)
  return { accessToken: unseal(key.bytes, Buffer.from(row.token.c, 'base64'), placeOf(place, row.token.v)).toString('utf8'), expiresAt: row.expiresAt.getTime() }
}

async function store({ database, keys }: Deps, place: Place, { accessToken, expiresAt }: Token): Promise<void> {
  const key = await keys.newest(place.tenantId)
  const token: SealedField = { v: key.version, c: seal(key.bytes, Buffer.from(accessToken), placeOf(place, key.version)).toString('base64') }
  await database.tenant(place.tenantId).query(
    'update credential_tokens set token = $4, expires_at = $5 where tenant_id = $1 and credential_id = $2 and token_key = $3',
    [place.tenantId, place.credentialId, place.tokenKey, JSON.stringify(token), new Date(expiresAt)])
}

function placeOf({ tenantId, credentialId, tokenKey }: Place, version: number): string[] {
  return ['credential_tokens', tenantId, credentialId, tokenKey, String(version)]
}

/** The client authenticates by HTTP Basic (RFC 6749 §2.3.1), and by the body where the server wants it so. */
async function requestToken(http: HttpClient, request: TokenRequest): Promise<Token> {
  const response = await send(http, request, 'basic')
  if (response.status !== 400 && response.status !== 401) return readToken(response)
  const refusal = await readRefusal(response)
  if (refusal !== 'invalid_client' && refusal !== 'invalid_request' && refusal !== '') throw refused(response.status, refusal)
  return readToken(await send(http, request, 'body'))
}

function send(http: HttpClient, { tokenUrl, clientId, clientSecret, scopes, signal }: TokenRequest, how: 'basic' | 'body'): Promise<HttpResponse> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...scopes.length > 0 && { scope: scopes.join(' ') }, ...how === 'body' && { client_id: clientId, client_secret: clientSecret } })
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
  return http.request({
    method: 'POST', url: tokenUrl, body: form.toString(), timeoutMs: REQUEST_TIMEOUT_MS, ...signal && { signal },
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...how === 'basic' && { authorization: `Basic ${basic}` } },
  })
}

async function readToken(response: HttpResponse): Promise<Token> {
  if (response.status >= 500) {
    response.body.destroy()
    throw new HubError('upstream_unavailable', `The authorization server failed with status ${response.status}.`, { upstreamStatus: response.status, beforeSending: true })
  }
  if (response.status >= 300) throw refused(response.status, await readRefusal(response))
  const text = (await readBody(response, { maxBytes: 256 * 1024 })).toString('utf8')
  const { access_token: accessToken, expires_in: expiresIn } = parse(text) as { access_token?: unknown, expires_in?: unknown }
  if (typeof accessToken !== 'string' || accessToken === '') throw new HubError('upstream_invalid_response', 'The authorization server gave no access token.', { beforeSending: true })
  const seconds = Number(expiresIn)
  return { accessToken, expiresAt: Date.now() + 1000 * (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_LIFE_S) }
}

/** RFC 6749 §5.2; empty where the answer says nothing of the kind. */
async function readRefusal(response: HttpResponse): Promise<string> {
  const text = (await readBody(response, { maxBytes: 64 * 1024 })).toString('utf8')
  const { error } = parse(text) as { error?: unknown }
  return typeof error === 'string' ? error.slice(0, 100) : ''
}

function refused(status: number, code: string): HubError {
  return new HubError('upstream_rejected', `The authorization server refused the client credentials${code && `: ${code}`}.`, { upstreamStatus: status === 400 ? 401 : status })
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? value : {}
  } catch {
    return {}
  }
}
