/**
 * New access tokens for connected accounts. What the server gave is stored before it is used: a server that rotates refresh tokens has
 * forgotten the one before, so an answer that could not be stored is kept here, and stored as soon as the database takes it.
 */
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import { tellOthers } from '../notices.ts'
import type { TenantKeys } from '../tenant-keys.ts'
import type { Token } from '../token-request.ts'
import { early, openToken, sealToken } from '../token.ts'
import { findSealed, giveBackLease, grantKey, putToken, refreshKey, type TokenPlace } from '../tokens-store.ts'
import type { OAuthClients } from './clients.ts'
import { isEnded, refresh, type Granted } from './exchange.ts'
import { findGrant, updateFailed, updateRefreshed, type GrantRow } from './grants-store.ts'

type Owner = Pick<TokenPlace, 'tenantId' | 'credentialId'>

export interface Renewing {
  /** By whoever holds the lease. Undefined where another was faster. Throws HubError `credential_revoked`, `credential_missing`, and as the token endpoint does. */
  renew(place: TokenPlace, field: string, lease: Date): Promise<Token | undefined>
  canRenew(owner: Owner, field: string): Promise<boolean>
  /** Waits for what could not be stored yet, for a moment. */
  close(): Promise<void>
}

export interface RenewingDeps {
  database: Database
  http: HttpClient
  keys: TenantKeys
  clients: Pick<OAuthClients, 'open'>
  now(): number
  /** A connection has ended. */
  ended(tenantId: string, grant: GrantRow, message: string): void
}

interface Unstored { place: TokenPlace, field: string, granted: Granted, used: string }
interface Inner extends RenewingDeps { unstored: Map<string, Unstored> }

const AGAIN_MS = 500
const CLOSE_MS = 3000

export function createRenewing(deps: RenewingDeps): Renewing {
  const inner: Inner = { ...deps, unstored: new Map() }
  return {
    renew: (place, field, lease) => renew(inner, place, field, lease),
    async canRenew({ tenantId, credentialId }, field) {
      return await findSealed(deps.database.tenant(tenantId), { tenantId, credentialId, tokenKey: refreshKey(field) }) !== undefined
    },
    async close() {
      for (const end = Date.now() + CLOSE_MS; inner.unstored.size > 0 && Date.now() < end;) await pause(AGAIN_MS / 5)
      inner.unstored.clear()
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms).unref() })
}

async function renew(inner: Inner, place: TokenPlace, field: string, lease: Date): Promise<Token | undefined> {
  const waiting = inner.unstored.get(nameOf(place))
  if (waiting !== undefined) return store(inner, waiting)
  let keepLease = false
  const db = inner.database.tenant(place.tenantId)
  try {
    const grant = await findGrant(db, place.tenantId, place.credentialId, field)
    if (grant === undefined) throw new HubError('credential_missing', 'No account is connected for this.', { beforeSending: true })
    if (grant.status === 'error') throw revoked(grant.error!)
    const used = await readRefreshToken(inner, db, place, field)
    if (used === undefined) throw await fail(inner, place, grant, `${grant.server.name} gave access for a time that is over, and nothing to prolong it`)
    const granted = await ask(inner, place, grant, used)
    if (granted === undefined) return undefined
    keepLease = true
    return await store(inner, { place, field, granted, used })
  } finally {
    // While an answer waits to be stored, nobody else may ask with the token that it replaced.
    if (!keepLease) await giveBackLease(db, place, lease).catch(() => undefined)
  }
}

/** Undefined where another process renewed it meanwhile: then the token that was used is old, and refused for that. */
async function ask(inner: Inner, place: TokenPlace, grant: GrantRow, used: string): Promise<Granted | undefined> {
  try {
    return await refresh(inner.http, { server: grant.server, client: await inner.clients.open(grant.clientTenantId, grant.vendor), now: inner.now }, used)
  } catch (error) {
    if (!isEnded(error)) throw error
    if (await readRefreshToken(inner, inner.database.tenant(place.tenantId), place, grant.field) !== used) return undefined
    throw await fail(inner, place, grant, `${grant.server.name} accepts it no more: it was revoked, or not used for too long`)
  }
}

