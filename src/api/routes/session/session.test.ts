import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { withClient } from '../../../../test/everything.ts'
import { startMailServer } from '../../../connectors/smtp-email/mail-server.fixture.ts'

const password = 'violet harbour 4 teaspoons'

let hub: TestHub
let close: () => Promise<void>

beforeAll(async () => { ({ hub, close } = await openHub({ env: { INTERCHANGE_TRUST_PROXY: '127.0.0.1' } })) })
afterAll(() => close())

interface Browser { cookie: string | undefined, call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply<any>> } // eslint-disable-line typescript/no-explicit-any

let browsers = 0
/** One that keeps the session's cookie, and sends what a browser sends from the hub's own pages. Each has an address of its own. */
function browser(tenant = 'default'): Browser {
  browsers += 1
  const address = `198.51.100.${browsers}`
  const made: Browser = {
    cookie: undefined,
    async call(method, path, body, headers = {}) {
      const reply = await hub.call(method, path, body, { key: null, headers: { origin: hub.url, 'x-interchange-tenant': tenant, 'x-forwarded-for': address, ...made.cookie !== undefined && { cookie: made.cookie }, ...headers } })
      const set = reply.headers.get('set-cookie')
      if (set !== null) made.cookie = set.split(';')[0]
      return reply
    },
  }
  return made
}

async function welcomeToken(): Promise<string> {
  return new URL((await hub.hub.services.signInLinks.welcome())!).searchParams.get('token')!
}

async function signedInOwner(email = 'ada@example.com'): Promise<Browser> {
  const ada = browser()
  expect((await ada.call('POST', '/api/v1/session/welcome', { token: await welcomeToken(), email, name: 'Ada', password })).status).toBe(200)
  return ada
}

async function invite(email: string, role: string, key = hub.key): Promise<string> {
  const reply = await hub.call('POST', '/api/v1/members/invitations', { email, role }, { key })
  expect(reply.status).toBe(201)
  return new URL(reply.body.url).searchParams.get('token')!
}

async function member(email: string, role: string, { key = hub.key, tenant = 'default' } = {}): Promise<Browser> {
  const somebody = browser(tenant)
  const token = await invite(email, role, key)
  expect((await somebody.call('POST', '/api/v1/session/invitation', { token, name: 'Somebody', password })).status).toBe(200)
  return somebody
}

test('the first owner comes by the link of the start, once, and is the owner that was there', async () => {
  const link = hub.hub.welcomeUrl!
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/welcome\?token=il_/)
  const token = new URL(link).searchParams.get('token')!
  const ada = browser()
  expect((await ada.call('POST', '/api/v1/session/link', { token })).body).toEqual({ kind: 'welcome', tenant: { name: 'Default' }, email: null, role: 'owner', expiresAt: null, known: false })
  const reply = await ada.call('POST', '/api/v1/session/welcome', { token, email: 'first@example.com', name: 'First', password })
  expect(reply.headers.get('set-cookie')).toMatch(/^interchange_session=is_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
  expect(reply.body).toMatchObject({ via: 'link', user: { email: 'first@example.com', name: 'First' }, tenants: [{ slug: 'default', name: 'Default', role: 'owner' }] })
  expect((await ada.call('GET', '/api/v1/session')).body).toEqual(reply.body)
  expect((await ada.call('GET', '/api/v1/members')).body.data).toMatchObject([{ email: 'first@example.com', role: 'owner', signsIn: true }])
  expect((await browser().call('POST', '/api/v1/session/welcome', { token, email: 'second@example.com', name: 'Second', password })).body).toMatchObject({ status: 404 })
  expect(await hub.hub.services.signInLinks.welcomeIfNeeded()).toBeUndefined()
})

test('a newer welcome link replaces the one before; a wrong kind of link opens nothing', async () => {
  const [before, after] = [await welcomeToken(), await welcomeToken()]
  const body = { email: 'x@example.com', name: 'X', password }
  expect((await browser().call('POST', '/api/v1/session/welcome', { token: before, ...body })).status).toBe(404)
  expect((await browser().call('POST', '/api/v1/session/invitation', { token: after, name: 'X', password })).status).toBe(404)
  expect((await browser().call('POST', '/api/v1/session/password-reset', { token: after, password })).status).toBe(404)
  expect((await browser().call('POST', '/api/v1/session/welcome', { token: await invite('x@example.com', 'viewer'), ...body })).status).toBe(404)
})

