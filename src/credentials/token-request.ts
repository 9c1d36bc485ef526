/** Asks an authorization server for an access token by client credentials (RFC 6749 §4.4). */
import type { ClientTokenRequest } from '../connectors/connector.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { askTokenEndpoint, postToken, readAccessToken, REQUEST_TIMEOUT_MS, type TokenPost } from './token-endpoint.ts'

export interface ClientCredentialsRequest extends ClientTokenRequest {
  /** Which API the token is for, where the server wants to know (Auth0 and others). */
  audience?: string | undefined
  /** How the client authenticates: in the header or in the body. */
  authMethod?: 'basic' | 'post' | undefined
}

export interface Token {
  accessToken: string
  /** Moment in ms. */
  expiresAt: number
}

/** Where the server doesn't say. */
const DEFAULT_LIFE_S = 300
export const MAX_LIFE_S = 30 * 24 * 3600

/** Throws HubError as `askTokenEndpoint` does, and `upstream_invalid_response` where its answer holds no bearer token. */
export async function requestToken(http: HttpClient, request: ClientCredentialsRequest, now: () => number): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, scopes, audience } = request
  const answer = await askTokenEndpoint(http, {
    url: tokenUrl, client: { id: clientId, secret: clientSecret }, authentication: request.authMethod, body: 'form', deadline: now() + REQUEST_TIMEOUT_MS, now,
    what: 'the client credentials', secrets: [clientSecret],
    parameters: { grant_type: 'client_credentials', ...scopes.length > 0 && { scope: scopes.join(' ') }, ...audience !== undefined && { audience } },
  })
  return tokenIn(answer, now())
}

export interface TokenAnswer extends Token { idToken: string | undefined }

/** Of whatever grant. Throws HubError as `postToken` does, and `upstream_invalid_response`. */
export async function askForToken(http: HttpClient, ask: Omit<TokenPost, 'what'>): Promise<TokenAnswer> {
  const answer = await postToken(http, { ...ask, what: 'the client credentials' })
  return { ...tokenIn(answer, ask.now()), idToken: typeof answer['id_token'] === 'string' ? answer['id_token'] : undefined }
}

function tokenIn(answer: Record<string, unknown>, now: number): Token {
  const { accessToken, lifeSeconds = DEFAULT_LIFE_S } = readAccessToken(answer)
  return { accessToken, expiresAt: now + 1000 * Math.min(lifeSeconds, MAX_LIFE_S) }
}
