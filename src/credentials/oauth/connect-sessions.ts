/** Connect sessions: a product's own customer connects an account, on a page of the hub, and is led back to the product. */
import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { HubError } from '../../errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import { hashOf, startCode, type Finished, type Started } from './authorizations.ts'
import type { EndUser } from './grants-store.ts'
import type { OAuthDeps } from './deps.ts'
import {
  deleteConnectSession, findConnectSession, findConnectSessionByHash, insertConnectSession, listConnectSessions, listReturnUrls, replaceReturnUrls, updateConnectSession, type ConnectSessionRow,
} from './sessions-store.ts'
import { resolveTarget, type Wanted } from './targets.ts'

export interface ConnectInput extends Wanted { endUser?: EndUser | undefined, returnUrl?: string | undefined }

/** `url` stands nowhere else. */
export interface ConnectSession { id: string, url: string, expiresAt: Date }

export type ShownConnectSession = Omit<ConnectSessionRow, 'tenantId' | 'target'> & Pick<Wanted, 'vendor' | 'connector'>

/** What the page says. */
export interface ConnectPage { tenantName: string, vendorName: string, scopes: { scope: string, description: string }[], origin: string, done: boolean }

const SESSION_MS = 30 * 60_000

/** Throws HubError as `resolveTarget` does, and `invalid_input` for a return URL that the tenant does not allow. */
export async function createConnectSession(deps: OAuthDeps, caller: Caller, { endUser, returnUrl, ...wanted }: ConnectInput): Promise<ConnectSession> {
  const { tenantId } = caller
  const db = deps.database.tenant(tenantId)
  if (returnUrl !== undefined && !(await listReturnUrls(db, tenantId)).some((allowed) => isBelow(returnUrl, allowed))) {
    throw new HubError('invalid_input', '/returnUrl: is none that the tenant allows (PUT /api/v1/oauth/return-urls).', { errors: [{ pointer: '/returnUrl', detail: 'is none that the tenant allows' }] })
  }
  await resolveTarget(deps, db, tenantId, wanted)
  const token = `ic_${randomBytes(32).toString('base64url')}`
  const row = await db.transaction(async (db) => {
    const inserted = await insertConnectSession(db, { tenantId, id: uuidv7(), hash: hashOf(token), target: wanted, endUser: endUser ?? null, returnUrl: returnUrl ?? null, createdBy: caller.actor, expiresAt: new Date(Date.now() + SESSION_MS) })
    await recordChange(db, caller, { action: 'connect_session.created', targetType: 'connect_session', targetId: inserted.id, detail: { ...wanted.vendor !== undefined && { vendor: wanted.vendor }, ...endUser !== undefined && { endUser: endUser.id } } })
    return inserted
  })
  return { id: row.id, url: `${deps.publicUrl()}/connect/${token}`, expiresAt: row.expiresAt }
}

