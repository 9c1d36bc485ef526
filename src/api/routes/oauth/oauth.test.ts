import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { startIdentityProvider, type IdentityProvider } from '../../../../test/identity-provider.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'
import { withClient } from '../../../../test/everything.ts'

// Nobody listens there: the browser of these tests turns back to the hub by itself.
const publicUrl = 'http://127.0.0.1:9'
const password = 'violet harbour 4 teaspoons'
const clientSecret = 'canary-secret-of-the-client'

let hub: TestHub
let other: TestHub
let close: () => Promise<void>
let idp: IdentityProvider
let service: Upstream
let cookie: string

beforeAll(async () => {
  idp = await startIdentityProvider({
    clients: [{ client_id: 'hub', client_secret: clientSecret, redirect_uris: [`${publicUrl}/api/v1/oauth/callback`], application_type: 'native', grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] }],
    scopes: ['openid', 'offline_access', 'files:read', 'files:write'], accounts: { ada: {}, eve: {} }, features: { deviceFlow: { enabled: true } },
  })
  service = await startUpstream()
  const one = await openHub({ env: { INTERCHANGE_PUBLIC_URL: publicUrl } })
  const two = await openHub({ env: { INTERCHANGE_PUBLIC_URL: publicUrl, DATABASE_URL: one.hub.connectionString, INTERCHANGE_DATA: one.hub.dataFolder } })
  hub = one.hub
  other = two.hub
  close = async () => {
    await two.close()
    await one.close()
    await service.close()
    await idp.close()
  }
  cookie = await signIn()
  await expectOk(hub.call('POST', '/api/v1/connectors/import?id=drive', documentOf()))
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/drive', { clientId: 'hub', clientSecret, scopes: ['openid', 'offline_access', 'files:read'] }))
})
afterAll(() => close())
beforeEach(() => {
  idp.intercept = undefined
  idp.tokenRequests.length = 0
  service.asked.length = 0
  service.answer((request, response) => { void answer(request.headers.authorization, response) })
})

/** As a resource server does: it asks the authorization server about the token. */
async function answer(authorization: string | undefined, response: Parameters<Parameters<Upstream['answer']>[0]>[1]): Promise<void> {
  const token = await idp.provider.AccessToken.find(authorization?.replace('Bearer ', '') ?? '')
  if (token?.isValid) json(response, 200, { account: token.accountId, scope: token.scope })
  else json(response, 401, { error: 'invalid_token' })
}

function documentOf(): unknown {
  const flow = { authorizationUrl: `${idp.issuer}/auth`, tokenUrl: `${idp.issuer}/token`, scopes: { 'files:read': 'Reads files.', 'files:write': 'Writes files.' } }
  return {
    openapi: '3.1.0', info: { title: 'Drive', version: '1' }, servers: [{ url: service.url }], security: [{ account: ['files:read'] }],
    components: { securitySchemes: { account: { type: 'oauth2', flows: { authorizationCode: flow } }, oidc: { type: 'openIdConnect', openIdConnectUrl: `${idp.issuer}/.well-known/openid-configuration` } } },
    paths: {
      '/files': { get: { operationId: 'listFiles', responses: { 200: { description: 'Files.' } } } },
      '/me': { get: { operationId: 'me', security: [{ oidc: [] }], responses: { 200: { description: 'Who.' } } } },
    },
  }
}

async function expectOk(reply: Promise<Reply<any>>): Promise<any> { // eslint-disable-line typescript/no-explicit-any
  const { status, body, text } = await reply
  expect(status, text).toBeLessThan(300)
  return body
}

async function signIn(): Promise<string> {
  const token = new URL((await hub.hub.services.signInLinks.welcome())!).searchParams.get('token')
  const reply = await hub.call('POST', '/api/v1/session/welcome', { token, email: 'owner@example.com', name: 'Owner', password }, { key: null })
  return reply.headers.getSetCookie()[0]!.split(';')[0]!
}

function browse(method: string, path: string, body?: unknown, { as = cookie, at = hub }: { as?: string, at?: TestHub } = {}): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  return at.call(method, path, body, { key: null, headers: { cookie: as, origin: publicUrl, 'x-interchange-tenant': 'default' } })
}

/** The path of the callback with what the vendor put into it. */
async function atVendor(url: string, login = 'ada', refuse = false): Promise<string> {
  const callback = await idp.walk(url, { login, refuse })
  expect(callback.startsWith(`${publicUrl}/api/v1/oauth/callback?`), callback).toBe(true)
  return callback.slice(publicUrl.length)
}