test('with the password one signs in and out; what is wrong is refused in the same words', async () => {
  await signedInOwner('words@example.com')
  const ada = browser()
  expect((await ada.call('POST', '/api/v1/session', { email: 'WORDS@example.com', password })).body).toMatchObject({ via: 'password', user: { name: 'Ada' } })
  expect((await ada.call('GET', '/api/v1/integrations')).status).toBe(200)
  const cookie = ada.cookie
  expect((await ada.call('DELETE', '/api/v1/session')).headers.get('set-cookie')).toMatch(/^interchange_session=; .*Max-Age=0/)
  expect((await browser().call('GET', '/api/v1/session', undefined, { cookie: cookie! })).status).toBe(401)
  const wrong = [await browser().call('POST', '/api/v1/session', { email: 'words@example.com', password: 'not it' }), await browser().call('POST', '/api/v1/session', { email: 'nobody@example.com', password })]
  expect(wrong.map(({ status, body }) => [status, body.detail])).toEqual(Array.from({ length: 2 }, () => [401, 'The address or the password is wrong.']))
})

test('failures are counted by address and account: then nobody gets in from there, the right password or not, and others do', async () => {
  await signedInOwner('target@example.com')
  const attacker = browser()
  const guesses = await Promise.all(Array.from({ length: 12 }, (_, at) => attacker.call('POST', '/api/v1/session', { email: 'target@example.com', password: `guess ${at}` })))
  expect(guesses.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  const late = await attacker.call('POST', '/api/v1/session', { email: 'target@example.com', password })
  expect(late).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(60)
  expect((await browser().call('POST', '/api/v1/session', { email: 'target@example.com', password })).status).toBe(200)
})

test('an API key opens a session that is no more than the key, and ends with it', async () => {
  const { body: { id, key } } = await hub.call('POST', '/api/v1/keys', { name: 'for a browser', role: 'developer', scopes: ['integrations:read'] })
  const somebody = browser()
  expect((await somebody.call('POST', '/api/v1/session', { apiKey: key })).body).toMatchObject({ via: 'key', user: { id, email: '', name: 'for a browser' }, tenants: [{ slug: 'default', role: 'developer', scopes: ['integrations:read'] }] })
  expect((await somebody.call('GET', '/api/v1/integrations')).status).toBe(200)
  expect((await somebody.call('GET', '/api/v1/credentials')).status).toBe(403)
  await hub.call('DELETE', `/api/v1/keys/${id}`)
  expect((await somebody.call('GET', '/api/v1/integrations')).status).toBe(401)
  expect((await browser().call('POST', '/api/v1/session', { apiKey: key })).status).toBe(401)
})

test('the key of an agent opens no session: its policy would not hold there', async () => {
  const { body: { key } } = await hub.call('POST', '/api/v1/keys', { name: 'agent', role: 'owner', agent: {} })
  expect(await browser().call('POST', '/api/v1/session', { apiKey: key })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})

test('only the tenants that the user is a member of are there, each with its own role', async () => {
  const otherKey = await hub.addTenant('elsewhere')
  const eve = await member('eve@example.com', 'viewer')
  expect((await eve.call('GET', '/api/v1/members', undefined, { 'x-interchange-tenant': 'elsewhere' })).body).toMatchObject({ status: 404, code: 'not_found' })
  expect((await eve.call('GET', '/api/v1/members', undefined, { 'x-interchange-tenant': 'no-such' })).status).toBe(404)
  const token = await invite('eve@example.com', 'admin', otherKey)
  // She has a password: another one is not taken, and being signed in suffices.
  expect((await browser().call('POST', '/api/v1/session/invitation', { token, name: 'Not Eve', password: 'another password of mine' })).status).toBe(401)
  expect((await eve.call('POST', '/api/v1/session/invitation', { token })).body.tenants).toMatchObject([{ slug: 'default', role: 'viewer' }, { slug: 'elsewhere', role: 'admin' }])
  expect((await eve.call('POST', '/api/v1/members', { email: 'a@example.com', role: 'viewer' })).status).toBe(403)
  const added = await eve.call('POST', '/api/v1/members', { email: 'a@example.com', role: 'viewer' }, { 'x-interchange-tenant': 'elsewhere' })
  expect(added.status).toBe(201)
  const { body: { data } } = await hub.call('GET', `/api/v1/audit?targetId=${added.body.id}`, undefined, { key: otherKey })
  expect(data).toMatchObject([{ action: 'member.added', actor: expect.stringMatching(/^member:[0-9a-f-]{36}$/) }])
  expect((await eve.call('GET', '/api/v1/members?tenant=elsewhere', undefined, { 'x-interchange-tenant': '' })).status).toBe(404)
})

test('where no header can be set, the query names the tenant', async () => {
  const eve = await member('query@example.com', 'viewer')
  const ask = (query: string): Promise<Reply> => hub.call('GET', `/api/v1/integrations${query}`, undefined, { key: null, headers: { cookie: eve.cookie! } })
  expect((await ask('?tenant=default')).status).toBe(200)
  expect((await ask('?tenant=no-such')).status).toBe(404)
  expect((await ask('')).body).toMatchObject({ status: 400, code: 'invalid_request' })
  // With a key it is a parameter that the route does not have.
  expect((await hub.call('GET', '/api/v1/integrations?tenant=default')).status).toBe(400)
})

test('a changed role and a removal take hold of open sessions at once', async () => {
  const sam = await member('sam@example.com', 'admin')
  const { body: { data } } = await hub.call('GET', '/api/v1/members?limit=500')
  const { id } = data.find(({ email }: { email: string }) => email === 'sam@example.com')
  expect((await sam.call('GET', '/api/v1/keys')).status).toBe(200)
  await hub.call('PATCH', `/api/v1/members/${id}`, { role: 'viewer' })
  expect((await sam.call('GET', '/api/v1/keys')).status).toBe(403)
  await hub.call('DELETE', `/api/v1/members/${id}`)
  expect((await sam.call('GET', '/api/v1/integrations')).status).toBe(404)
  expect((await sam.call('GET', '/api/v1/session')).body.tenants).toEqual([])
})

test("a page of somebody else's does nothing with the cookie", async () => {
  const ada = await signedInOwner('csrf@example.com')
  const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: '' }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, { origin: hub.url.replace('http:', 'https:') }, { origin: `${hub.url}.evil.example` }]
  for (const headers of foreign) {
    expect((await ada.call('POST', '/api/v1/members', { email: 'csrf-made@example.com', role: 'owner' }, headers)).body, JSON.stringify(headers)).toMatchObject({ status: 403, code: 'csrf_refused' })
    expect((await ada.call('DELETE', '/api/v1/session', undefined, headers)).body.code).toBe('csrf_refused')
  }
  expect((await browser().call('POST', '/api/v1/session', { email: 'csrf@example.com', password }, { origin: 'https://evil.example' })).body.code).toBe('csrf_refused')
  expect((await ada.call('GET', '/api/v1/members')).text).not.toContain('csrf-made')
  expect((await ada.call('POST', '/api/v1/members', { email: 'own@example.com', role: 'viewer' }, { 'sec-fetch-site': 'same-origin' })).status).toBe(201)
  // A key beside the cookie is what counts: no page can send that.
  expect((await hub.call('POST', '/api/v1/members', { email: 'key@example.com', role: 'viewer' }, { headers: { cookie: ada.cookie!, origin: 'https://evil.example' } })).status).toBe(201)
})

