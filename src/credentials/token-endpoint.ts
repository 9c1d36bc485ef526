/** One request to an authorization server's token endpoint (RFC 6749 §3.2), whatever the grant. */
import { HubError } from '../errors.ts'
import { readBody } from '../lib/http/body.ts'
import type { HttpClient, HttpResponse } from '../lib/http/http.ts'
import { createMask } from '../lib/mask.ts'

export interface TokenCall {
  url: string
  /** Without the client's own. */
  parameters: Record<string, string>
  /** Without a secret it is a public one. */
  client: { id: string, secret: string | undefined }
  /** How the client authenticates. Unless given the header is tried first, as RFC 6749 §2.3.1 has it. */
  authentication: 'basic' | 'post' | undefined
  body: 'form' | 'json'
  /** What is shown to the server, for messages: `the client credentials`. */
  what: string
  /** Never to be repeated in a message. */
  secrets: string[]
  /** Moment in ms. */
  deadline: number
  now(): number
}

/** For all that one token takes. */
export const REQUEST_TIMEOUT_MS = 8000
const MAX_BYTES = 256 * 1024

/** What the server says, by the code of RFC 6749 §5.2 or its own. */
export class TokenRefused extends HubError {
  readonly oauthError: string | undefined
  /** It doesn't know the client by this way of authenticating. */
  readonly clientRefused: boolean
  constructor(message: string, { oauthError, clientRefused, ...options }: { oauthError: string | undefined, clientRefused: boolean, upstreamStatus: number, retryAfterSeconds?: number }) {
    super('upstream_rejected', message, { ...options, beforeSending: true })
    this.oauthError = oauthError
    this.clientRefused = clientRefused
  }
}

/**
 * Throws HubError, always with `beforeSending`, for the call that needs the token was not sent: TokenRefused (`upstream_rejected`) where the
 * server refuses, `upstream_unavailable` or `upstream_timeout` where it cannot be asked or fails.
 */
export async function askTokenEndpoint(http: HttpClient, call: TokenCall): Promise<Record<string, unknown>> {
  try {
    const first = call.authentication ?? 'basic'
    return await ask(http, call, first).catch((error: unknown) => {
      if (call.authentication !== undefined || call.client.secret === undefined || !(error instanceof TokenRefused && error.clientRefused)) throw error
      return ask(http, call, 'post')
    })
  } catch (error) {
    throw beforeSending(error)
  }
}

function ask(http: HttpClient, { url, parameters, client, body, ...call }: TokenCall, authentication: 'basic' | 'post'): Promise<Record<string, unknown>> {
  const { authorization, fields } = authenticated(client, authentication)
  return postToken(http, { ...call, url, authorization, fields: Object.entries({ ...parameters, ...fields }), encoding: body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded' })
}

export interface TokenPost extends Pick<TokenCall, 'url' | 'what' | 'secrets' | 'deadline' | 'now'> {
  /** In their order; in a form a name may come several times. */
  fields: [string, string][]
  authorization: string | undefined
  encoding: 'application/x-www-form-urlencoded' | 'application/json'
}

/** One request, of whatever grant. Throws HubError as `askTokenEndpoint` does, without its second try. */
export async function postToken(http: HttpClient, { url, fields, authorization, encoding, deadline, now, what, secrets }: TokenPost): Promise<Record<string, unknown>> {
  const response = await http.request({
    method: 'POST', url, timeoutMs: Math.max(1, deadline - now()), maxRedirects: 0,
    body: encoding === 'application/json' ? JSON.stringify(Object.fromEntries(fields)) : new URLSearchParams(fields).toString(),
    headers: { 'content-type': encoding, accept: 'application/json', ...authorization !== undefined && { authorization } },
  })
  const answer = parse((await readBody(response, { maxBytes: MAX_BYTES })).toString('utf8'))
  // Some answer errors with status 200.
  if (response.status !== 200 && response.status !== 201 || typeof answer['error'] === 'string') throw failure(response, answer, { what, secrets })
  return answer
}

export function authenticated({ id, secret }: TokenCall['client'], authentication: 'basic' | 'post'): { authorization: string | undefined, fields: Record<string, string> } {
  if (secret === undefined) return { authorization: undefined, fields: { client_id: id } }
  if (authentication === 'post') return { authorization: undefined, fields: { client_id: id, client_secret: secret } }
  return { authorization: basicClient(id, secret), fields: {} }
}

/** How a client says who it is in the header. */
export function basicClient(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')}`
}

/** RFC 6749 §2.3.1 and its appendix B: encoded like a form's field before base64. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function failure({ status, headers }: HttpResponse, answer: Record<string, unknown>, { what, secrets }: Pick<TokenCall, 'what' | 'secrets'>): HubError {
  const retryAfter = Number(headers['retry-after'])
  const options = { upstreamStatus: status, ...Number.isFinite(retryAfter) && retryAfter >= 0 && { retryAfterSeconds: retryAfter } }
  const said = sentence(answer, secrets)
  const oauthError = [answer['error'], answer['status'], answer['code']].find((each) => typeof each === 'string')
  if (status >= 500 || status === 429 || status === 408 || oauthError === 'temporarily_unavailable') {
    return new HubError('upstream_unavailable', `The authorization server failed with status ${status}${said}`, options)
  }
  const clientRefused = status === 401 || status === 400 && answer['error'] === undefined || oauthError === 'invalid_client' || oauthError === 'invalid_request'
  return new TokenRefused(`The authorization server refused ${what} with status ${status}${said}`, { ...options, oauthError, clientRefused })
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
  if (!(error instanceof HubError) || error.beforeSending) return error
  const { code, message, cause, retryAfterSeconds, upstreamStatus } = error
  return new HubError(code, message, {
    cause, beforeSending: true, ...retryAfterSeconds !== undefined && { retryAfterSeconds }, ...upstreamStatus !== undefined && { upstreamStatus },
  })
}

/** The token in an answer. Throws HubError `upstream_invalid_response`. `lifeSeconds` is undefined where the server doesn't say. */
export function readAccessToken(answer: Record<string, unknown>): { accessToken: string, lifeSeconds: number | undefined } {
  const { access_token: accessToken, token_type: type, expires_in: expiresIn } = answer
  if (typeof accessToken !== 'string' || accessToken === '') throw new HubError('upstream_invalid_response', 'The authorization server gave no access token.', { beforeSending: true })
  // Slack calls its tokens by who they stand for.
  if (typeof type === 'string' && !['bearer', 'bot', 'user'].includes(type.toLowerCase())) throw new HubError('upstream_invalid_response', `The authorization server gave a token of the type ${type.slice(0, 50)}, which is not supported.`, { beforeSending: true })
  const says = typeof expiresIn === 'number' || typeof expiresIn === 'string' && /^\d+(\.\d+)?$/.test(expiresIn)
  return { accessToken, lifeSeconds: says ? Math.max(0, Number(expiresIn)) : undefined }
}
