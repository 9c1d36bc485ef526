/** Signing in by OpenID Connect: authorization code with PKCE, bound to the browser by a short-lived cookie. */
import { HubError } from '../../../errors.ts'
import { ownPath } from '../../../lib/own-path.ts'
import type { From, Opened, Sessions } from '../sessions.ts'
import { admit, type AdmitDeps } from './admit.ts'
import type { Configuration, Proof } from './protocol.ts'
import type { OpenIdProvider } from './settings.ts'

/** What the browser keeps until it comes back. Its own secrets, in a cookie that no script and no other page can read. */
interface Pending extends Proof { provider: string, returnTo: string, until: number }

export interface OpenId {
  providers(): { id: string, name: string }[]
  /** Where to send the browser, and what its cookie holds. Throws HubError `not_found`, `invalid_request`, `upstream_unavailable`. */
  start(id: string, returnTo: string | undefined): Promise<{ url: string, pending: string }>
  /** `query` as the provider sent it. Throws HubError `sign_in_failed`, `sign_in_refused`, `upstream_unavailable`. */
  finish(id: string, query: string, pending: string | undefined, from: From): Promise<{ opened: Opened, returnTo: string }>
}

export interface OpenIdDeps extends AdmitDeps {
  providers: OpenIdProvider[]
  sessions: Sessions
  publicUrl(): string
}

export const PENDING_SECONDS = 600
/** Keys are looked up by the library as they change; addresses of endpoints seldom do. */
const DISCOVERED_MS = 3_600_000

/** Loaded at the first use: most hubs have no provider. */
function protocol(): Promise<typeof import('./protocol.ts')> { return import('./protocol.ts') }

export function createOpenId(deps: OpenIdDeps): OpenId {
  const discovered = new Map<string, { at: number, configuration: Promise<Configuration> }>()
  const find = (id: string): OpenIdProvider => {
    const provider = deps.providers.find((each) => each.id === id)
    if (provider === undefined) throw new HubError('not_found', 'There is no such provider here.')
    return provider
  }
  const configurationOf = (provider: OpenIdProvider): Promise<Configuration> => {
    const before = discovered.get(provider.id)
    if (before !== undefined && Date.now() - before.at < DISCOVERED_MS) return before.configuration
    const configuration = protocol().then(({ discover }) => discover(provider)).catch((error: unknown) => {
      discovered.delete(provider.id)
      throw error
    })
    discovered.set(provider.id, { at: Date.now(), configuration })
    return configuration
  }
  const callback = (id: string): string => `${deps.publicUrl()}/api/v1/session/oidc/${id}/callback`
  return {
    providers: () => deps.providers.map(({ id, name }) => ({ id, name })),
    async start(id, returnTo = '/') {
      const provider = find(id)
      const { makeProof, authorizationUrl } = await protocol()
      const pending: Pending = { ...makeProof(), provider: id, returnTo: checked(returnTo), until: Date.now() + PENDING_SECONDS * 1000 }
      const url = await authorizationUrl(await configurationOf(provider), { redirectUri: callback(id), scope: provider.scope, proof: pending })
      return { url, pending: Buffer.from(JSON.stringify(pending)).toString('base64url') }
    },
    async finish(id, query, cookie, from) {
      const provider = find(id)
      const pending = readPending(cookie, id)
      const { claimsOf } = await protocol()
      const claims = await claimsOf(provider, await configurationOf(provider), new URL(`${callback(id)}${query}`), pending)
      const userId = await admit(deps, provider, claims, from)
      return { opened: await deps.sessions.open(userId, 'openid', from), returnTo: pending.returnTo }
    },
  }
}

/** The browser's own cookie, or none of ours: whoever forges it forges it for himself. */
function readPending(cookie: string | undefined, id: string): Pending {
  try {
    const pending = JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString('utf8')) as Pending
    if (pending.provider === id && pending.until > Date.now() && [pending.state, pending.nonce, pending.verifier, pending.returnTo].every((each) => typeof each === 'string')) {
      return { ...pending, returnTo: checked(pending.returnTo) }
    }
  } catch { /* said below */ }
  throw new HubError('sign_in_failed', 'This browser did not begin to sign in, or that was too long ago. Begin again.')
}

/** Nobody is led elsewhere by a link to the hub. */
function checked(returnTo: string): string {
  const own = ownPath(returnTo)
  if (own === undefined) throw new HubError('invalid_request', '?returnTo: must be a path of the hub.', { errors: [{ pointer: '?returnTo', detail: 'must be a path of the hub, such as /integrations' }] })
  return own
}