async function connect(wanted: Record<string, unknown> = {}, login = 'ada'): Promise<string> {
  const { url } = await expectOk(browse('POST', '/api/v1/oauth/authorizations', { connector: 'drive', field: 'account', returnTo: '/integrations/new', ...wanted }))
  const reply = await browse('GET', await atVendor(url, login))
  expect(reply.status, reply.text).toBe(302)
  const location = new URL(reply.headers.get('location')!, publicUrl)
  expect([location.pathname, location.searchParams.get('problem')]).toEqual(['/integrations/new', null])
  return location.searchParams.get('credentialId')!
}

async function integrate(credentialId: string, at = hub): Promise<() => Promise<Reply<any>>> { // eslint-disable-line typescript/no-explicit-any
  const { id } = await expectOk(at.call('POST', '/api/v1/integrations', { name: 'Drive', connector: 'drive', credentialId }))
  return () => at.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'listFiles' })
}

/** As time would: the token is over, at the vendor too, and no hub has another in mind. */
async function expire(credentialId: string): Promise<void> {
  await withClient(hub.connectionString, (client) => client.query("update credential_tokens set expires_at = now() - interval '1 minute' where credential_id = $1 and token_key like 'grant:%'", [credentialId]), '-c role=interchange_system')
  for (const each of [hub, other]) each.hub.services.credentials.forgetAll()
}

function refreshes(): number {
  return idp.tokenRequests.filter(({ form }) => form.get('grant_type') === 'refresh_token').length
}

test('an account is connected in the browser, serves calls, and shows no secret anywhere', async () => {
  const { body: { data } } = await hub.call('GET', '/api/v1/connectors/drive/connectable')
  expect(data).toMatchObject([{ field: 'account', vendor: 'drive', clientSet: true, scopes: { 'files:read': 'Reads files.' } }, { field: 'oidc', vendor: 'drive', clientSet: true }])
  const id = await connect()
  const [exchange] = idp.tokenRequests
  expect(exchange!.form.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  const credential = await hub.call('GET', `/api/v1/credentials/${id}`)
  expect(credential.body).toMatchObject({
    name: 'drive', connector: 'drive', fields: { account: { type: 'oauth', set: true } },
    connections: { account: { vendor: 'drive', status: 'connected', error: null, scopes: ['openid', 'offline_access', 'files:read'], missingScopes: [], endUser: null } },
  })
  const run = await integrate(id)
  const reply = await run()
  expect(reply).toMatchObject({ status: 200, body: { data: { account: 'ada' } } })
  const sent = service.asked[0]!.headers.authorization!.slice('Bearer '.length)
  const rows = await withClient(hub.connectionString, async (client) => {
    const found: string[] = []
    for (const table of ['credentials', 'credential_tokens', 'credential_grants', 'oauth_clients', 'oauth_authorizations', 'audit_log', 'executions', 'events']) found.push(JSON.stringify((await client.query(`select t::text from ${table} t`)).rows))
    return found.join('\n')
  }, '-c role=interchange_system')
  for (const text of [rows, credential.text, reply.text, (await hub.call('GET', `/api/v1/executions/${reply.body.execution.id}`)).text]) {
    for (const secret of [sent, clientSecret, exchange!.form.get('code')!, exchange!.form.get('code_verifier')!]) expect(text).not.toContain(secret)
  }
  expect((await hub.call('GET', `/api/v1/events?type=credential.connected&q=${id}`)).body.data).toHaveLength(1)
  const audit = await hub.call('GET', `/api/v1/audit?targetId=${id}`)
  expect(audit.body.data).toMatchObject([{ action: 'credential.connected', actor: expect.stringMatching(/^member:/) }])
})

test('an OpenID Connect scheme, and any vendor for the http connector, are connected alike', async () => {
  const oidc = await connect({ field: 'oidc' })
  const { id } = await expectOk(hub.call('POST', '/api/v1/integrations?test=false', { name: 'Me', connector: 'drive', credentialId: oidc }))
  expect(await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'me' })).toMatchObject({ status: 200, body: { data: { account: 'ada' } } })
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'hub', clientSecret, endpoints: { issuer: idp.issuer }, scopes: ['openid', 'offline_access'] }))
  const any = await connect({ connector: undefined, field: undefined, vendor: 'acme' }, 'eve')
  const plain = await expectOk(hub.call('POST', '/api/v1/integrations?test=false', { name: 'Plain', connector: 'http', credentialId: any, configuration: { baseUrl: service.url } }))
  expect(await hub.call('POST', `/api/v1/integrations/${plain.id}/run`, { operation: 'get', input: { url: '/files' } })).toMatchObject({ status: 200, text: expect.stringContaining('eve') })
})

