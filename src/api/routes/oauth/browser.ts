import { randomBytes } from 'node:crypto'
import { cookieOf } from '../../authenticate.ts'
import type { RequestFacts } from '../../route.ts'
import { setCookie } from '../session/cookies.ts'

/** Tells one browser from another, for those who connect an account without being signed in. */
export const BROWSER_COOKIE = 'interchange_browser'
const SECONDS = 3600

/** The cookie's value, and the header that sets it. One that is there is kept: another window may be under way. */
export function browserOf({ headers }: RequestFacts, publicUrl: string): { browser: string, cookie: string } {
  const known = cookieOf(headers, BROWSER_COOKIE)
  const browser = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString('base64url')
  return { browser, cookie: setCookie(publicUrl, BROWSER_COOKIE, browser, { maxAgeSeconds: SECONDS }) }
}
