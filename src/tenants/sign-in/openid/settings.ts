/** The OpenID Connect providers by which people sign in, as the operator writes them into a setting. */
import { isWebUrl } from '../../../lib/web-url.ts'
import { roles, type Role } from '../../caller.ts'

export interface OpenIdProvider {
  /** In URLs. */
  id: string
  /** On the button. */
  name: string
  issuer: string
  clientId: string
  /** Without one the client is a public one. */
  clientSecret: string | undefined
  scope: string
  /** Domains of the addresses that may come in; undefined: all. */
  domains: string[] | undefined
  /** Whoever comes is a member of this tenant from then on; undefined: only who is invited, or written down as a member. */
  join: { tenant: string, role: Role } | undefined
  /** Addresses of this provider are its users' own, though it does not say so (`email_verified`). */
  trustEmail: boolean
}

/** Undefined where the text is no list of providers. */
export function parseProviders(text: string): OpenIdProvider[] | undefined {
  if (text === '') return []
  try {
    const list: unknown = JSON.parse(text)
    const providers = Array.isArray(list) ? list.map(readProvider) : [undefined]
    const ids = new Set(providers.map((provider) => provider?.id))
    return providers.every((provider) => provider !== undefined) && ids.size === providers.length ? providers : undefined
  } catch {
    return undefined
  }
}

const known = new Set(['id', 'name', 'issuer', 'clientId', 'clientSecret', 'scope', 'domains', 'join', 'trustEmail'])

function readProvider(value: unknown): OpenIdProvider | undefined {
  if (value === null || typeof value !== 'object' || Object.keys(value).some((key) => !known.has(key))) return undefined
  const { id, name = id, issuer, clientId, clientSecret, scope = 'openid email profile', domains, join, trustEmail = false } = value as Record<string, unknown>
  const fits = isText(id) && /^[a-z0-9-]{1,50}$/.test(id) && isText(name) && isText(clientId) && isText(scope) && scope.split(' ').includes('openid')
    && isWebUrl(issuer) && (clientSecret === undefined || isText(clientSecret))
    && (domains === undefined || Array.isArray(domains) && domains.every(isText)) && (join === undefined || isPlace(join)) && typeof trustEmail === 'boolean'
  if (!fits) return undefined
  return { id, name, issuer, clientId, clientSecret, scope, trustEmail, domains: (domains as string[] | undefined)?.map((domain) => domain.toLowerCase()), join }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isPlace(value: unknown): value is { tenant: string, role: Role } {
  const { tenant, role, ...more } = (value ?? {}) as Record<string, unknown>
  return isText(tenant) && roles.includes(role as Role) && Object.keys(more).length === 0
}
