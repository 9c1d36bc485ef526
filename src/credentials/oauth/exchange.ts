/** Codes, device codes and refresh tokens for tokens, and tokens taken back. */
import type { HttpClient } from '../../lib/http/http.ts'
import { readBody } from '../../lib/http/body.ts'
import { askTokenEndpoint, authenticated, readAccessToken, REQUEST_TIMEOUT_MS, TokenRefused } from '../token-endpoint.ts'
import { MAX_LIFE_S, type Token } from '../token-request.ts'
import type { OAuthServer, Revocation } from './server.ts'

export interface Client { id: string, secret: string | undefined }

export interface Granted extends Token {
  refreshToken: string | undefined
  /** Undefined where the server doesn't say: then those that were asked for. */
  scopes: string[] | undefined
  /** What is kept beside the tokens. */
  detail: Record<string, unknown>
}

export interface Exchange { server: OAuthServer, client: Client, now(): number }

/** A token without an end lives until the service refuses it. */
const ENDLESS_MS = Date.UTC(9000, 0)

export function exchangeCode(http: HttpClient, exchange: Exchange, { code, verifier, redirectUri }: { code: string, verifier: string | undefined, redirectUri: string }): Promise<Granted> {
  return ask(http, exchange, { what: 'the code', secrets: [code], parameters: { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...verifier !== undefined && { code_verifier: verifier } } })
}

export function exchangeDeviceCode(http: HttpClient, exchange: Exchange, deviceCode: string): Promise<Granted> {
  return ask(http, exchange, { what: 'the device code', secrets: [deviceCode], parameters: { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode } })
}

export function refresh(http: HttpClient, exchange: Exchange, refreshToken: string): Promise<Granted> {
  return ask(http, exchange, { what: 'the refresh token', secrets: [refreshToken], parameters: { grant_type: 'refresh_token', refresh_token: refreshToken } })
}

/** `invalid_grant`, and what vendors say instead: who granted took it back, or it is too old. Anything else may pass by itself. */
const ended = new Set(['invalid_grant', 'bad_refresh_token', 'invalid_refresh_token', 'token_revoked', 'token_expired', 'account_inactive', 'BAD_REFRESH_TOKEN'])

export function isEnded(error: unknown): boolean {
  return error instanceof TokenRefused && error.oauthError !== undefined && ended.has(error.oauthError)
}

interface Asked { what: string, secrets: string[], parameters: Record<string, string> }

async function ask(http: HttpClient, { server, client, now }: Exchange, { what, secrets, parameters }: Asked): Promise<Granted> {
  const answer = await askTokenEndpoint(http, {
    url: server.tokenUrl, parameters, client, authentication: server.authentication, body: server.body, what, now,
    secrets: [...secrets, ...client.secret === undefined ? [] : [client.secret]], deadline: now() + REQUEST_TIMEOUT_MS,
  })
  const { accessToken, lifeSeconds } = readAccessToken(answer)
  const { refresh_token: refreshToken, scope } = answer
  return {
    accessToken, expiresAt: lifeSeconds === undefined ? ENDLESS_MS : now() + 1000 * Math.min(lifeSeconds, MAX_LIFE_S),
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
    // Some answer with commas what they were asked with spaces.
    scopes: typeof scope === 'string' && scope !== '' ? scope.split(/[\s,]+/).filter((each) => each !== '') : undefined,
    detail: Object.fromEntries(server.keep.filter((name) => Object.hasOwn(answer, name)).map((name) => [name, answer[name]])),
  }
}

const REVOKE_TIMEOUT_MS = 5000

/** Tells the vendor that the tokens are wanted no more. Throws where it doesn't take that. */
export async function revoke(http: HttpClient, revocation: Revocation, { client, tokens }: { client: Client, tokens: { access: string | undefined, refresh: string | undefined } }): Promise<void> {
  const token = tokens[revocation.token] ?? tokens.refresh ?? tokens.access
  if (token === undefined) return
  const { url, method, send, name } = revocation
  const { authorization, fields } = revocation.client ? authenticated(client, send === 'json' ? 'basic' : 'post') : { authorization: undefined, fields: {} }
  const content = { ...fields, ...send === 'form' || send === 'json' ? { [name]: token } : {} }
  const response = await http.request({
    method, url: url.replace('{token}', encodeURIComponent(token)).replace('{client_id}', encodeURIComponent(client.id)), timeoutMs: REVOKE_TIMEOUT_MS, maxRedirects: 0,
    headers: {
      accept: 'application/json', ...authorization !== undefined && { authorization }, ...send === 'bearer' && { authorization: `Bearer ${token}` },
      ...send === 'form' && { 'content-type': 'application/x-www-form-urlencoded' }, ...send === 'json' && { 'content-type': 'application/json' },
    },
    ...send === 'form' && { body: new URLSearchParams(content).toString() }, ...send === 'json' && { body: JSON.stringify(content) },
  })
  await readBody(response, { maxBytes: 64 * 1024 })
  if (response.status >= 400) throw new Error(`The vendor answered ${response.status} to the revocation.`)
}
