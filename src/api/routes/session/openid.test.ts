import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { startIdentityProvider, type IdentityProvider } from '../../../../test/identity-provider.ts'

let hub: TestHub
let close: () => Promise<void>
let idp: IdentityProvider

// Nobody listens there: the browser of these tests turns back to the hub by itself.
const publicUrl = 'http://127.0.0.1:9'
const password = 'violet harbour 4 teaspoons'

beforeAll(async () => {
  const redirect = (id: string): string => `${publicUrl}/api/v1/session/oidc/${id}/callback`
  idp = await startIdentityProvider({
    clients: [
      { client_id: 'open', client_secret: 'a secret of the client', redirect_uris: [redirect('open')], application_type: 'native' },
      { client_id: 'staff', redirect_uris: [redirect('staff')], token_endpoint_auth_method: 'none', application_type: 'native' },
    ],
    accounts: {
      ada: { email: 'ada@example.com', email_verified: true, name: 'Ada' }, eve: { email: 'eve@evil.example', email_verified: true }, sly: { email: 'sly@example.com', email_verified: false },
      guest: { email: 'guest@example.com', email_verified: true, name: 'Guest' }, listed: { email: 'listed@example.com', email_verified: true }, squat: { email: 'squat@example.com', email_verified: true }, nobody: { email: 'nobody@example.com', email_verified: true },
    },
  })
  const providers = [
    { id: 'open', name: 'Open', issuer: idp.issuer, clientId: 'open', clientSecret: 'a secret of the client' },
    { id: 'staff', issuer: idp.issuer, clientId: 'staff', domains: ['example.com'], join: { tenant: 'default', role: 'developer' } },
    { id: 'away', issuer: 'http://127.0.0.1:1', clientId: 'x' },
  ]
  ;({ hub, close } = await openHub({ env: { INTERCHANGE_PUBLIC_URL: publicUrl, INTERCHANGE_OPENID_PROVIDERS: JSON.stringify(providers) } }))
})
afterAll(async () => {
  await close()
  await idp.close()
})

function get(path: string, cookie = ''): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  return hub.call('GET', path, undefined, { key: null, headers: { cookie } })
}

function cookieOf(reply: Reply, name: string): string {
  return reply.headers.getSetCookie().find((each) => each.startsWith(`${name}=`))!.split(';')[0]!
}

/** Up to the callback's URL, below the hub, and what the browser keeps until then. */
async function begin(id: string, login: string, { returnTo = '/integrations?status=error', refuse = false } = {}): Promise<{ callback: string, cookie: string }> {
  const started = await get(`/api/v1/session/oidc/${id}/start?returnTo=${encodeURIComponent(returnTo)}`)
  expect(started.status).toBe(302)
  const callback = await idp.walk(started.headers.get('location')!, { login, refuse })
  expect(callback.startsWith(`${publicUrl}/api/v1/session/oidc/${id}/callback?`)).toBe(true)
  return { callback: callback.slice(publicUrl.length), cookie: cookieOf(started, 'interchange_openid') }
}

async function signIn(id: string, login: string): Promise<Reply> {
  const { callback, cookie } = await begin(id, login)
  return get(callback, cookie)
}

async function sessionAfter(reply: Reply): Promise<Record<string, unknown>> {
  return (await get('/api/v1/session', cookieOf(reply, 'interchange_session'))).body
}

test('the providers are listed, by name', async () => {
  expect((await get('/api/v1/session/providers')).body).toEqual({ data: [{ id: 'open', name: 'Open' }, { id: 'staff', name: 'staff' }, { id: 'away', name: 'away' }], nextCursor: null })
})

test('whoever a provider may bring in comes in, is led to where he was going, and is the same the next time', async () => {
  const reply = await signIn('staff', 'ada')
  expect([reply.status, reply.headers.get('location')]).toEqual([302, '/integrations?status=error'])
  expect(reply.headers.getSetCookie().find((each) => each.startsWith('interchange_openid='))).toMatch(/Max-Age=0/)
  const first = await sessionAfter(reply)
  expect(first).toMatchObject({ via: 'openid', user: { email: 'ada@example.com', name: 'Ada' }, tenants: [{ slug: 'default', role: 'developer' }] })
  expect(await sessionAfter(await signIn('staff', 'ada'))).toMatchObject({ user: first['user'] })
  // Another provider of the same issuer knows the same subject.
  expect(await sessionAfter(await signIn('open', 'ada'))).toMatchObject({ user: first['user'] })
})

test('who is not invited, is of another domain, or has an address that nobody vouches for, stays outside', async () => {
  for (const [id, login] of [['open', 'nobody'], ['staff', 'eve'], ['staff', 'sly'], ['open', 'sly']] as const) {
    const reply = await signIn(id, login)
    expect([reply.status, reply.headers.get('location'), reply.headers.getSetCookie()], `${login} by ${id}`).toEqual([302, '/sign-in?problem=sign_in_refused', []])
  }
  expect((await hub.call('GET', '/api/v1/members?limit=500')).text).not.toMatch(/nobody@|eve@|sly@/)
})

