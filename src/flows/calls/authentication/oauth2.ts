/** Access tokens by OAuth 2 and OpenID Connect: asked for once for all who wait, kept until shortly before they expire. */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { basicClient } from '../../../credentials/token-endpoint.ts'
import { askForToken, type Token, type TokenAnswer } from '../../../credentials/token-request.ts'
import { isHubError } from '../../../errors.ts'
import { boundedCache } from '../../../lib/bounded-cache.ts'
import { readBody } from '../../../lib/http/body.ts'
import type { HttpClient } from '../../../lib/http/http.ts'
import type { EffectContext } from '../../effect.ts'
import { fault } from '../../fault.ts'
import { discard, httpUrl, readJsonObject } from '../reading.ts'
import { expandTemplate } from '../uri.ts'
import type { OAuth2Policy } from './policies.ts'

type Context = Pick<EffectContext, 'tenantId' | 'input' | 'signal'>
type Kind = 'oauth2' | 'oidc'

export interface OAuth2Tokens {
  get(kind: Kind, policy: OAuth2Policy, context: Context): Promise<string>
  /** A service refused it: the next one is fetched anew. False where there was none. */
  forget(tenantId: string, kind: Kind, policy: OAuth2Policy): boolean
}

interface TokenDeps { http: HttpClient, now(): number }

const KEPT_MAX = 10_000
const DISCOVERY_BYTES = 1024 * 1024
const TIMEOUT_MS = 8000
/** A token is fetched anew so long before its end, and short-lived ones at nine tenths of their life. */
const EARLY_MS = 30_000
const WELL_KNOWN = '/.well-known/openid-configuration'

/** Throws FlowFault `authentication` where the authority gives none, `configuration` for what cannot be asked for; HubError where it cannot be reached. */
export function createOAuth2Tokens(deps: TokenDeps): OAuth2Tokens {
  /** Of all tenants, by what they were asked for with; in memory only. */
  const kept = boundedCache<Token>(KEPT_MAX)
  const asking = new Map<string, Promise<Token>>()
  return {
    async get(kind, policy, context) {
      const key = keyOf(context.tenantId, kind, policy)
      const known = kept.get(key)
      if (known !== undefined && known.expiresAt > deps.now()) return known.accessToken
      const running = asking.get(key) ?? obtain(deps, kind, policy, context).finally(() => { asking.delete(key) })
      asking.set(key, running)
      const token = await running
      kept.set(key, { ...token, expiresAt: token.expiresAt - Math.min(EARLY_MS, (token.expiresAt - deps.now()) / 10) })
      return token.accessToken
    },
    forget: (tenantId, kind, policy) => kept.delete(keyOf(tenantId, kind, policy)),
  }
}

function keyOf(tenantId: string, kind: Kind, policy: OAuth2Policy): string {
  return createHash('sha256').update(JSON.stringify([tenantId, kind, policy])).digest('base64url')
}

interface Authority { tokenUrl: string, issuer: string | undefined }

async function obtain(deps: TokenDeps, kind: Kind, policy: OAuth2Policy, context: Context): Promise<Token> {
  const { tokenUrl, issuer } = await authorityOf(deps, kind, policy, context)
  const { fields, authorization } = requestOf(policy, tokenUrl, deps.now())
  try {
    const answer = await askForToken(deps.http, { url: tokenUrl, fields, authorization, encoding: policy.request.encoding, secrets: secretsOf(policy), deadline: deps.now() + TIMEOUT_MS, now: deps.now })
    checkIssuer(policy.issuers, answer, issuer)
    return answer
  } catch (error) {
    if (!isHubError(error, 'upstream_rejected')) throw error
    throw fault('authentication', error.message, { cause: error })
  }
}

async function authorityOf(deps: TokenDeps, kind: Kind, { authority, endpoints }: OAuth2Policy, { input }: Context): Promise<Authority> {
  const base = httpUrl(expandTemplate(authority, input)).href.replace(/\/+$/, '')
  if (kind === 'oauth2' && !base.endsWith(WELL_KNOWN)) return { tokenUrl: below(base, expandTemplate(endpoints.token ?? '/oauth2/token', input)), issuer: undefined }
  const url = base.endsWith(WELL_KNOWN) ? base : base + WELL_KNOWN
  const response = await deps.http.request({ method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs: TIMEOUT_MS })
  if (response.status !== 200) {
    discard(response)
    throw fault('authentication', `${new URL(response.url).host} answered ${response.status} instead of its OpenID configuration.`)
  }
  const found = readJsonObject((await readBody(response, { maxBytes: DISCOVERY_BYTES })).toString('utf8'))
  const { token_endpoint: tokenUrl, issuer } = found
  if (typeof tokenUrl !== 'string') throw fault('authentication', 'The OpenID configuration names no token endpoint.')
  // Or whoever can answer in between gets the client's secret.
  if (base.startsWith('https:') && !tokenUrl.startsWith('https:')) throw fault('authentication', 'The OpenID configuration leads from https to http.')
  return { tokenUrl: httpUrl(tokenUrl).href, issuer: typeof issuer === 'string' ? issuer : undefined }
}

