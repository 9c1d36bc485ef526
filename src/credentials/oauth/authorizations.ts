/** Connecting an account: by a browser that is sent to the vendor and comes back with a code, or by a code that is typed in there. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Db } from '../../db/db.ts'
import { HubError, isHubError } from '../../errors.ts'
import { isUuid } from '../../lib/page.ts'
import type { Caller } from '../../tenants/caller.ts'
import { seal, unseal } from '../encryption.ts'
import { TokenRefused } from '../token-endpoint.ts'
import type { SealedToken } from '../tokens-store.ts'
import {
  claimPoll, deleteOldAuthorizations, findAuthorization, findByState, insertAuthorization, noteCredential, slowDown, useAuthorization, type AuthorizationRow,
} from './authorizations-store.ts'
import { storeConnection } from './connecting.ts'
import { askDevice } from './device.ts'
import { exchangeCode, exchangeDeviceCode, type Granted } from './exchange.ts'
import type { EndUser } from './grants-store.ts'
import type { OAuthDeps } from './deps.ts'
import { resolveTarget, type Resolved, type Wanted } from './targets.ts'

/** Which browser may come back. */
export type Bound = { sessionId: string } | { browser: string }

export interface Started { id: string, url: string, expiresAt: Date }

export interface DeviceStarted { id: string, userCode: string, verificationUri: string, verificationUriComplete: string | null, expiresAt: Date, intervalSeconds: number }

export interface Progress { id: string, status: 'pending' | 'connected' | 'failed' | 'expired', credentialId: string | null, expiresAt: Date, intervalSeconds: number | null }

/** How a browser that came back is sent on. */
export interface Finished { connectSessionId: string | null, tenantId: string, returnTo: string | null, credentialId: string | null, problem: string | null }

export interface Returned { state: string | undefined, code: string | undefined, error: string | undefined, issuer: string | undefined, sessionId: string | undefined, browser: string | undefined, requestId: string }

const CODE_MS = 15 * 60_000

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export interface StartOptions { bound: Bound, actor: string, endUser: EndUser | null, connectSessionId: string | null, returnTo: string | null }