test('fifty calls over two hubs on a token that is over make one refresh, which rotates the refresh token', async () => {
  const id = await connect()
  const [here, there] = [await integrate(id), await integrate(id, other)]
  expect([(await here()).status, (await there()).status]).toEqual([200, 200])
  await expire(id)
  idp.tokenRequests.length = 0
  const replies = await Promise.all(Array.from({ length: 50 }, (_, at) => (at % 2 ? here : there)()))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect(refreshes()).toBe(1)
  await expire(id)
  expect((await there()).status).toBe(200)
  const [first, second] = idp.tokenRequests.map(({ form }) => form.get('refresh_token'))
  expect(second).not.toBe(first)
})

test('a token that the service refuses is renewed once, and the call goes on', async () => {
  const id = await connect()
  const run = await integrate(id)
  await run()
  const before = service.asked[0]!.headers.authorization!
  await (await idp.provider.AccessToken.find(before.slice('Bearer '.length)))!.destroy()
  expect(await run()).toMatchObject({ status: 200 })
  expect(refreshes()).toBe(1)
  expect(service.asked.at(-1)!.headers.authorization).not.toBe(before)
})

test('a vendor that cannot be reached costs calls and not the connection', async () => {
  const id = await connect()
  for (const failure of [503, 429, 'cut'] as const) {
    const run = await integrate(id)
    await expire(id)
    idp.intercept = (request, response) => {
      if (request.url !== '/token') return false
      if (failure === 'cut') request.socket.destroy()
      else json(response, failure, { error: 'temporarily_unavailable' })
      return true
    }
    expect(await run(), String(failure)).toMatchObject({ status: 502, body: { code: 'upstream_unavailable' } })
    idp.intercept = undefined
    expect((await hub.call('GET', `/api/v1/credentials/${id}`)).body.connections.account).toMatchObject({ status: 'connected', error: null })
    expect((await run()).status, String(failure)).toBe(200)
  }
})

test('a revoked grant puts the connection in error, with one event and one clear message; connecting again mends it', async () => {
  const id = await connect()
  const run = await integrate(id)
  const { body: { execution } } = await run()
  const token = (await idp.provider.AccessToken.find(service.asked[0]!.headers.authorization!.slice('Bearer '.length)))!
  await (await idp.provider.Grant.find(token.grantId!))!.destroy()
  await expire(id)
  const message = 'The connection to drive has ended: drive accepts it no more: it was revoked, or not used for too long. Connect the account again.'
  for (const reply of await Promise.all([run(), run(), run()])) expect(reply.body).toMatchObject({ status: 422, code: 'credential_revoked', detail: message })
  expect(refreshes()).toBe(1)
  expect((await hub.call('GET', `/api/v1/credentials/${id}`)).body.connections.account).toMatchObject({ status: 'error', error: message })
  await vi.waitFor(async () => {
    expect((await hub.call('GET', `/api/v1/events?type=credential.failing&q=${id}`)).body.data).toMatchObject([{ subject: id, data: { credentialId: id, vendor: 'drive', error: message } }])
    expect((await hub.call('GET', `/api/v1/integrations/${execution.integrationId}`)).body).toMatchObject({ connectionStatus: 'error' })
  }, { timeout: 20_000 })
  expect(await connect({ credentialId: id })).toBe(id)
  expect((await run()).status).toBe(200)
  expect((await hub.call('GET', `/api/v1/credentials/${id}`)).body.connections.account).toMatchObject({ status: 'connected', error: null })
})

test('more scopes are asked for together with those before, and the credential stays the same', async () => {
  const id = await connect()
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/drive', { clientId: 'hub', scopes: ['openid', 'offline_access', 'files:read', 'files:write'] }))
  try {
    expect((await hub.call('GET', `/api/v1/credentials/${id}`)).body.connections.account.missingScopes).toEqual(['files:write'])
    const { url } = await expectOk(browse('POST', '/api/v1/oauth/authorizations', { credentialId: id, scopes: ['files:write'] }))
    expect(new URL(url).searchParams.get('scope')!.split(' ').sort()).toEqual(['files:read', 'files:write', 'offline_access', 'openid'])
    expect((await browse('GET', await atVendor(url))).text).toContain('The account is connected')
    expect((await hub.call('GET', `/api/v1/credentials/${id}`)).body.connections.account).toMatchObject({ missingScopes: [], scopes: expect.arrayContaining(['files:write', 'files:read']) })
  } finally {
    await hub.call('PUT', '/api/v1/oauth-clients/drive', { clientId: 'hub', scopes: ['openid', 'offline_access', 'files:read'] })
  }
})

