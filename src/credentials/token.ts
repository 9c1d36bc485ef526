/** An access token on its way into the database and out, and how long it is good. */
import { seal, unseal } from './encryption.ts'
import type { DataKey } from './tenant-keys.ts'
import type { Token } from './token-request.ts'
import type { SealedToken, TokenPlace } from './tokens-store.ts'

/** A token is fetched anew so long before its end, and short-lived ones at nine tenths of their life, lest they expire on their way. */
const EARLY_MS = 30_000

export function early({ accessToken, expiresAt }: Token, now: number): Token {
  return { accessToken, expiresAt: expiresAt - Math.min(EARLY_MS, (expiresAt - now) / 10) }
}

export function sealToken(key: DataKey, place: TokenPlace, accessToken: string): SealedToken {
  return { v: key.version, c: seal(key.bytes, Buffer.from(accessToken), placeOf(place, key.version)).toString('base64') }
}

export function openToken(key: DataKey, place: TokenPlace, { c }: SealedToken): string {
  return unseal(key.bytes, Buffer.from(c, 'base64'), placeOf(place, key.version)).toString('utf8')
}

function placeOf({ tenantId, credentialId, tokenKey }: TokenPlace, version: number): string[] {
  return ['credential_tokens', tenantId, credentialId, tokenKey, String(version)]
}
