/**
 * Access tokens by OAuth 2, for client credentials and for accounts that were connected; one request for all who wait: in this process by a shared promise, over processes
 * by a lease on the token's row. A new token is stored before it is used.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { GrantTokenRequest, TokenSource } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import type { TenantKeys } from './tenant-keys.ts'
import type { Renewing } from './oauth/renewing.ts'
import { early, openToken, sealToken } from './token.ts'
import { createTokenBooks, type TokenBook } from './token-book.ts'
import { REQUEST_TIMEOUT_MS } from './token-endpoint.ts'
import { requestToken, type ClientCredentialsRequest, type Token } from './token-request.ts'
import { findToken, giveBackLease, grantKey, removeToken, storeToken, takeLease, type TokenPlace } from './tokens-store.ts'

export interface CredentialTokens extends TokenSource {
  /** A bearer token that is valid now. */
  get(request: AnyRequest): Promise<string>
  /** The service refused this token (401): the next `get` fetches another, unless somebody did already. */
  invalidate(request: AnyRequest, accessToken: string): Promise<void>
}

export type AnyRequest = ClientCredentialsRequest | GrantTokenRequest

export interface Tokens {
  source(tenantId: string, credentialId: string): CredentialTokens
  book(tenantId: string, credentialId: string): TokenBook
  /** Something changed: what is in memory is looked up anew. */
  forget(tenantId: string, credentialId: string): void
  forgetAll(): void
}

export interface TokensDeps {
  database: Database
  http: HttpClient
  keys: TenantKeys
  now(): number
  renewing: Renewing
}

/** Longer than a request may take, so that a living holder never loses it. */
const LEASE_MS = REQUEST_TIMEOUT_MS + 4000
const WAIT_MS = 2 * LEASE_MS
const POLL_MS = 50

/** Ids of credentials that are not stored; no stored one looks like it. */
const UNSTORED = 'test:'

export function unstoredId(): string {
  return UNSTORED + randomUUID()
}

function isStored(credentialId: string): boolean {
  return !credentialId.startsWith(UNSTORED)
}

type Owner = Omit<TokenPlace, 'tokenKey'>

export function createTokens(deps: TokensDeps): Tokens {
  const books = createTokenBooks()
  const fetching = new Map<string, Promise<Token>>()

  const get = async ({ tenantId, credentialId }: Owner, request: AnyRequest): Promise<string> => {
    // Without a credential there is nothing that tells one client's tokens from another's.
    if (credentialId === '' && !('grant' in request)) return (await unlessAborted(requestToken(deps.http, request, deps.now), request.signal)).accessToken
    const book = books.of(tenantId, credentialId)
    const plain = plainKey(request)
    const known = book.find(plain)
    if (known !== undefined && known.expiresAt > deps.now()) return known.accessToken
    const name = `${tenantId}:${credentialId}:${plain}`
    let running = fetching.get(name)
    if (running === undefined) {
      running = obtain(deps, { tenantId, credentialId, tokenKey: tokenKeyOf(request, plain) }, request)
        .then((token) => {
          book.keep(plain, token)
          return token
        })
        .finally(() => { fetching.delete(name) })
      fetching.set(name, running)
    }
    return (await unlessAborted(running, request.signal)).accessToken
  }

  const invalidate = async ({ tenantId, credentialId }: Owner, request: AnyRequest, accessToken: string): Promise<void> => {
    const plain = plainKey(request)
    const known = books.find(tenantId, credentialId)?.find(plain)
    // Somebody was told before, and fetched another.
    if (known !== undefined && known.accessToken !== accessToken) return
    // Where no other can be had, a service that refuses once must not cost the connection.
    if ('grant' in request && !await deps.renewing.canRenew({ tenantId, credentialId }, request.grant)) return
    books.find(tenantId, credentialId)?.drop(plain)
    if (isStored(credentialId)) await removeStored(deps, { tenantId, credentialId, tokenKey: tokenKeyOf(request, plain) }, accessToken)
  }

  return {
    source: (tenantId, credentialId) => ({
      get: (request) => get({ tenantId, credentialId }, request),
      invalidate: (request, accessToken) => invalidate({ tenantId, credentialId }, request, accessToken),
    }),
    book: (tenantId, credentialId) => books.of(tenantId, credentialId),
    forget: (tenantId, credentialId) => { books.find(tenantId, credentialId)?.dropAll() },
    forgetAll: () => { for (const book of books.all()) book.dropAll() },
  }
}