test('the state of another session, another browser or nobody, a code that was used, and what was refused connect nothing', async () => {
  const before = (await hub.call('GET', '/api/v1/credentials?limit=500')).body.data.length
  const { url, id } = await expectOk(browse('POST', '/api/v1/oauth/authorizations', { connector: 'drive', field: 'account', returnTo: '/done' }))
  const callback = await atVendor(url)
  const second = (await hub.call('POST', '/api/v1/session', { email: 'owner@example.com', password }, { key: null })).headers.getSetCookie()[0]!.split(';')[0]!
  const forged = new URL(callback, publicUrl)
  forged.searchParams.set('state', '<script>alert(1)</script>')
  for (const [path, as] of [[callback, second], [callback, ''], [callback, `interchange_browser=${'x'.repeat(43)}`], [forged.pathname + forged.search, cookie], ['/api/v1/oauth/callback', cookie]] as const) {
    const reply = await browse('GET', path, undefined, { as })
    expect(reply.status).toBe(400)
    expect(reply.text).not.toContain('<script')
    expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  }
  expect((await browse('GET', `/api/v1/oauth/authorizations/${id}`)).body.status).toBe('pending')
  const twice = await Promise.all([browse('GET', callback), browse('GET', callback)])
  expect(twice.map(({ status }) => status).sort()).toEqual([302, 400])
  expect((await browse('GET', `/api/v1/oauth/authorizations/${id}`)).body).toMatchObject({ status: 'connected', credentialId: expect.any(String) })
  const denied = await expectOk(browse('POST', '/api/v1/oauth/authorizations', { connector: 'drive', field: 'account', returnTo: '/done?a=1' }))
  const reply = await browse('GET', await atVendor(denied.url, 'eve', true))
  expect(reply.headers.get('location')).toBe('/done?a=1&problem=access_denied')
  expect((await hub.call('GET', '/api/v1/credentials?limit=500')).body.data.length).toBe(before + 1)
})

test('nobody is led elsewhere, and what cannot be connected is told by pointer', async () => {
  const pointerOf = async (body: Record<string, unknown>): Promise<unknown> => (await browse('POST', '/api/v1/oauth/authorizations', body)).body.errors?.[0]?.pointer
  for (const returnTo of ['https://evil.example', '//evil.example', '/.//evil.example', '/\\evil']) expect(await pointerOf({ connector: 'drive', field: 'account', returnTo })).toBe('/returnTo')
  expect(await pointerOf({ connector: 'drive' })).toBe('/field')
  expect(await pointerOf({ connector: 'drive', field: 'nope' })).toBe('/field')
  expect(await pointerOf({ connector: 'no-such' })).toBe('/connector')
  expect(await pointerOf({ connector: 'smtp-email' })).toBe('/connector')
  expect(await pointerOf({})).toBe('/vendor')
  expect((await browse('POST', '/api/v1/oauth/authorizations', { vendor: 'google' })).body).toMatchObject({ status: 422, code: 'oauth_client_missing' })
  expect((await browse('POST', '/api/v1/oauth/authorizations', { credentialId: 'no-such' })).status).toBe(404)
})

test('a device code connects when it was typed in, is polled no oftener than the vendor wants, and is refused when refused', async () => {
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'hub', clientSecret, endpoints: { issuer: idp.issuer }, scopes: ['openid', 'offline_access'] }))
  const started = await expectOk(hub.call('POST', '/api/v1/oauth/device-authorizations', { vendor: 'acme' }))
  expect(started).toMatchObject({ userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/), verificationUri: `${idp.issuer}/device`, intervalSeconds: 5 })
  const poll = (): Promise<Reply<any>> => hub.call('POST', `/api/v1/oauth/device-authorizations/${started.id}/poll`) // eslint-disable-line typescript/no-explicit-any
  expect((await poll()).body).toMatchObject({ status: 'pending', credentialId: null })
  expect((await poll()).body.status).toBe('pending')
  expect(idp.tokenRequests).toHaveLength(1)
  // As if it were typed in there.
  const code = (await idp.provider.DeviceCode.findByUserCode(started.userCode.replace('-', '')))!
  const grant = new idp.provider.Grant({ accountId: 'ada', clientId: 'hub' })
  grant.addOIDCScope('openid offline_access')
  Object.assign(code, { accountId: 'ada', grantId: await grant.save(), scope: 'openid offline_access', authTime: Math.floor(Date.now() / 1000) })
  await code.save()
  await withClient(hub.connectionString, (client) => client.query('update oauth_authorizations set next_poll_at = null where id = $1', [started.id]), '-c role=interchange_system')
  const { body } = await poll()
  expect(body).toMatchObject({ status: 'connected', credentialId: expect.any(String) })
  expect((await hub.call('GET', `/api/v1/credentials/${body.credentialId}`)).body).toMatchObject({ connector: 'http', connections: { oauth: { status: 'connected' } } })
  expect((await poll()).body).toEqual(body)
})