/** The DSL's endpoints are paths below the authority. */
function below(base: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//')) throw fault('configuration', 'The token endpoint is a path below the authority, not an address of its own.')
  return `${base}/${path.replace(/^\/+/, '')}`
}

function requestOf(policy: OAuth2Policy, tokenUrl: string, now: number): { fields: [string, string][], authorization: string | undefined } {
  const { grant, scopes, audiences } = policy
  const fields: [string, string][] = [['grant_type', grant], ...grantFields(policy)]
  if (scopes.length > 0) fields.push(['scope', scopes.join(' ')])
  for (const audience of audiences) fields.push(['audience', audience])
  const { id = '', secret = '', authentication } = policy.client
  if (authentication !== 'none' && id === '') throw fault('configuration', 'OAuth 2 needs client.id, or client.authentication set to none.')
  if (authentication === 'client_secret_basic') return { fields, authorization: basicClient(id, secret) }
  if (id !== '') fields.push(['client_id', id])
  if (authentication === 'client_secret_post' && secret !== '') fields.push(['client_secret', secret])
  if (authentication === 'client_secret_jwt' || authentication === 'private_key_jwt') {
    fields.push(['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'], ['client_assertion', assertionOf(policy, tokenUrl, now)])
  }
  return { fields, authorization: undefined }
}

function grantFields({ grant, username, password, subject, actor }: OAuth2Policy): [string, string][] {
  switch (grant) {
    case 'client_credentials': return []
    case 'password':
      if (username === undefined || password === undefined) throw fault('configuration', 'The grant password needs username and password.')
      return [['username', username], ['password', password]]
    case 'refresh_token':
      if (subject === undefined) throw fault('configuration', 'The grant refresh_token needs the refresh token as subject.token.')
      return [['refresh_token', subject.token]]
    case 'authorization_code': throw fault('configuration', 'The grant authorization_code needs a person at a browser: use another grant.')
    default:
      if (subject === undefined) throw fault('configuration', 'A token exchange needs a subject.')
      return [['subject_token', subject.token], ['subject_token_type', subject.type], ...actor === undefined ? [] : [['actor_token', actor.token], ['actor_token_type', actor.type]] as [string, string][]]
  }
}

/** RFC 7523: given, or signed with the client's secret (HS256). */
function assertionOf({ client }: OAuth2Policy, audience: string, now: number): string {
  if (client.authentication === 'private_key_jwt') {
    if (client.assertion === undefined) throw fault('configuration', 'private_key_jwt needs client.assertion.')
    return client.assertion
  }
  const seconds = Math.floor(now / 1000)
  const claims = { iss: client.id, sub: client.id, aud: audience, jti: randomUUID(), iat: seconds, exp: seconds + 60 }
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${createHmac('sha256', client.secret ?? '').update(signed).digest('base64url')}`
}

function secretsOf({ client, password, subject, actor }: OAuth2Policy): string[] {
  return [client.secret, client.assertion, password, subject?.token, actor?.token].filter((each) => each !== undefined)
}

/** The token's own word, the id token's, or what the authority says of itself; a token of an issuer that cannot be told is refused. */
function checkIssuer(issuers: string[], { accessToken, idToken }: TokenAnswer, discovered: string | undefined): void {
  if (issuers.length === 0) return
  const issuer = issuerOf(accessToken) ?? issuerOf(idToken) ?? discovered
  if (issuer === undefined) throw fault('authentication', 'The token does not say who issued it, and the policy names its issuers.')
  if (!issuers.includes(issuer)) throw fault('authentication', `The token was issued by ${issuer.slice(0, 200)}, which is not one of the policy's issuers.`)
}

function issuerOf(token: string | undefined): string | undefined {
  const [, claims = ''] = token?.split('.') ?? []
  const { iss } = readJsonObject(Buffer.from(claims, 'base64url').toString('utf8'))
  return typeof iss === 'string' ? iss : undefined
}