/** The same origin, and the same path or one below it: `https://a.example/app` allows `https://a.example/app/x`, and not `/apple`. */
function isBelow(url: string, allowed: string): boolean {
  const [given, base] = [URL.parse(url), URL.parse(allowed)]
  if (given === null || base === null || given.origin !== base.origin || given.username !== '' || given.password !== '') return false
  return given.pathname === base.pathname || given.pathname.startsWith(base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`)
}

export async function setReturnUrls(deps: OAuthDeps, caller: Caller, urls: string[]): Promise<string[]> {
  const unique = [...new Set(urls)]
  for (const [at, url] of unique.entries()) {
    const { protocol, hostname = '', search = '', hash = '', username = '' } = URL.parse(url) ?? {}
    const local = protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
    if (protocol !== 'https:' && !local || search !== '' || hash !== '' || username !== '') throw new HubError('invalid_input', `/urls/${at}: must be an https URL without query (http for this machine alone).`, { errors: [{ pointer: `/urls/${at}`, detail: 'must be an https URL without query (http for this machine alone)' }] })
  }
  await deps.database.tenant(caller.tenantId).transaction(async (db) => {
    await replaceReturnUrls(db, caller.tenantId, unique)
    await recordChange(db, caller, { action: 'oauth_return_urls.set', targetType: 'tenant', targetId: caller.tenantId, detail: { urls: unique } })
  })
  return unique.sort()
}

export function getReturnUrls({ database }: OAuthDeps, { tenantId }: Caller): Promise<string[]> {
  return listReturnUrls(database.tenant(tenantId), tenantId)
}

export async function listSessions({ database }: OAuthDeps, { tenantId }: Caller, { endUserId, limit, cursor }: PageRequest & { endUserId?: string | undefined }): Promise<Page<ShownConnectSession>> {
  const rows = await listConnectSessions(database.tenant(tenantId), tenantId, { endUserId, after: readIdCursor(cursor), limit: limit + 1 })
  return toPage(rows, limit, ({ id }) => [id], shown)
}

export async function findSession({ database }: OAuthDeps, { tenantId }: Caller, id: string): Promise<ShownConnectSession> {
  const row = isUuid(id) ? await findConnectSession(database.tenant(tenantId), tenantId, id) : undefined
  return shown(row ?? none())
}

export async function deleteSession({ database }: OAuthDeps, caller: Caller, id: string): Promise<void> {
  await database.tenant(caller.tenantId).transaction(async (db) => {
    if (!isUuid(id) || !await deleteConnectSession(db, caller.tenantId, id)) none()
    await recordChange(db, caller, { action: 'connect_session.deleted', targetType: 'connect_session', targetId: id })
  })
}

function shown({ tenantId: _tenant, target: { vendor, connector }, ...row }: ConnectSessionRow): ShownConnectSession {
  return { ...row, vendor, connector }
}

function none(): never {
  throw new HubError('not_found', 'There is no such connect session.')
}

/** Throws HubError `not_found` where the link is over, or was never one. */
async function byToken(deps: OAuthDeps, token: string): Promise<ConnectSessionRow & { tenantName: string }> {
  const row = await findConnectSessionByHash(deps.database.system, hashOf(token))
  if (row === undefined || row.expiresAt.getTime() <= Date.now()) throw new HubError('not_found', 'This link is over. Ask whoever sent it for another one.')
  return row
}

export async function readConnectPage(deps: OAuthDeps, token: string): Promise<ConnectPage> {
  const { tenantId, tenantName, target, status } = await byToken(deps, token)
  const { server, target: { scopes }, vendor } = await resolveTarget(deps, deps.database.tenant(tenantId), tenantId, target)
  return {
    tenantName, vendorName: server.name, done: status === 'connected', origin: server.authorizationUrl === undefined ? '' : new URL(server.authorizationUrl).origin,
    scopes: scopes.map((scope) => ({ scope, description: vendor?.scopes[scope] ?? '' })),
  }
}

/** Sends the browser on: `browser` is what its cookie holds. Throws HubError `conflict` where it is connected already. */
export async function enterConnectSession(deps: OAuthDeps, token: string, browser: string): Promise<Started> {
  const { tenantId, id, target, endUser, returnUrl, status, createdBy } = await byToken(deps, token)
  if (status === 'connected') throw new HubError('conflict', 'This account is connected already.')
  return startCode(deps, tenantId, target, { bound: { browser }, actor: createdBy, endUser, connectSessionId: id, returnTo: returnUrl })
}

/** Where the browser goes after the vendor; null: nowhere, a page says how it went. */
export async function returnAfter({ database }: OAuthDeps, { tenantId, connectSessionId, returnTo, credentialId, problem }: Finished): Promise<string | null> {
  if (connectSessionId !== null) await updateConnectSession(database.tenant(tenantId), tenantId, connectSessionId, { status: problem === null ? 'connected' : 'failed', credentialId })
  if (returnTo === null) return null
  const added = new URLSearchParams({
    ...connectSessionId !== null && { connectSession: connectSessionId }, ...credentialId !== null && { credentialId }, ...problem !== null && { problem },
  })
  const [before, hash] = returnTo.split('#', 2) as [string, string | undefined]
  return `${before}${before.includes('?') ? '&' : '?'}${added}${hash === undefined ? '' : `#${hash}`}`
}
