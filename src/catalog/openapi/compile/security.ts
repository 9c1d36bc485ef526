import type { ClientTokenRequest } from '../../../connectors/connector.ts'
import { HubError } from '../../../errors.ts'
import type { AwsCredential as AwsKeys } from '../../../lib/aws-sigv4.ts'
import type { SecurityRequirement, SecurityScheme } from '../types.ts'
import { encode } from './percent.ts'

/** A token to be got for client credentials, or of a connected account, and the security scheme that it is for. */
export type WantedToken = { scheme: string } & (Omit<ClientTokenRequest, 'signal'> | { grant: string })

export interface AwsCredential extends AwsKeys { region?: string }

/** What a request gets from its credentials. */
export interface Authorization {
  headers: Record<string, string>
  /** Already encoded, `name=value&…`. */
  query: string
  cookies: string[]
  /** Sign the finished request. */
  aws?: AwsCredential
}

interface Part { name: string, scheme: SecurityScheme | undefined, scopes: string[] }
type Use = (authorization: Authorization, tokens: Record<string, string>) => void

export interface Security {
  /** Scheme names of every alternative, for those who list what is needed. */
  alternatives: string[][]
  /**
   * The first alternative that the credentials satisfy, an authenticated one before an anonymous one. Throws HubError
   * `credential_missing` when there is none.
   */
  choose(credentials: Record<string, unknown>): Chosen
}

export interface Chosen {
  /** To be got first; `apply` wants them by scheme. */
  tokens: WantedToken[]
  apply(tokens: Record<string, string>): Authorization
}

const anonymous: Chosen = { tokens: [], apply: () => ({ headers: {}, query: '', cookies: [] }) }

export function compileSecurity(requirements: SecurityRequirement[], schemes: Record<string, SecurityScheme>): Security {
  const alternatives = requirements.map(requirement => Object.entries(requirement).map(([name, scopes]): Part =>
    ({ name, scheme: Object.hasOwn(schemes, name) ? schemes[name] : undefined, scopes })))
  const named = alternatives.filter(parts => parts.length > 0)
  const mayBeAnonymous = named.length < alternatives.length || alternatives.length === 0
  return {
    alternatives: alternatives.map(parts => parts.map(({ name }) => name)),
    choose(credentials) {
      for (const parts of named) {
        const chosen = satisfied(parts, credentials)
        if (chosen !== undefined) return chosen
      }
      if (mayBeAnonymous) return anonymous
      throw missing(named)
    },
  }
}

function missing(alternatives: Part[][]): HubError {
  const wanted = alternatives.map(parts => parts.map(({ name }) => name).join(' and ')).join(', or ')
  const unusable = alternatives.every(parts => parts.some(({ scheme }) => scheme === undefined || ['unknown', 'mutualTLS'].includes(scheme.type)))
  const detail = unusable
    ? `The operation needs ${wanted}, a kind of authentication that is not supported.`
    : `The operation needs a credential for ${wanted}.`
  return new HubError('credential_missing', detail, { beforeSending: true })
}

function satisfied(parts: Part[], credentials: Record<string, unknown>): Chosen | undefined {
  const uses: Use[] = []
  const tokens: WantedToken[] = []
  for (const part of parts) {
    const credential = Object.hasOwn(credentials, part.name) ? credentials[part.name] : undefined
    const use = useOf(part, credential, tokens)
    if (use === undefined) return undefined
    uses.push(use)
  }
  return {
    tokens,
    apply(given) {
      const authorization: Authorization = { headers: {}, query: '', cookies: [] }
      for (const use of uses) use(authorization, given)
      return authorization
    },
  }
}

/** Undefined when the credential doesn't fit the scheme. */
function useOf(part: Part, credential: unknown, tokens: WantedToken[]): Use | undefined {
  if (part.scheme === undefined || credential === undefined || credential === null || credential === '') return undefined
  switch (part.scheme.type) {
    case 'apiKey': return typeof credential === 'string' ? apiKey(part.scheme, credential) : undefined
    case 'http': return part.scheme.scheme === 'basic' ? basic(credential) : part.scheme.scheme === 'bearer' ? bearer(credential) : undefined
    case 'openIdConnect': return bearer(credential) ?? connected(part, credential, tokens)
    case 'oauth2': return bearer(credential) ?? connected(part, credential, tokens) ?? clientCredentials(part, credential, tokens)
    case 'awsSigV4': return aws(credential)
    default: return undefined
  }
}

function apiKey({ name = '', in: location }: SecurityScheme, key: string): Use {
  if (location === 'query') {
    const pair = `${encode(name)}=${encode(key)}`
    return authorization => { authorization.query += authorization.query === '' ? pair : `&${pair}` }
  }
  // A key with an encoded form of its own (base64, quotes) must arrive as it is.
  if (location === 'cookie') return authorization => { authorization.cookies.push(`${name}=${key}`) }
  const header = name.toLowerCase()
  return authorization => { authorization.headers[header] = key }
}

/** A lone string is a user name: services with API keys over basic authentication (Stripe's) leave the password empty. */
function basic(credential: unknown): Use | undefined {
  const pair = typeof credential === 'string' ? (credential.includes(':') ? credential : `${credential}:`) : pairOf(credential)
  if (pair === undefined) return undefined
  const value = `Basic ${Buffer.from(pair).toString('base64')}`
  return authorization => { authorization.headers['authorization'] = value }
}

function pairOf(credential: unknown): string | undefined {
  const { username, password } = credential as { username?: unknown, password?: unknown }
  return typeof username === 'string' ? `${username}:${typeof password === 'string' ? password : ''}` : undefined
}

function bearer(credential: unknown): Use | undefined {
  const token = typeof credential === 'string' ? credential : (credential as { accessToken?: unknown }).accessToken
  if (typeof token !== 'string' || token === '') return undefined
  const value = `Bearer ${token.replace(/^Bearer /i, '')}`
  return authorization => { authorization.headers['authorization'] = value }
}

function connected({ name }: Part, credential: unknown, tokens: WantedToken[]): Use | undefined {
  if ((credential as { connected?: unknown }).connected !== true) return undefined
  tokens.push({ scheme: name, grant: name })
  return (authorization, given) => { authorization.headers['authorization'] = `Bearer ${given[name] ?? ''}` }
}

function clientCredentials({ name, scheme, scopes }: Part, credential: unknown, tokens: WantedToken[]): Use | undefined {
  const { clientId, clientSecret, scopes: own } = credential as { clientId?: unknown, clientSecret?: unknown, scopes?: unknown }
  const tokenUrl = scheme?.flows?.['clientCredentials']?.tokenUrl
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string' || tokenUrl === undefined) return undefined
  const wanted = Array.isArray(own) && own.length > 0 ? own.map(String) : scopes
  tokens.push({ scheme: name, tokenUrl, clientId, clientSecret, scopes: wanted })
  return (authorization, given) => { authorization.headers['authorization'] = `Bearer ${given[name] ?? ''}` }
}

function aws(credential: unknown): Use | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, region } = credential as Record<string, unknown>
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return undefined
  return authorization => {
    authorization.aws = {
      accessKeyId, secretAccessKey,
      ...(typeof sessionToken === 'string' && sessionToken !== '' && { sessionToken }),
      ...(typeof region === 'string' && region !== '' && { region }),
    }
  }
}