test('a WebSocket opens with the cookie from the own origin alone, and ends with the session', async () => {
  const ada = await signedInOwner('socket@example.com')
  const connect = (headers: Record<string, string>, query = '?tenant=default&types=a'): Promise<{ status: number, socket: WebSocket }> => new Promise((resolve) => {
    const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/api/v1/bus/stream${query}`, { headers: { cookie: ada.cookie!, ...headers } })
    socket.on('open', () => { resolve({ status: 101, socket }) })
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => { resolve({ status: statusCode, socket }) })
    socket.on('error', () => undefined)
  })
  expect((await connect({})).status).toBe(403)
  expect((await connect({ origin: 'https://evil.example' })).status).toBe(403)
  expect((await connect({ origin: hub.url }, '?types=a')).status).toBe(400)
  const { status, socket } = await connect({ origin: hub.url })
  expect(status).toBe(101)
  const closed = new Promise((resolve) => { socket.on('close', resolve) })
  await ada.call('DELETE', '/api/v1/session')
  expect(await closed).toBe(1008)
})

test('sessions are listed, ended one by one, and everywhere; nobody ends another', async () => {
  const [first, second] = [await signedInOwner('many@example.com'), browser()]
  await second.call('POST', '/api/v1/session', { email: 'many@example.com', password }, { 'user-agent': 'a telephone' })
  const { body: { data } } = await first.call('GET', '/api/v1/session/sessions')
  expect(data).toMatchObject([{ via: 'password', userAgent: 'a telephone', current: false }, { via: 'link', current: true }])
  const eve = await member('eve-of-many@example.com', 'owner')
  expect((await eve.call('DELETE', `/api/v1/session/sessions/${data[0].id}`)).status).toBe(404)
  expect((await first.call('DELETE', `/api/v1/session/sessions/${data[0].id}`)).status).toBe(204)
  expect((await second.call('GET', '/api/v1/session')).status).toBe(401)
  await second.call('POST', '/api/v1/session', { email: 'many@example.com', password })
  expect((await first.call('DELETE', '/api/v1/session/sessions')).status).toBe(204)
  for (const each of [first, second]) expect((await each.call('GET', '/api/v1/session')).status).toBe(401)
  expect((await eve.call('GET', '/api/v1/session')).status).toBe(200)
})

test('a session ends when nobody used it for long, and when its days are over', async () => {
  const [idle, old] = [await signedInOwner('time@example.com'), browser()]
  await old.call('POST', '/api/v1/session', { email: 'time@example.com', password })
  const [{ id: oldId }, { id: idleId }] = (await idle.call('GET', '/api/v1/session/sessions')).body.data
  await hub.hub.services.sessions.flushLastUsed()
  await withClient(hub.connectionString, async (client) => {
    await client.query("update sessions set last_used_at = now() - interval '8 days' where id = $1", [idleId])
    await client.query("update sessions set expires_at = now() where id = $1", [oldId])
  }, '-c role=interchange_system')
  hub.hub.services.sessions.forget()
  for (const each of [idle, old]) expect((await each.call('GET', '/api/v1/session')).status).toBe(401)
  await hub.hub.services.sessions.expire()
  const { rows } = await withClient(hub.connectionString, (client) => client.query('select id from sessions where id = any($1)', [[oldId, idleId]]), '-c role=interchange_system')
  expect(rows).toEqual([])
})

test('a changed password ends the other sessions, and needs the one before', async () => {
  const [here, there] = [await signedInOwner('change@example.com'), browser()]
  await there.call('POST', '/api/v1/session', { email: 'change@example.com', password })
  const next = 'copper lanterns on 9 bicycles'
  expect((await here.call('PUT', '/api/v1/session/password', { current: 'wrong', password: next })).body.errors).toMatchObject([{ pointer: '/current' }])
  expect((await here.call('PUT', '/api/v1/session/password', { current: password, password: 'change12345678' })).body.errors).toMatchObject([{ pointer: '/password' }])
  expect((await here.call('PUT', '/api/v1/session/password', { current: password, password: next })).status).toBe(204)
  expect((await here.call('GET', '/api/v1/session')).status).toBe(200)
  expect((await there.call('GET', '/api/v1/session')).status).toBe(401)
  expect((await there.call('POST', '/api/v1/session', { email: 'change@example.com', password: next })).status).toBe(200)
})

test('an invitation is good once, is replaced by the next, can be revoked, and makes nobody more than was said', async () => {
  const first = await invite('guest@example.com', 'developer')
  const second = await invite('GUEST@example.com', 'viewer')
  const accept = (token: string): Promise<Reply> => browser().call('POST', '/api/v1/session/invitation', { token, name: 'Guest', password })
  expect((await accept(first)).status).toBe(404)
  const { body: { data } } = await hub.call('GET', '/api/v1/members/invitations')
  expect(data.filter(({ email }: { email: string }) => /^guest@/i.test(email))).toMatchObject([{ role: 'viewer' }])
  const both = await Promise.all([accept(second), accept(second)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 404])
  expect((await hub.call('POST', '/api/v1/members/invitations', { email: 'guest@example.com', role: 'viewer' })).body).toMatchObject({ status: 409, errors: [{ pointer: '/email' }] })
  const third = await hub.call('POST', '/api/v1/members/invitations', { email: 'revoked@example.com', role: 'viewer' })
  expect(third.body).toMatchObject({ mailed: false })
  expect((await hub.call('DELETE', `/api/v1/members/invitations/${third.body.id}`)).status).toBe(204)
  expect((await accept(new URL(third.body.url).searchParams.get('token')!)).status).toBe(404)
  const admin = await member('admin@example.com', 'admin')
  expect((await admin.call('POST', '/api/v1/members/invitations', { email: 'o@example.com', role: 'owner' })).status).toBe(403)
})

test('a link to a new password opens it once, and ends all sessions; of a member of other tenants only the operator makes one', async () => {
  const otherKey = await hub.addTenant('reset')
  const pat = await member('pat@example.com', 'viewer', { key: otherKey, tenant: 'reset' })
  const { body: { data } } = await hub.call('GET', '/api/v1/members', undefined, { key: otherKey })
  const path = `/api/v1/members/${data.find(({ email }: { email: string }) => email === 'pat@example.com').id}/password-link`
  const early = await hub.call('POST', path, undefined, { key: otherKey })
  const made = await hub.call('POST', path, undefined, { key: otherKey })
  const reset = (reply: Reply<any>, next: string): Promise<Reply> => browser('reset').call('POST', '/api/v1/session/password-reset', { token: new URL(reply.body.url).searchParams.get('token')!, password: next }) // eslint-disable-line typescript/no-explicit-any
  expect((await reset(early, 'seven umbrellas in the fog')).status).toBe(404)
  expect((await reset(made, 'password1234')).status).toBe(422)
  expect((await reset(made, 'seven umbrellas in the fog')).status).toBe(200)
  expect((await reset(made, 'seven umbrellas in the fog')).status).toBe(404)
  expect((await pat.call('GET', '/api/v1/session')).status).toBe(401)
  const pending = await hub.call('POST', path, undefined, { key: otherKey })
  await pat.call('POST', '/api/v1/session', { email: 'pat@example.com', password: 'seven umbrellas in the fog' })
  expect((await pat.call('POST', '/api/v1/session/invitation', { token: await invite('pat@example.com', 'owner') })).status).toBe(200)
  // It would have opened the other tenant as well.
  expect((await reset(pending, 'eleven violins and a goose')).status).toBe(404)
  expect((await hub.call('POST', path, undefined, { key: otherKey })).status).toBe(403)
  expect((await hub.call('POST', `/api/v1/members/${data[0].id}/password-link`, undefined, { key: otherKey })).body.code).toBe('conflict')
})

test('trivial passwords are refused, phrases are taken', async () => {
  const token = await welcomeToken()
  const attempt = async (tried: string): Promise<unknown> => (await browser().call('POST', '/api/v1/session/welcome', { token, email: 'magdalena@example.com', name: 'Magdalena Smith', password: tried })).body.errors?.[0]?.pointer
  for (const tried of ['short', 'password1234', 'P@ssw0rd2024!', 'aaaaaaaaaaaaaaaa', 'abcdefghijklmnop', '123456789012345', 'qwertyuiop123', 'magdalena2024', 'MagdalenaSmith', 'letmeinletmein', 'abcabcabcabcabc', 'interchange-admin', 'x'.repeat(300)]) {
    expect(await attempt(tried), tried).toBe('/password')
  }
  expect(await attempt('correct horse battery staple')).toBeUndefined()
})

test('the cookie is for https alone where the hub is reached so, and nothing of a session is cached', async () => {
  const { hub: secure, close: end } = await openHub({ env: { INTERCHANGE_PUBLIC_URL: 'https://hub.example.com' } })
  try {
    const reply = await secure.call('POST', '/api/v1/session', { apiKey: secure.key }, { key: null, headers: { origin: 'https://hub.example.com' } })
    expect(reply.headers.get('set-cookie')).toMatch(/; Secure$/)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(secure.hub.welcomeUrl).toMatch(/^https:\/\/hub\.example\.com\/welcome\?token=/)
  } finally {
    await end()
  }
})

test('tokens are stored as hashes alone', async () => {
  const ada = await signedInOwner('hash@example.com')
  const link = await invite('hashed@example.com', 'viewer')
  const dumps = await withClient(hub.connectionString, async (client) => {
    const found: string[] = []
    for (const table of ['sessions', 'sign_in_links', 'users', 'audit_log']) found.push(JSON.stringify((await client.query(`select t::text from ${table} t`)).rows))
    return found
  }, '-c role=interchange_system')
  for (const dump of dumps) for (const secret of [ada.cookie!.split('=')[1]!, link, password]) expect(dump).not.toContain(secret)
  expect(dumps.join('')).toContain('hash@example.com')
})

test('an invitation is mailed where there is a mail server, and handed over where that does not take it', async () => {
  const server = await startMailServer({ disabledCommands: ['STARTTLS'] })
  const { hub: mailing, close: end } = await openHub({ env: { INTERCHANGE_SMTP_URL: `smtp://127.0.0.1:${server.port}`, INTERCHANGE_SMTP_FROM: 'hub@example.com' } })
  try {
    const mailed = await mailing.call('POST', '/api/v1/members/invitations', { email: 'mailed@example.com', role: 'viewer' })
    expect(mailed.body.mailed).toBe(true)
    expect(server.received).toMatchObject([{ from: 'hub@example.com', to: ['mailed@example.com'], email: { subject: 'Invitation to Default on Interchange', text: expect.stringContaining(mailed.body.url) } }])
    await server[Symbol.asyncDispose]()
    expect((await mailing.call('POST', '/api/v1/members/invitations', { email: 'mailed@example.com', role: 'viewer' })).body).toMatchObject({ mailed: false, url: expect.stringContaining('/invitation?token=il_') })
  } finally {
    await end()
  }
})
