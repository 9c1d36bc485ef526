import { SESSION_COOKIE } from '../../authenticate.ts'
import { Answer, type RequestFacts } from '../../route.ts'
import type { From, Opened, SignedIn } from '../../../tenants/sign-in/sessions.ts'

export function fromOf({ ip, headers, id }: RequestFacts): From {
  return { address: ip, userAgent: String(headers['user-agent'] ?? ''), requestId: id }
}

/** What a cookie of the hub carries besides its value: no script reads it, and no foreign page sends it along. */
export function setCookie(publicUrl: string, name: string, value: string, { path = '/', maxAgeSeconds }: { path?: string, maxAgeSeconds: number }): string {
  return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${publicUrl.startsWith('https:') ? '; Secure' : ''}`
}

export function sessionCookie(publicUrl: string, { token, signedIn: { expiresAt } }: Opened): string {
  return setCookie(publicUrl, SESSION_COOKIE, token, { maxAgeSeconds: Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000)) })
}

function noSessionCookie(publicUrl: string): string {
  return setCookie(publicUrl, SESSION_COOKIE, '', { maxAgeSeconds: 0 })
}

/** Nobody keeps an answer that says who is signed in. */
const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

export function opened(publicUrl: string, session: Opened, status = 200): Answer {
  return new Answer({ status, headers: { ...headers, 'set-cookie': sessionCookie(publicUrl, session) }, body: JSON.stringify(session.signedIn) })
}

export function shown(signedIn: SignedIn): Answer {
  return new Answer({ headers, body: JSON.stringify(signedIn) })
}

export function signedOut(publicUrl: string): Answer {
  return new Answer({ headers: { 'set-cookie': noSessionCookie(publicUrl) } })
}