test("a product's user connects an account on a page of the hub, and is led back to the product", async () => {
  await expectOk(hub.call('PUT', '/api/v1/oauth/return-urls', { urls: ['https://app.example.com/settings'] }))
  const wanted = { connector: 'drive', field: 'account', endUser: { id: 'user-17', email: 'u@example.com' } }
  for (const returnUrl of ['https://evil.example/settings', 'https://app.example.com/settingsx', 'https://app.example.com.evil.example/settings', 'https://x@app.example.com/settings', 'http://app.example.com/settings', 'https://app.example.com/settings/../admin']) {
    expect((await hub.call('POST', '/api/v1/connect-sessions', { ...wanted, returnUrl })).body.errors, returnUrl).toMatchObject([{ pointer: '/returnUrl' }])
  }
  const session = await expectOk(hub.call('POST', '/api/v1/connect-sessions', { ...wanted, returnUrl: 'https://app.example.com/settings/drive?tab=1' }))
  const page = await hub.call('GET', new URL(session.url).pathname, undefined, { key: null })
  expect(page.text).toContain('Connect drive with Default')
  expect(page.headers.get('content-security-policy')).toBe(`default-src 'none'; style-src ${/'sha256-[^']+'/.exec(page.headers.get('content-security-policy')!)![0]}; form-action 'self' ${idp.issuer}; frame-ancestors 'none'; base-uri 'none'`)
  const enter = (headers: Record<string, string>): Promise<Reply<any>> => hub.call('POST', new URL(session.url).pathname, '', { key: null, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } }) // eslint-disable-line typescript/no-explicit-any
  expect((await enter({ origin: 'https://evil.example' })).body.code).toBe('csrf_refused')
  const entered = await enter({ origin: publicUrl })
  expect(entered.status).toBe(303)
  const browser = entered.headers.getSetCookie()[0]!.split(';')[0]!
  const callback = await atVendor(entered.headers.get('location')!, 'eve')
  expect((await browse('GET', callback, undefined, { as: '' })).status).toBe(400)
  // Whichever hub the browser comes back to.
  const location = new URL((await browse('GET', callback, undefined, { as: browser, at: other })).headers.get('location')!)
  expect(`${location.origin}${location.pathname}`).toBe('https://app.example.com/settings/drive')
  const credentialId = location.searchParams.get('credentialId')!
  expect(Object.fromEntries(location.searchParams)).toEqual({ tab: '1', connectSession: session.id, credentialId })
  expect((await hub.call('GET', `/api/v1/connect-sessions/${session.id}`)).body).toMatchObject({ status: 'connected', credentialId, endUser: { id: 'user-17' } })
  expect((await hub.call('GET', '/api/v1/credentials?endUserId=user-17')).body.data).toMatchObject([{ id: credentialId, connections: { account: { endUser: { id: 'user-17' } } } }])
  expect((await hub.call('GET', '/api/v1/credentials?endUserId=user-18')).body.data).toEqual([])
  await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/events?type=credential.connected&q=user-17`)).body.data).toMatchObject([{ data: { credentialId, connectSessionId: session.id, endUser: { id: 'user-17' } } }]) }, { timeout: 20_000 })
  expect((await hub.call('GET', new URL(session.url).pathname, undefined, { key: null })).text).toContain('connected already')
  expect((await enter({ origin: publicUrl })).status).toBe(409)
})

test('with an API key an authorization goes by such a page; names of a tenant are text on it', async () => {
  const key = await hub.addTenant('scripts')
  await withClient(hub.connectionString, (client) => client.query("update tenants set name = '<script>alert(1)</script>' where slug = 'scripts'"), '-c role=interchange_system')
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'hub', clientSecret, endpoints: { issuer: idp.issuer } }, { key }))
  const { url } = await expectOk(hub.call('POST', '/api/v1/oauth/authorizations', { vendor: 'acme' }, { key }))
  const page = await hub.call('GET', new URL(url).pathname, undefined, { key: null })
  expect(page.text).toContain('&lt;script&gt;alert(1)')
  expect(page.text).not.toContain('<script')
  const missing = await hub.call('GET', '/connect/ic_nonsense', undefined, { key: null })
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
})

test("the operator's shared client serves other tenants, whose secret it stays; nobody else shares one", async () => {
  const key = await hub.addTenant('sharing')
  expect((await hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'x', shared: true }, { key })).status).toBe(403)
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/shared-idp', { clientId: 'hub', clientSecret, shared: true, endpoints: { issuer: idp.issuer }, scopes: ['openid', 'offline_access'] }))
  expect((await hub.call('GET', '/api/v1/oauth-clients', undefined, { key })).body.data).toMatchObject([{ vendor: 'shared-idp', shared: true, own: false, hasSecret: true }])
  expect((await hub.call('GET', '/api/v1/oauth-clients/shared-idp', undefined, { key })).status).toBe(404)
  expect((await hub.call('DELETE', '/api/v1/oauth-clients/shared-idp', undefined, { key })).status).toBe(404)
  const started = await expectOk(hub.call('POST', '/api/v1/oauth/authorizations', { vendor: 'shared-idp' }, { key }))
  const entered = await hub.call('POST', new URL(started.url).pathname, '', { key: null, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  const finished = await browse('GET', await atVendor(entered.headers.get('location')!), undefined, { as: entered.headers.getSetCookie()[0]!.split(';')[0]! })
  expect(finished.text).toContain('The account is connected')
  const { body: { data: [credential] } } = await hub.call('GET', '/api/v1/credentials', undefined, { key })
  expect(credential).toMatchObject({ connections: { oauth: { vendor: 'shared-idp' } } })
  await expire(credential.id)
  const { id } = await expectOk(hub.call('POST', '/api/v1/integrations?test=false', { name: 'Shared', connector: 'http', credentialId: credential.id, configuration: { baseUrl: service.url } }, { key }))
  expect((await hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'get', input: { url: '/files' } }, { key })).status).toBe(200)
  expect(refreshes()).toBe(1)
})

test('a credential that is deleted is revoked at the vendor; a vendor that is away keeps nobody from it', async () => {
  await expectOk(hub.call('PUT', '/api/v1/oauth-clients/acme', { clientId: 'hub', clientSecret, endpoints: { issuer: idp.issuer }, scopes: ['openid', 'offline_access'] }))
  const revoked: string[] = []
  const watch = (status?: number): void => {
    idp.intercept = (request, response, body) => {
      if (request.url !== '/token/revocation') return false
      revoked.push(new URLSearchParams(body).get('token')!)
      if (status !== undefined) json(response, status, {})
      return status !== undefined
    }
  }
  for (const status of [undefined, 503]) {
    const id = await connect({ connector: undefined, field: undefined, vendor: 'acme' })
    watch(status)
    expect((await hub.call('DELETE', `/api/v1/credentials/${id}`)).status).toBe(204)
    expect((await hub.call('GET', `/api/v1/credentials/${id}`)).status).toBe(404)
    idp.intercept = undefined
  }
  expect(revoked).toHaveLength(2)
  expect(await idp.provider.RefreshToken.find(revoked[0]!)).toBeUndefined()
})

test('a credential whose connected field is replaced by a token of its own is connected no more; another change leaves it', async () => {
  const id = await connect()
  await expectOk(hub.call('PATCH', `/api/v1/credentials/${id}`, { name: 'Renamed' }))
  expect(await (await integrate(id))()).toMatchObject({ status: 200 })
  await expectOk(hub.call('PATCH', `/api/v1/credentials/${id}`, { credentials: { account: 'a token of my own' } }))
  expect((await hub.call('GET', `/api/v1/credentials/${id}`)).body.connections).toEqual({})
  for (const value of [{ connected: true }, { grant: 'account' }]) expect((await hub.call('PATCH', `/api/v1/credentials/${id}`, { credentials: { account: value } })).status).toBe(422)
})

test('a rotation of keys leaves connections as they are', async () => {
  const id = await connect()
  const run = await integrate(id)
  await expectOk(hub.call('POST', '/api/v1/credentials/rotate-keys'))
  await expire(id)
  expect((await run()).status).toBe(200)
})
