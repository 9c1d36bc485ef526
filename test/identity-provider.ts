/** A real authorization server and OpenID Connect provider (oidc-provider) on loopback. Whoever the walking browser says he is signs in, and consents. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose'
import { Provider, type Configuration } from 'oidc-provider'

export interface IdentityProvider {
  issuer: string
  provider: Provider
  /** What its ID tokens are signed with, under the id `test`. */
  signingKey: CryptoKey
  /** Requests to the token endpoint, as they came: form fields and the `Authorization`. */
  tokenRequests: { form: URLSearchParams, authorization: string | undefined }[]
  /** Set: answers requests instead of the provider, where it answers true. */
  intercept: ((request: IncomingMessage, response: ServerResponse, body: string) => boolean | Promise<boolean>) | undefined
  /** Goes where a browser would be sent from this URL, as `login`, up to the client's own redirect URI; `refuse` at the consent. */
  walk(url: string, who: { login: string, refuse?: boolean }): Promise<string>
  close(): Promise<void>
}

export interface IdentityProviderOptions extends Pick<Configuration, 'clients' | 'ttl' | 'scopes' | 'features'> {
  /** Login → claims. */
  accounts?: Record<string, Record<string, unknown>>
}

/** Seconds; all of them are given, for the library complains of each that is not. */
const lives = { AccessToken: 3600, AuthorizationCode: 60, ClientCredentials: 600, DeviceCode: 600, Grant: 86_400, IdToken: 3600, Interaction: 600, RefreshToken: 86_400, Session: 86_400 }

export async function startIdentityProvider({ accounts = {}, clients = [], ...options }: IdentityProviderOptions): Promise<IdentityProvider> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    clients, ...options, ttl: { ...lives, ...options.ttl },
    jwks: { keys: [{ ...await exportJWK(privateKey), kid: 'test', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['of the test'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true }, clientCredentials: { enabled: true }, ...options.features },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_context, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  })
  const callback = provider.callback()
  const made: IdentityProvider = {
    issuer, provider, signingKey: privateKey, tokenRequests: [], intercept: undefined,
    walk: (url, who) => walk(issuer, url, who),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(made, callback, request, response).catch(() => { response.destroy() })
  })
  return made
}

async function handle(made: IdentityProvider, callback: ReturnType<Provider['callback']>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url!.startsWith('/interaction/')) return interact(made.provider, request, response)
  let body = ''
  if (request.method === 'POST') {
    for await (const piece of request) body += String(piece)
    // oidc-provider takes a body that was read before.
    Object.assign(request, { body: Object.fromEntries(new URLSearchParams(body)) })
    if (request.url === '/token') made.tokenRequests.push({ form: new URLSearchParams(body), authorization: request.headers.authorization })
  }
  if (await made.intercept?.(request, response, body)) return
  await callback(request, response)
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: String(request.headers['x-login']) } })
  if (request.headers['x-refuse'] !== undefined) return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'no <script>alert(1)</script>' })
  const grant = new provider.Grant({ accountId: session!.accountId, clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope'] ?? ''))
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

async function walk(issuer: string, from: string, { login, refuse = false }: { login: string, refuse?: boolean }): Promise<string> {
  const cookies = new Map<string, string>()
  let url = new URL(from)
  for (let steps = 0; url.origin === issuer; steps += 1) {
    if (steps > 20) throw new Error('The provider leads in circles.')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), 'x-login': login, ...refuse && { 'x-refuse': '1' } } })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      cookies.set(name!, value!)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`The provider answered ${response.status}: ${(await response.text()).slice(0, 2000)}`)
    await response.body?.cancel()
    url = new URL(location, url)
  }
  return url.href
}