test('an invitation, or being written down as a member, lets somebody in by his address', async () => {
  const { body: { url } } = await hub.call('POST', '/api/v1/members/invitations', { email: 'guest@example.com', role: 'admin' })
  expect(await sessionAfter(await signIn('open', 'guest'))).toMatchObject({ tenants: [{ role: 'admin' }] })
  expect((await hub.call('POST', '/api/v1/session/link', { token: new URL(url).searchParams.get('token') }, { key: null })).status).toBe(404)
  await hub.call('POST', '/api/v1/members', { email: 'Listed@example.com', role: 'viewer' })
  expect(await sessionAfter(await signIn('open', 'listed'))).toMatchObject({ tenants: [{ role: 'viewer' }] })
})

test('whoever took an address that is not his loses it to its owner', async () => {
  const otherKey = await hub.addTenant('squatters')
  const { body: { url } } = await hub.call('POST', '/api/v1/members/invitations', { email: 'squat@example.com', role: 'viewer' }, { key: otherKey })
  const squatter = await hub.call('POST', '/api/v1/session/invitation', { token: new URL(url).searchParams.get('token'), name: 'Not him', password }, { key: null })
  expect(squatter.status).toBe(200)
  expect(await sessionAfter(await signIn('staff', 'squat'))).toMatchObject({ tenants: [{ slug: 'default' }, { slug: 'squatters' }] })
  expect((await get('/api/v1/session', cookieOf(squatter, 'interchange_session'))).status).toBe(401)
  expect((await hub.call('POST', '/api/v1/session', { email: 'squat@example.com', password }, { key: null })).status).toBe(401)
})

test('a callback without the cookie of its browser, of another begin, changed, or a second time signs nobody in', async () => {
  const [mine, others] = [await begin('staff', 'ada'), await begin('staff', 'ada')]
  const forged = new URL(mine.callback, publicUrl)
  forged.searchParams.set('state', 'another')
  for (const [callback, cookie] of [[mine.callback, ''], [mine.callback, others.cookie], [forged.pathname + forged.search, mine.cookie], [mine.callback.replace('/staff/', '/open/'), mine.cookie], [mine.callback, 'interchange_openid=bm9uc2Vuc2U']] as const) {
    const reply = await get(callback, cookie)
    expect([reply.status, reply.headers.get('location'), reply.headers.getSetCookie()]).toEqual([302, '/sign-in?problem=sign_in_failed', []])
  }
  expect((await get(others.callback, others.cookie)).headers.get('location')).toBe('/integrations?status=error')
  expect((await get(others.callback, others.cookie)).headers.get('location')).toBe('/sign-in?problem=sign_in_failed')
})

test('what is in the callback is never shown, a refusal at the provider is told', async () => {
  const { callback, cookie } = await begin('staff', 'guest', { refuse: true })
  expect(callback).toContain('access_denied')
  const reply = await get(callback, cookie)
  expect([reply.headers.get('location'), reply.text]).toEqual(['/sign-in?problem=sign_in_failed', ''])
})

test('an ID token of another issuer, another audience, a wrong nonce, over, or not signed by the provider is refused', async () => {
  const { privateKey } = await generateKeyPair('RS256')
  const own = { iss: idp.issuer, aud: 'staff', sub: 'ada', email: 'ada@example.com', email_verified: true }
  const wrong: [string, Record<string, unknown>][] = [['nothing', {}], ['signature', {}], ['issuer', { iss: 'https://evil.example' }], ['audience', { aud: 'another' }], ['nonce', { nonce: 'another' }], ['expiry', { exp: 1000 }]]
  for (const [what, claims] of wrong) {
    const { callback, cookie } = await begin('staff', 'ada')
    const nonce = JSON.parse(Buffer.from(cookie.split('=')[1]!, 'base64url').toString()).nonce as string
    const idToken = await new SignJWT({ ...own, nonce, iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 300, ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(what === 'signature' ? privateKey : idp.signingKey)
    idp.intercept = (request, response) => {
      if (request.url !== '/token') return false
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token: idToken }))
      return true
    }
    const reply = await get(callback, cookie)
    idp.intercept = undefined
    // The one with nothing wrong about it shows that the others are refused for their fault.
    if (what === 'nothing') expect(reply.headers.get('location')).toBe('/integrations?status=error')
    else expect([reply.headers.get('location'), reply.headers.getSetCookie()], what).toEqual(['/sign-in?problem=sign_in_failed', []])
  }
})

test('nobody is led to another place than the hub', async () => {
  for (const returnTo of ['https://evil.example', '//evil.example', '/\\evil.example', '/.//evil.example', '/a/..//evil.example', '\\\\evil.example', 'javascript:alert(1)', '/a\r\nset-cookie: x', '/%0a/../\t/evil', 'integrations']) {
    expect((await get(`/api/v1/session/oidc/staff/start?returnTo=${encodeURIComponent(returnTo)}`)).body, returnTo).toMatchObject({ status: 400, errors: [{ pointer: '?returnTo' }] })
  }
  const { cookie } = await begin('staff', 'ada')
  const pending = JSON.parse(Buffer.from(cookie.split('=')[1]!, 'base64url').toString())
  const { callback } = await begin('staff', 'ada')
  const forged = Buffer.from(JSON.stringify({ ...pending, returnTo: 'https://evil.example' })).toString('base64url')
  expect((await get(callback, `interchange_openid=${forged}`)).headers.get('location')).toBe('/sign-in?problem=sign_in_failed')
})

test('a provider that is away, or is not there, is told', async () => {
  expect((await get('/api/v1/session/oidc/away/start')).headers.get('location')).toBe('/sign-in?problem=upstream_unavailable')
  expect((await get('/api/v1/session/oidc/no-such/start')).status).toBe(404)
})
