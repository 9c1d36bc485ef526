/** Who asks: an API key in `Authorization`, or else the cookie of a session together with the tenant that the request is about. */
import { HubError } from '../errors.ts'
import type { Caller, Scope } from '../tenants/caller.ts'
import type { Services } from './services.ts'

export const SESSION_COOKIE = 'interchange_session'
const TENANT_HEADER = 'x-interchange-tenant'

type HeadersIn = Record<string, string | string[] | undefined>

export interface Asking {
  method: string
  headers: HeadersIn
  /** Of the query, where headers cannot be set: downloads, event streams, WebSockets. */
  tenant: string | undefined
  requestId: string
  /** An API key that came otherwise than in `Authorization`. */
  key?: string | undefined
}

type Needed = Pick<Services, 'keys' | 'sessions' | 'publicUrl'>

/** Throws HubError `unauthorized`, `csrf_refused`, `not_found` for another's tenant. */
export async function authenticate({ keys, sessions, publicUrl }: Needed, { method, headers, tenant, requestId, key = bearerOf(headers['authorization'] as string | undefined) }: Asking): Promise<Caller> {
  if (key !== undefined) {
    const caller = await keys.authenticate(key, requestId)
    if (caller === undefined) throw new HubError('unauthorized', 'This API key is unknown, expired or revoked.')
    return caller
  }
  const token = headers['authorization'] === undefined ? sessionToken(headers) : undefined
  if (token === undefined) throw new HubError('unauthorized', 'Send `Authorization: Bearer <API key>`, or sign in.')
  if (!harmless.has(method) || headers['upgrade'] !== undefined) assertOwnOrigin(headers, publicUrl())
  return sessions.authenticate(token, oneOf(headers[TENANT_HEADER]) ?? tenant, requestId)
}

/** Throws HubError `forbidden`. */
export function assertScope(caller: Caller, scope: Scope): void {
  if (!caller.scopes.has(scope)) throw new HubError('forbidden', `This needs the scope ${scope}, which ${caller.actor.startsWith('member:') ? `the role ${caller.role}` : 'the key'} does not have.`)
}

/** For streams: whether it may go on. */
export async function stillAllowed(services: Needed, asking: Asking, scope: Scope): Promise<boolean> {
  try {
    return (await authenticate(services, asking)).scopes.has(scope)
  } catch (error) {
    if (error instanceof HubError && error.status < 500) return false
    throw error
  }
}

/** The key in an Authorization header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1]
}

export function sessionToken(headers: HeadersIn): string | undefined {
  return cookieOf(headers, SESSION_COOKIE)
}

export function cookieOf(headers: HeadersIn, name: string, maxLength = 512): string | undefined {
  const value = oneOf(headers['cookie'])?.split(';').map((each) => each.trim()).find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)
  return value !== undefined && value.length <= maxLength && /^[\w.-]+$/.test(value) ? value : undefined
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser says where a request comes from, and no page can make it lie: only the hub's own pages may act with its cookie.
 * Beside the public URL, the very host that was asked counts: a name that leads here is the hub's own, and cookies belong to a host.
 * Throws HubError `csrf_refused`.
 */
function assertOwnOrigin(headers: HeadersIn, publicUrl: string): void {
  const origin = oneOf(headers['origin'])
  if (oneOf(headers['sec-fetch-site']) === 'same-origin') return
  if (origin !== undefined && (origin === new URL(publicUrl).origin || origin === `http://${oneOf(headers['host'])}`)) return
  throw new HubError('csrf_refused', 'A request with the cookie of a session must come from a page of the hub itself.')
}

/** The same for what needs no cookie yet: programs, which send no `Origin`, may. */
export function assertNoForeignPage(headers: HeadersIn, publicUrl: string): void {
  if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined || sessionToken(headers) !== undefined) assertOwnOrigin(headers, publicUrl)
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