/** Another client, place or scope is another token. The secret stays out: the hash of a weak one would tell it. */
function plainKey(request: AnyRequest): string {
  if ('grant' in request) return grantKey(request.grant)
  const { tokenUrl, clientId, scopes, audience, authMethod } = request
  return JSON.stringify([tokenUrl, clientId, scopes, audience, authMethod])
}

function tokenKeyOf(request: AnyRequest, plain: string): string {
  return 'grant' in request ? plain : createHash('sha256').update(plain).digest('base64url')
}

async function obtain(deps: TokensDeps, place: TokenPlace, request: AnyRequest): Promise<Token> {
  if ('grant' in request && (place.credentialId === '' || !isStored(place.credentialId))) throw new HubError('credential_missing', 'No account is connected for this.', { beforeSending: true })
  if (!('grant' in request) && !isStored(place.credentialId)) return early(await requestToken(deps.http, request, deps.now), deps.now())
  const db = deps.database.tenant(place.tenantId)
  const end = performance.now() + WAIT_MS
  for (;;) {
    const until = new Date(deps.now())
    const lease = await takeLease(db, place, { leaseMs: LEASE_MS, until }).catch((error: unknown) => { throw goneOr(error) })
    const token = lease === undefined ? await readToken(deps, place, until) : 'grant' in request ? await deps.renewing.renew(place, request.grant, lease) : await fetchToken(deps, place, request, lease)
    if (token !== undefined) return token
    if (performance.now() > end) throw new HubError('upstream_timeout', 'The access token that another process is fetching did not come.', { beforeSending: true })
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS * (0.5 + Math.random())) })
  }
}

async function readToken({ database, keys }: TokensDeps, place: TokenPlace, until: Date): Promise<Token | undefined> {
  const db = database.tenant(place.tenantId)
  const stored = await findToken(db, place, until)
  if (stored === undefined) return undefined
  const { token, expiresAt } = stored
  try {
    const key = await keys.find(place.tenantId, stored.keys, token.v)
    return { accessToken: openToken(key, place, token), expiresAt: expiresAt.getTime() }
  } catch {
    // Another can be had, which is better than staying with one that cannot be read.
    await removeToken(db, place, token.c)
    return undefined
  }
}

/** Compared by what it says: the ciphertext may be another since it was read. */
async function removeStored({ database, keys, now }: TokensDeps, place: TokenPlace, accessToken: string): Promise<void> {
  const db = database.tenant(place.tenantId)
  const stored = await findToken(db, place, new Date(now()))
  if (stored === undefined) return
  const { token } = stored
  const isAnother = await keys.find(place.tenantId, stored.keys, token.v).then((key) => openToken(key, place, token) !== accessToken).catch(() => false)
  if (!isAnother) await removeToken(db, place, token.c)
}

/** Undefined where the lease was lost meanwhile. */
async function fetchToken({ database, http, keys, now }: TokensDeps, place: TokenPlace, request: ClientCredentialsRequest, lease: Date): Promise<Token | undefined> {
  const db = database.tenant(place.tenantId)
  try {
    const token = early(await requestToken(http, request, now), now())
    return await db.transaction(async (inner) => {
      const key = await keys.newest(inner, place.tenantId)
      const sealed = sealToken(key, place, token.accessToken)
      // What is over already is for this one call.
      const stored = await storeToken(inner, place, { lease, sealed, expiresAt: new Date(token.expiresAt) })
      return stored ? token : undefined
    })
  } catch (error) {
    await giveBackLease(db, place, lease).catch(() => undefined)
    throw error
  }
}

/** 23503: the credential that the token belongs to. */
function goneOr(error: unknown): unknown {
  if ((error as { code?: string }).code !== '23503') return error
  return new HubError('credential_missing', 'The credential is gone.', { beforeSending: true })
}

/** Others may wait for the same promise: who gives up leaves it running. */
function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof HubError ? signal.reason : new HubError('upstream_timeout', 'There was no access token in time.', { cause: signal.reason, beforeSending: true }))
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => { signal.removeEventListener('abort', abort) })
  })
}