async function fail({ database, ended }: RenewingDeps, { tenantId, credentialId }: Owner, grant: GrantRow, reason: string): Promise<HubError> {
  const message = `The connection to ${grant.server.name} has ended: ${reason}. Connect the account again.`
  const isNews = await database.tenant(tenantId).transaction(async (db) => {
    const updated = await updateFailed(db, tenantId, credentialId, grant.field, message)
    if (updated) await tellOthers(db, tenantId, credentialId)
    return updated
  })
  if (isNews) ended(tenantId, grant, message)
  return revoked(message)
}

/** As good as a refusal by the service itself: an integration is put in error by it. */
function revoked(message: string): HubError {
  return new HubError('credential_revoked', message, { beforeSending: true, upstreamStatus: 401 })
}

async function store(inner: Inner, unstored: Unstored): Promise<Token | undefined> {
  const { place, field, granted, used } = unstored
  const name = nameOf(place)
  try {
    const token = early(granted, inner.now())
    const stored = await inner.database.tenant(place.tenantId).transaction(async (db) => {
      // Compared by what it says: a key rotation may have encrypted it anew. Another one came by connecting again.
      if (await readRefreshToken(inner, db, place, field, { lock: true }) !== used) return false
      await putTokens(inner, db, place, field, { ...granted, expiresAt: token.expiresAt })
      await updateRefreshed(db, place.tenantId, place.credentialId, field, { scopes: granted.scopes })
      return true
    })
    inner.unstored.delete(name)
    return stored ? token : undefined
  } catch (error) {
    if (!inner.unstored.has(name)) {
      inner.unstored.set(name, unstored)
      void storeLater(inner, unstored)
    }
    throw error
  }
}

async function storeLater(inner: Inner, unstored: Unstored): Promise<void> {
  while (inner.unstored.get(nameOf(unstored.place)) === unstored) {
    await pause(AGAIN_MS)
    await store(inner, unstored).catch(() => undefined)
  }
}

function nameOf({ tenantId, credentialId, tokenKey }: TokenPlace): string {
  return `${tenantId}:${credentialId}:${tokenKey}`
}

async function readRefreshToken({ keys }: Pick<RenewingDeps, 'keys'>, db: Db, { tenantId, credentialId }: Owner, field: string, options?: { lock: boolean }): Promise<string | undefined> {
  const place = { tenantId, credentialId, tokenKey: refreshKey(field) }
  const found = await findSealed(db, place, options)
  return found === undefined ? undefined : openToken(await keys.find(tenantId, found.keys, found.token.v), place, found.token)
}

/** Of both kinds; a refresh token that is not renewed stays. */
export async function putTokens({ keys }: Pick<RenewingDeps, 'keys'>, db: Db, { tenantId, credentialId }: Owner, field: string, { accessToken, expiresAt, refreshToken }: Granted): Promise<void> {
  const key = await keys.newest(db, tenantId)
  const access = { tenantId, credentialId, tokenKey: grantKey(field) }
  await putToken(db, access, { sealed: sealToken(key, access, accessToken), expiresAt: new Date(expiresAt) })
  if (refreshToken === undefined) return
  const place = { ...access, tokenKey: refreshKey(field) }
  await putToken(db, place, { sealed: sealToken(key, place, refreshToken), expiresAt: null })
}

/** What is there to be revoked. */
export async function readTokens(deps: Pick<RenewingDeps, 'keys'>, db: Db, { tenantId, credentialId }: Owner, field: string): Promise<{ access: string | undefined, refresh: string | undefined }> {
  const place = { tenantId, credentialId, tokenKey: grantKey(field) }
  const found = await findSealed(db, place)
  const access = found === undefined ? undefined : openToken(await deps.keys.find(tenantId, found.keys, found.token.v), place, found.token)
  return { access, refresh: await readRefreshToken(deps, db, place, field) }
}