/** Throws HubError as `resolveTarget` does. */
export async function startCode(deps: OAuthDeps, tenantId: string, wanted: Wanted, options: StartOptions): Promise<Started> {
  const resolved = await resolveTarget(deps, deps.database.tenant(tenantId), tenantId, wanted)
  const { server, client, target } = resolved
  if (server.authorizationUrl === undefined) throw new HubError('invalid_input', `Nothing says where ${server.name} asks its users: set endpoints.authorizationUrl or endpoints.issuer of its client.`)
  const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
  const row = await insert(deps, tenantId, resolved, { ...options, kind: 'code', secret: verifier, stateHash: hashOf(state), intervalSeconds: null, expiresAt: new Date(Date.now() + CODE_MS) })
  const url = new URL(server.authorizationUrl)
  const parameters = {
    ...server.authorizationParameters, response_type: 'code', client_id: client.clientId, redirect_uri: redirectUri(deps), state,
    ...target.scopes.length > 0 && { scope: target.scopes.join(server.scopeSeparator) },
    // OpenID Connect Core §11; vendors that come along say themselves what they want.
    ...resolved.vendor === undefined && target.scopes.includes('offline_access') && { prompt: 'consent' },
    ...server.pkce && { code_challenge: hashOf(verifier).toString('base64url'), code_challenge_method: 'S256' },
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { ...row, url: url.href }
}

function redirectUri({ publicUrl }: OAuthDeps): string {
  return `${publicUrl()}/api/v1/oauth/callback`
}

interface Insert extends StartOptions { kind: 'code' | 'device', secret: string, stateHash: Buffer | null, intervalSeconds: number | null, expiresAt: Date }

async function insert({ database, keys }: OAuthDeps, tenantId: string, { target, server, client }: Resolved, { bound, actor, secret, ...row }: Insert): Promise<{ id: string, expiresAt: Date }> {
  const id = uuidv7()
  await database.tenant(tenantId).transaction(async (db) => {
    const key = await keys.newest(db, tenantId)
    const sealed: SealedToken = { v: key.version, c: seal(key.bytes, Buffer.from(secret), placeOf(tenantId, id, key.version)).toString('base64') }
    await insertAuthorization(db, {
      ...row, tenantId, id, target, server, clientTenantId: client.tenantId, secret: sealed, createdBy: actor,
      sessionId: 'sessionId' in bound ? bound.sessionId : null, browserHash: 'browser' in bound ? hashOf(bound.browser) : null,
    })
  })
  return { id, expiresAt: row.expiresAt }
}

function placeOf(tenantId: string, id: string, version: number): string[] {
  return ['oauth_authorizations', tenantId, id, String(version)]
}

async function openSecret({ keys }: OAuthDeps, { tenantId, id, secret, keys: versions }: AuthorizationRow): Promise<string> {
  const key = await keys.find(tenantId, versions, secret.v)
  return unseal(key.bytes, Buffer.from(secret.c, 'base64'), placeOf(tenantId, id, secret.v)).toString('utf8')
}

/**
 * Throws HubError `oauth_state_invalid` where this browser did not begin this, or it is over: nothing is used up then, for whoever did may
 * still come. Everything after that is told by `problem`.
 */
export async function finishCode(deps: OAuthDeps, returned: Returned): Promise<Finished> {
  const row = returned.state === undefined ? undefined : await findByState(deps.database.system, hashOf(returned.state))
  if (row === undefined || !isBound(row, returned)) throw stateInvalid()
  // Before the code is exchanged: the same code, sent twice, is exchanged once.
  if (!await useAuthorization(deps.database.tenant(row.tenantId), row.tenantId, row.id)) throw stateInvalid()
  const { tenantId, connectSessionId, returnTo } = row
  const finished = { tenantId, connectSessionId, returnTo }
  try {
    return { ...finished, problem: null, credentialId: await complete(deps, row, await codeToTokens(deps, row, returned), returned.requestId) }
  } catch (error) {
    if (!isHubError(error)) throw error
    deps.onError(error)
    return { ...finished, credentialId: null, problem: error.code }
  }
}

function stateInvalid(): HubError {
  return new HubError('oauth_state_invalid', 'Connecting this account was not begun in this browser, or that was too long ago. Begin again.')
}

function isBound({ sessionId, browserHash }: AuthorizationRow, returned: Returned): boolean {
  if (sessionId !== null) return sessionId === returned.sessionId
  return browserHash !== null && returned.browser !== undefined && timingSafeEqual(browserHash, hashOf(returned.browser))
}

async function codeToTokens(deps: OAuthDeps, row: AuthorizationRow, { code, error, issuer }: Returned): Promise<Granted> {
  const { server } = row
  // RFC 9207: a code of another server must not be taken for one of this.
  if (issuer !== undefined && server.issuer !== undefined && issuer !== server.issuer) throw new HubError('upstream_rejected', `The answer came from another server than ${server.name}.`)
  if (error === 'access_denied') throw new HubError('access_denied', `It was refused at ${server.name}.`)
  if (error !== undefined || code === undefined || code.length > 4096) throw new HubError('upstream_rejected', `${server.name} gave no code.`)
  return exchangeCode(deps.http, await exchangeOf(deps, row), { code, verifier: server.pkce ? await openSecret(deps, row) : undefined, redirectUri: redirectUri(deps) })
}

async function exchangeOf(deps: OAuthDeps, { server, clientTenantId, target }: AuthorizationRow): Promise<Parameters<typeof exchangeCode>[1]> {
  return { server, client: await deps.clients.open(clientTenantId, target.vendor), now: deps.now }
}

async function complete(deps: OAuthDeps, row: AuthorizationRow, granted: Granted, requestId: string): Promise<string> {
  const { tenantId, target, server, clientTenantId, endUser } = row
  const schema = await deps.schemaOf(tenantId, target.connector) ?? {}
  const id = await deps.database.tenant(tenantId).transaction(async (db) => {
    const stored = await storeConnection(deps.keys, db, { tenantId, actor: row.createdBy, requestId, target, server, clientTenantId, endUser, granted, schema })
    await noteCredential(db, tenantId, row.id, stored)
    return stored
  })
  deps.changed(tenantId, id)
  deps.announce(tenantId, {
    type: 'credential.connected', subject: id,
    data: { credentialId: id, vendor: target.vendor, connector: target.connector, scopes: granted.scopes ?? target.scopes, ...endUser !== null && { endUser: { id: endUser.id } }, ...row.connectSessionId !== null && { connectSessionId: row.connectSessionId } },
  })
  return id
}

/** Throws HubError as `resolveTarget` does, and `invalid_input` where the vendor has no such way. */
export async function startDevice(deps: OAuthDeps, caller: Caller, wanted: Wanted): Promise<DeviceStarted> {
  const { tenantId } = caller
  const resolved = await resolveTarget(deps, deps.database.tenant(tenantId), tenantId, wanted)
  const { server, client, target } = resolved
  const asked = await askDevice(deps.http, { server, client: await deps.clients.open(client.tenantId, client.vendor), now: deps.now }, target.scopes)
  const { deviceCode, expiresAt, intervalSeconds, ...shown } = asked
  // A browser plays no part in it: nobody may come back by the callback.
  const options = { bound: { browser: randomBytes(32).toString('base64url') }, actor: caller.actor, endUser: null, connectSessionId: null, returnTo: null }
  const { id } = await insert(deps, tenantId, resolved, { ...options, kind: 'device', secret: deviceCode, stateHash: null, intervalSeconds, expiresAt })
  return { id, ...shown, expiresAt, intervalSeconds }
}

export async function findProgress(deps: OAuthDeps, { tenantId }: Caller, id: string): Promise<Progress> {
  return progressOf(await one(deps.database.tenant(tenantId), tenantId, id))
}

async function one(db: Db, tenantId: string, id: string): Promise<AuthorizationRow> {
  const row = isUuid(id) ? await findAuthorization(db, tenantId, id) : undefined
  if (row === undefined) throw new HubError('not_found', 'There is no such authorization, or it is over.')
  return row
}

function progressOf({ id, credentialId, usedAt, expiresAt, intervalSeconds }: AuthorizationRow): Progress {
  const status = credentialId !== null ? 'connected' : usedAt !== null ? 'failed' : expiresAt.getTime() <= Date.now() ? 'expired' : 'pending'
  return { id, status, credentialId, expiresAt, intervalSeconds }
}

/** Asks the vendor, as often as it wants to be asked; in between it answers what is known. */
export async function pollDevice(deps: OAuthDeps, caller: Caller, id: string): Promise<Progress> {
  const { tenantId, requestId = '' } = caller
  const db = deps.database.tenant(tenantId)
  const row = await one(db, tenantId, id)
  if (row.kind !== 'device') throw new HubError('not_found', 'This is no authorization by a device code.')
  if (await claimPoll(db, tenantId, id)) {
    const granted = await askAgain(deps, row)
    if (granted === 'failed') await useAuthorization(db, tenantId, id)
    else if (granted !== 'pending' && await useAuthorization(db, tenantId, id)) await complete(deps, row, granted, requestId)
  }
  return progressOf(await one(db, tenantId, id))
}

/** RFC 8628 §3.5. */
async function askAgain(deps: OAuthDeps, row: AuthorizationRow): Promise<Granted | 'pending' | 'failed'> {
  try {
    return await exchangeDeviceCode(deps.http, await exchangeOf(deps, row), await openSecret(deps, row))
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error
    if (error.oauthError === 'slow_down') await slowDown(deps.database.tenant(row.tenantId), row.tenantId, row.id)
    if (error.oauthError === 'authorization_pending' || error.oauthError === 'slow_down') return 'pending'
    if (error.oauthError === 'access_denied' || error.oauthError === 'expired_token') return 'failed'
    throw error
  }
}

export async function expireAuthorizations({ database }: OAuthDeps): Promise<void> {
  await deleteOldAuthorizations(database.system)
}
