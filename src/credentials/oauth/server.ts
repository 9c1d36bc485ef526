/** How an authorization server is asked: where, and in which dialect of OAuth 2. */

export interface OAuthServer {
  /** On pages and in messages. */
  name: string
  authorizationUrl?: string | undefined
  tokenUrl: string
  deviceAuthorizationUrl?: string | undefined
  revocation?: Revocation | undefined
  /** RFC 9207: what `iss` in the answer must be, where the server sends it. */
  issuer?: string | undefined
  /** How the client authenticates; both are tried where it is not known. */
  authentication?: 'basic' | 'post' | undefined
  /** Body of the token request. */
  body: 'form' | 'json'
  scopeSeparator: ' ' | ','
  pkce: boolean
  /** Further parameters of the authorization request. */
  authorizationParameters: Record<string, string>
  /** Members of the token's answer that are kept beside it. */
  keep: string[]
}

/** RFC 7009, and what vendors have instead. */
export interface Revocation {
  /** `{token}` and `{client_id}` stand for these. */
  url: string
  method: 'POST' | 'DELETE'
  token: 'refresh' | 'access'
  send: 'form' | 'json' | 'bearer' | 'path'
  /** Name of the token in form or JSON. */
  name: string
  /** Whether the client authenticates. */
  client: boolean
}

export const standard: Omit<OAuthServer, 'name' | 'tokenUrl'> = { body: 'form', scopeSeparator: ' ', pkce: true, authorizationParameters: {}, keep: [] }

/** RFC 7009 §2.1. */
export function standardRevocation(url: string): Revocation {
  return { url, method: 'POST', token: 'refresh', send: 'form', name: 'token', client: true }
}
