/** Asks an authorization server for an access token by client credentials (RFC 6749 §4.4). */
import type { TokenRequest } from '../connectors/connector.ts'
import { HubError } from '../errors.ts'
import { readBody } from '../lib/http/body.ts'
import type { HttpClient, HttpResponse } from '../lib/http/http.ts'
import { createMask } from '../lib/mask.ts'

export interface ClientCredentialsRequest extends TokenRequest {
  /** Which API the token is for, where the server wants to know (Auth0 and others). */
  audience?: string | undefined
  /** How the client authenticates: in the header or in the body. Unless given the header is tried first, as RFC 6749 §2.3.1 has it. */
  authMethod?: 'basic' | 'post' | undefined
}

export interface Token {
  accessToken: string
  /** Moment in ms. */
  expiresAt: number
}

/** For all that one token takes. */
export const REQUEST_TIMEOUT_MS = 8000
const MAX_BYTES = 256 * 1024
/** Where the server doesn't say. */
const DEFAULT_LIFE_S = 300
const MAX_LIFE_S = 30 * 24 * 3600

/**
 * Throws HubError, always with `beforeSending`, for the call that needs the token was not sent: `upstream_rejected` where the server refuses the
 * client, `upstream_unavailable` or `upstream_timeout` where it cannot be asked or fails, `upstream_invalid_response` where its
 * answer holds no bearer token.
 */
export async function requestToken(http: HttpClient, request: ClientCredentialsRequest, now: () => number): Promise<Token> {
  const deadline = now() + REQUEST_TIMEOUT_MS
  try {
    return await ask(http, request, { method: request.authMethod ?? 'basic', deadline, now })
  } catch (error) {
    if (request.authMethod === undefined && error instanceof ClientRefused) return await ask(http, request, { method: 'post', deadline, now }).catch((again: unknown) => { throw beforeSending(again) })
    throw beforeSending(error)
  }
}

interface Attempt { method: 'basic' | 'post', deadline: number, now(): number }

/** The server doesn't know the client by this way of authenticating. */
class ClientRefused extends HubError {}

async function ask(http: HttpClient, request: ClientCredentialsRequest, { method, deadline, now }: Attempt): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, scopes, audience } = request
  const fields: [string, string][] = [['grant_type', 'client_credentials']]
  if (scopes.length > 0) fields.push(['scope', scopes.join(' ')])
  if (audience !== undefined) fields.push(['audience', audience])
  if (method === 'post') fields.push(['client_id', clientId], ['client_secret', clientSecret])
  const authorization = method === 'basic' ? basicClient(clientId, clientSecret) : undefined
  const { accessToken, expiresAt } = await askForToken(http, { tokenUrl, fields, authorization, encoding: 'application/x-www-form-urlencoded', secrets: [clientSecret], deadline, now })
  return { accessToken, expiresAt }
}

export interface TokenAsk {
  tokenUrl: string
  /** In their order; a name may come several times. */
  fields: [string, string][]
  authorization: string | undefined
  encoding: 'application/x-www-form-urlencoded' | 'application/json'
  /** Never to stand in an error. */
  secrets: string[]
  deadline: number
  now(): number
}

export interface TokenAnswer extends Token { idToken: string | undefined }

/** One request to a token endpoint, of whatever grant. Throws HubError as `requestToken` does, without its second try and its `beforeSending`. */
export async function askForToken(http: HttpClient, { tokenUrl, fields, authorization, encoding, secrets, deadline, now }: TokenAsk): Promise<TokenAnswer> {
  const response = await http.request({
    method: 'POST', url: tokenUrl, timeoutMs: Math.max(1, deadline - now()), maxRedirects: 0,
    body: encoding === 'application/json' ? JSON.stringify(Object.fromEntries(fields)) : new URLSearchParams(fields).toString(),
    headers: { 'content-type': encoding, accept: 'application/json', ...authorization !== undefined && { authorization } },
  })
  const answer = parse((await readBody(response, { maxBytes: MAX_BYTES })).toString('utf8'))
  // Some answer errors with status 200.
  if (response.status !== 200 && response.status !== 201 || typeof answer['error'] === 'string') throw failure(response, answer, secrets)
  return { ...readToken(answer, now()), idToken: typeof answer['id_token'] === 'string' ? answer['id_token'] : undefined }
}

/** How a client says who it is in the header. */
export function basicClient(clientId: string, clientSecret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')}`
}

/** RFC 6749 §2.3.1 and its appendix B: encoded like a form's field before base64. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function readToken(answer: Record<string, unknown>, now: number): Token {
  const { access_token: accessToken, token_type: type, expires_in: expiresIn } = answer
  if (typeof accessToken !== 'string' || accessToken === '') throw new HubError('upstream_invalid_response', 'The authorization server gave no access token.')
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') throw new HubError('upstream_invalid_response', `The authorization server gave a token of the type ${type.slice(0, 50)}, which is not supported.`)
  const seconds = typeof expiresIn === 'number' || typeof expiresIn === 'string' && /^\d+(\.\d+)?$/.test(expiresIn) ? Number(expiresIn) : DEFAULT_LIFE_S
  return { accessToken, expiresAt: now + 1000 * Math.min(Math.max(0, seconds), MAX_LIFE_S) }
}

function failure({ status, headers }: HttpResponse, answer: Record<string, unknown>, secrets: string[]): HubError {
  const retryAfter = Number(headers['retry-after'])
  const options = { upstreamStatus: status, ...Number.isFinite(retryAfter) && retryAfter >= 0 && { retryAfterSeconds: retryAfter } }
  const said = sentence(answer, secrets)
  if (status >= 500 || status === 429 || status === 408 || answer['error'] === 'temporarily_unavailable') {
    return new HubError('upstream_unavailable', `The authorization server failed with status ${status}${said}`, options)
  }
  const refused = status === 401 || status === 400 && answer['error'] === undefined || answer['error'] === 'invalid_client' || answer['error'] === 'invalid_request'
  const Kind = refused ? ClientRefused : HubError
  return new Kind('upstream_rejected', `The authorization server refused the client credentials with status ${status}${said}`, options)
}

/** RFC 6749 §5.2. What a server says may repeat what it was sent: masked before it is cut. */
function sentence({ error, error_description: description }: Record<string, unknown>, secrets: string[]): string {
  const parts = [error, description].filter((part) => typeof part === 'string' && part !== '').join(': ')
  return parts === '' ? '.' : `: ${createMask(secrets).mask(parts).slice(0, 300)}`
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? value as Record<string, unknown> : {}
  } catch {
    return {}
  }
}

function beforeSending(error: unknown): unknown {
  if (!(error instanceof HubError)) return error
  const { code, message, cause, retryAfterSeconds, upstreamStatus } = error
  return new HubError(code, message, {
    cause, beforeSending: true, ...retryAfterSeconds !== undefined && { retryAfterSeconds }, ...upstreamStatus !== undefined && { upstreamStatus },
  })
}
