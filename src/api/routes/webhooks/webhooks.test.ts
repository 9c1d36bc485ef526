import { createHmac, generateKeyPairSync, verify } from 'node:crypto'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { json, startUpstream, type Asked, type Upstream } from '../../../../test/upstream.ts'
import { withClient } from '../../../../test/everything.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
})
afterAll(async () => {
  await close()
  await upstream.close()
})
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((_request, response) => { json(response, 200, {}) })
})

const secretText = 'a canary secret/with+odd"chars'
type Body = any // eslint-disable-line typescript/no-explicit-any

async function make(body: object = {}): Promise<Body> {
  const reply = await hub.call('POST', '/api/v1/webhooks', { name: 'shop', url: `${upstream.url}/hook`, events: ['order.*'], ...body })
  expect(reply.status, reply.text).toBe(201)
  return reply.body
}

function change(method: string, { id }: { id: string }, body?: unknown, headers: Record<string, string> = {}): Promise<Reply<Body>> {
  return hub.call(method, `/api/v1/webhooks/${id}`, body, { headers })
}

async function read({ id }: { id: string }): Promise<Body> {
  return (await hub.call('GET', `/api/v1/webhooks/${id}`)).body
}

/** A delivery that this endpoint gets, as it came. */
async function deliver({ id }: { id: string }): Promise<Asked> {
  const before = upstream.asked.length
  await hub.call('POST', `/api/v1/webhooks/${id}/test`, { type: 'order.paid', data: { name: 'Zoë' } })
  await vi.waitFor(() => { expect(upstream.asked.length).toBeGreaterThan(before) }, { timeout: 10_000, interval: 20 })
  return upstream.asked.at(-1)!
}

function verifies({ headers, body }: Asked, secret: string): boolean {
  try {
    new StandardWebhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}

async function everyRow(): Promise<string> {
  return withClient(hub.connectionString, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>("select quote_ident(tablename) as name from pg_tables where schemaname = 'public'")
    const texts: string[] = []
    for (const { name } of tables) texts.push(...(await client.query<{ text: string }>(`select t::text as text from ${name} t`)).rows.map(({ text }) => text))
    return texts.join('\n')
  })
}

describe('the short form and the long one', () => {
  test('a webhook in the short form has defaults for all that is left out', async () => {
    const made = await make()
    expect(made).toMatchObject({
      name: 'shop', url: `${upstream.url}/hook`, status: 'active', etag: '1',
      events: { subscribedEvents: ['order.*'], eventFilters: [], eventTransformations: [] },
      security: { secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/), signatureHeader: 'X-Webhook-Signature', ipWhitelist: [], authRequired: true },
      delivery: { retryPolicy: { maxRetries: 3, backoffStrategy: 'exponential' }, timeout: 30_000, batchDelivery: false, maxBatchSize: 10 },
      monitoring: { deliveryRate: 100, averageLatency: null, errorRate: 0, lastDelivery: null },
    })
  })

  test('both forms make the same', async () => {
    const short = await make({
      events: ['a', 'b.*'], filters: ['.data.total > 3'], transformations: '{ total: .data.total }', signatureHeader: 'X-Sign', ipWhitelist: ['203.0.113.0/24'], authRequired: false,
      retryPolicy: { maxRetries: 1 }, timeout: 5000, batchDelivery: true, maxBatchSize: 3, maxBatchWait: 50, orderBy: '.subject', concurrency: 2, rateLimit: 5, disableAfter: 1,
    })
    const long = await make({
      events: { subscribedEvents: ['a', 'b.*'], eventFilters: ['.data.total > 3'], eventTransformations: ['{ total: .data.total }'] },
      security: { signatureHeader: 'X-Sign', ipWhitelist: ['203.0.113.0/24'], authRequired: false },
      delivery: { retryPolicy: { maxRetries: 1 }, timeout: 5000, batchDelivery: true, maxBatchSize: 3, maxBatchWait: 50, orderBy: '.subject', concurrency: 2, rateLimit: 5, disableAfter: 1 },
    })
    const { security: { secret: _one, ...shortSecurity } } = short
    const { security: { secret: _other, ...longSecurity } } = long
    expect([short.events, shortSecurity, short.delivery]).toEqual([long.events, longSecurity, long.delivery])
  })

  test('both forms at once are taken where they agree, and refused where they do not', async () => {
    await make({ timeout: 5000, delivery: { timeout: 5000 } })
    const reply = await hub.call('POST', '/api/v1/webhooks', { name: 'n', url: upstream.url, events: ['a'], timeout: 5000, delivery: { timeout: 6000 } })
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ pointer: '/timeout', detail: expect.stringContaining('/delivery/timeout') }] } })
  })

  test('what was read can be written back, by PUT and by PATCH, and changes nothing', async () => {
    const { id } = await make({ secret: secretText, filters: '.data', authentication: { type: 'bearer', token: secretText }, headers: { 'X-Key': secretText }, retryPolicy: 'svix', metadata: { team: 'a' } })
    const before = await read({ id })
    expect(before.security).toMatchObject({ secret: '…', authentication: { type: 'bearer', token: '…' }, headers: { 'X-Key': '…' } })
    for (const method of ['PUT', 'PATCH']) {
      const reply = await change(method, { id }, await read({ id }))
      expect(reply.status, reply.text).toBe(200)
      const after = await read({ id })
      expect({ ...after, etag: '', updatedAt: '' }).toEqual({ ...before, etag: '', updatedAt: '' })
    }
    const { headers, body } = await deliver({ id })
    expect(headers).toMatchObject({ authorization: `Bearer ${secretText}`, 'x-key': secretText, 'x-webhook-signature': createHmac('sha256', secretText).update(body).digest('hex') })
  })

  test('PUT puts the defaults back, PATCH changes only what it names, and null there is the default', async () => {
    const made = await make({ timeout: 5000, description: 'd', filters: '.data', concurrency: 2 })
    const patched = (await change('PATCH', made, { concurrency: 3, delivery: { timeout: null } })).body
    expect(patched).toMatchObject({ description: 'd', events: { eventFilters: ['.data'] }, delivery: { concurrency: 3, timeout: 30_000 } })
    const put = (await change('PUT', made, { name: 'other', url: made.url, events: ['x'] })).body
    expect(put).toMatchObject({ name: 'other', description: '', events: { subscribedEvents: ['x'], eventFilters: [] }, delivery: { concurrency: 64 } })
  })

  test('a change of what somebody else changed meanwhile is refused', async () => {
    const made = await make()
    expect(await change('PATCH', made, { name: 'a' }, { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { etag: '2' } })
    for (const [method, path, body] of [['PATCH', '', { name: 'b' }], ['PUT', '', { name: 'b', url: made.url, events: ['a'] }], ['POST', '/rotate-secret', {}], ['POST', '/pause', {}]] as const) {
      expect(await hub.call(method, `/api/v1/webhooks/${made.id}${path}`, body, { headers: { 'if-match': '"1"' } }), method + path).toMatchObject({ status: 412 })
    }
  })
})

describe('what is not taken', () => {
  test.each([
    [{ events: [] }, '/events'], [{ events: 'order' }, '/events'], [{ events: {} }, '/events/subscribedEvents'], [{ url: 'ftp://example.com' }, '/url'], [{ url: 'https://u:p@example.com' }, '/url'],
    [{ filters: ['.data', '.a ['] }, '/filters/1'], [{ events: { subscribedEvents: ['a'], eventTransformations: ['nonsense'] } }, '/events/eventTransformations/0'], [{ orderBy: '((' }, '/orderBy'],
    [{ secret: 'whsec_no base64' }, '/secret'], [{ security: { secret: 'whsk_AAAA' } }, '/security/secret'], [{ signatureHeader: 'Content-Type' }, '/signatureHeader'],
    [{ headers: { 'webhook-id': 'x' } }, '/headers/webhook-id'], [{ headers: { 'X-A': 'a\r\nB: c' } }, '/headers/X-A'], [{ headers: { 'X-A': 'a', 'x-a': 'b' } }, '/headers/x-a'],
    [{ headers: { 'x-webhook-signature': 'a' } }, '/headers/x-webhook-signature'], [{ headers: { Authorization: 'a' }, authentication: { type: 'bearer', token: 'b' } }, '/headers/Authorization'],
    [{ ipWhitelist: ['10.0.0.0/99'] }, '/ipWhitelist/0'], [{ retryPolicy: { maxRetries: -1 } }, '/retryPolicy/maxRetries'], [{ retryPolicy: 'hourly' }, '/retryPolicy'], [{ timeout: 1e9 }, '/timeout'],
    [{ authentication: { type: 'bearer', token: '…' } }, '/authentication/token'], [{ headers: { 'X-A': '…' } }, '/headers/X-A'], [{ unknown: 1 }, '/unknown'], [{ delivery: { unknown: 1 } }, '/delivery/unknown'],
  ])('%j', async (body, pointer) => {
    const reply = await hub.call('POST', '/api/v1/webhooks', { name: 'n', url: upstream.url, events: ['a'], ...body })
    expect(reply, reply.text).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
  })

  test.each([
    'http://169.254.169.254/latest', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://0251.0376.0251.0376/', 'http://[::ffff:a9fe:a9fe]/', 'http://[fd00::1]/', 'http://[64:ff9b::a9fe:a9fe]/',
    'http://10.0.0.1/', 'http://192.168.1.1:8080/', 'http://198.18.0.1/', 'http://100.64.0.1/', 'http://0.0.0.0/', 'http://[::1]/', 'http://224.0.0.1/',
  ])('a private address is refused when it is written: %s', async (url) => {
    const refused = { status: 422, body: { code: 'address_refused' } }
    expect(await hub.call('POST', '/api/v1/webhooks', { name: 'n', url, events: ['a'] })).toMatchObject({ ...refused, body: { errors: [{ pointer: '/url' }] } })
    const made = await make()
    expect(await change('PATCH', made, { url })).toMatchObject(refused)
    const authentication = { type: 'oauth2ClientCredentials', tokenUrl: url, clientId: 'c', clientSecret: 's' }
    expect(await hub.call('POST', '/api/v1/webhooks', { name: 'n', url: upstream.url, events: ['a'], authentication })).toMatchObject({ ...refused, body: { errors: [{ pointer: '/authentication/tokenUrl' }] } })
  })

  test('a name that is always the hub itself is refused where that is not open', async () => {
    const { hub: closed, close: closeIt } = await openHub({ env: { INTERCHANGE_ALLOW_NETWORKS: '' } })
    try {
      for (const host of ['localhost', 'a.localhost', 'LOCALHOST.', '127.0.0.1', '127.1']) {
        expect(await closed.call('POST', '/api/v1/webhooks', { name: 'n', url: `http://${host}:8080/`, events: ['a'] }), host).toMatchObject({ status: 422, body: { code: 'address_refused' } })
      }
      expect(await closed.call('POST', '/api/v1/webhooks', { name: 'n', url: 'https://hooks.example.com/', events: ['a'] })).toMatchObject({ status: 201 })
    } finally {
      await closeIt()
    }
  })
})

describe('secrets', () => {
  test('the secret is shown once, and a repeat by its Idempotency-Key shows it no more', async () => {
    const create = (): Promise<Reply<Body>> => hub.call('POST', '/api/v1/webhooks', { name: 'n', url: upstream.url, events: ['a'] }, { headers: { 'idempotency-key': 'once-and-never-again' } })
    const [first, second] = [await create(), await create()]
    expect(first).toMatchObject({ status: 201, body: { security: { secret: expect.stringMatching(/^whsec_.{44}$/) } } })
    expect(second).toMatchObject({ status: 201, body: { id: first.body.id, security: { secret: '…' } } })
    expect(await everyRow()).not.toContain(first.body.security.secret)
    const list = await hub.call('GET', '/api/v1/webhooks')
    expect([list.text, JSON.stringify(await read(first.body))].join()).not.toContain(first.body.security.secret)
  })

  test('no secret stands readable in any table, answer or audit entry, in any form', async () => {
    const tokenUrl = `${upstream.url}/token`
    upstream.answer((request, response) => { json(response, 200, request.url === '/token' ? { access_token: 'canary-access-token-1', expires_in: 600 } : {}) })
    const made = await make({ secret: secretText, headers: { 'X-Key': 'canary-header-value' }, authentication: { type: 'oauth2ClientCredentials', tokenUrl, clientId: 'client', clientSecret: 'canary-client-secret' } })
    await deliver(made)
    await change('PATCH', made, { secret: `${secretText}2`, headers: { 'X-Key': 'canary-header-value-2' } })
    await hub.call('POST', `/api/v1/webhooks/${made.id}/rotate-secret`, { secret: `${secretText}3` })
    const basic = await make({ authentication: { type: 'basic', username: 'user', password: 'pw' } })
    await deliver(basic)
    const shown = [await everyRow(), JSON.stringify(await read(made)), (await hub.call('GET', '/api/v1/audit?limit=100')).text, (await hub.call('GET', '/api/v1/credentials')).text].join('\n')
    for (const secret of [secretText, 'canary-header-value', 'canary-client-secret', 'canary-access-token-1', Buffer.from('user:pw').toString('base64')]) {
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, -4), Buffer.from(secret).toString('hex')]) expect(shown, form).not.toContain(form)
    }
  })

  test('after a rotation both secrets verify until the overlap ends', async () => {
    const made = await make()
    const old = made.security.secret
    const rotated = (await hub.call('POST', `/api/v1/webhooks/${made.id}/rotate-secret`, {})).body
    const fresh = rotated.security.secret
    expect(fresh).not.toBe(old)
    expect(Date.parse(rotated.security.previousSecretUntil) - Date.now()).toBeGreaterThan(86_000_000)
    const during = await deliver(made)
    expect([verifies(during, fresh), verifies(during, old)]).toEqual([true, true])
    expect(during.headers['x-webhook-signature']).toBe([fresh, old].map((secret) => createHmac('sha256', secret).update(during.body).digest('hex')).join(','))
    // A change of something else, read and written back, leaves the overlap as it is.
    await change('PUT', made, { ...await read(made), timeout: 900, delivery: undefined })
    expect(verifies(await deliver(made), old)).toBe(true)
    const last = (await hub.call('POST', `/api/v1/webhooks/${made.id}/rotate-secret`, { overlapSeconds: 0 })).body
    expect(last.security.previousSecretUntil).toBeUndefined()
    const after = await deliver(made)
    expect([verifies(after, last.security.secret), verifies(after, fresh), verifies(after, old)]).toEqual([true, false, false])
  })

  test('a secret of one\'s own may be any text, and a PATCH replaces it at once', async () => {
    const made = await make({ secret: secretText })
    expect(made.security.secret).toBe(secretText)
    const before = await deliver(made)
    expect(before.headers['x-webhook-signature']).toBe(createHmac('sha256', secretText).update(before.body).digest('hex'))
    await change('PATCH', made, { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })
    expect(verifies(await deliver(made), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBe(true)
    expect(await hub.call('POST', `/api/v1/webhooks/${made.id}/rotate-secret`, { secret: 'whsec_…' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/secret' }] } })
  })

  test('an ed25519 key signs, its public key is shown, and a rotation makes another one', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const made = await make({ secret: `whsk_${privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('base64')}` })
    const { headers, body } = await deliver(made)
    const signature = Buffer.from(String(headers['webhook-signature']).slice('v1a,'.length), 'base64')
    expect(verify(null, Buffer.from(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`), publicKey, signature)).toBe(true)
    expect((await read(made)).security).toMatchObject({ secret: 'whsk_…', publicKey: `whpk_${publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}` })
    expect((await hub.call('POST', `/api/v1/webhooks/${made.id}/rotate-secret`, {})).body.security.secret).toMatch(/^whsk_/)
  })

  test('without authRequired nothing is signed and no authentication goes along', async () => {
    const { headers } = await deliver(await make({ authRequired: false, authentication: { type: 'bearer', token: secretText }, headers: { 'X-Plain': 'yes' } }))
    expect(headers).toMatchObject({ 'x-plain': 'yes', 'webhook-id': expect.any(String), 'webhook-timestamp': expect.any(String) })
    expect(Object.keys(headers).filter((name) => /signature|authorization/.test(name))).toEqual([])
  })

  test('secrets given for one host do not follow to another', async () => {
    const other = 'https://other.example.com/hook'
    const bearer = await make({ authentication: { type: 'bearer', token: secretText } })
    expect(await change('PATCH', bearer, { url: other })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/security/authentication/token', detail: expect.stringContaining('another host') }] } })
    expect(await change('PUT', bearer, { ...await read(bearer), url: other })).toMatchObject({ status: 422 })
    expect(await change('PATCH', bearer, { url: `${upstream.url}/elsewhere` })).toMatchObject({ status: 200 })
    expect(await change('PATCH', bearer, { url: other, authentication: { type: 'bearer', token: 'another token' } })).toMatchObject({ status: 200 })
    const headers = await make({ headers: { 'X-Key': secretText } })
    expect(await change('PATCH', headers, { url: other })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/security/headers/X-Key' }] } })
    expect(await change('PATCH', headers, { url: other, headers: null })).toMatchObject({ status: 200 })
    const client = await make({ authentication: { type: 'oauth2ClientCredentials', tokenUrl: `${upstream.url}/token`, clientId: 'c', clientSecret: secretText } })
    const moved = { type: 'oauth2ClientCredentials', tokenUrl: 'https://other.example.com/token', clientId: 'c', clientSecret: '…' }
    expect(await change('PATCH', client, { authentication: moved })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/authentication/clientSecret' }] } })
  })
})

describe('authentication', () => {
  test('basic, bearer and headers go along as they were given', async () => {
    expect((await deliver(await make({ authentication: { type: 'basic', username: 'user', password: 'pass:word' } }))).headers.authorization).toBe(`Basic ${Buffer.from('user:pass:word').toString('base64')}`)
    expect((await deliver(await make({ authentication: { type: 'bearer', token: 'token-of-some-length' }, headers: { 'X-A': 'b' } }))).headers).toMatchObject({ authorization: 'Bearer token-of-some-length', 'x-a': 'b' })
  })

  test('client credentials fetch one token for many deliveries', async () => {
    upstream.answer((request, response) => { json(response, 200, request.url === '/token' ? { access_token: 'fetched-token-1234', token_type: 'bearer', expires_in: 600 } : {}) })
    const made = await make({ authentication: { type: 'oauth2ClientCredentials', tokenUrl: `${upstream.url}/token`, clientId: 'client', clientSecret: 'client-secret', scopes: ['hooks'], audience: 'api' } })
    await deliver(made)
    await deliver(made)
    const [tokens, deliveries] = [upstream.asked.filter(({ url }) => url === '/token'), upstream.asked.filter(({ url }) => url === '/hook')]
    expect(tokens.map(({ body }) => body)).toEqual(['grant_type=client_credentials&scope=hooks&audience=api'])
    expect(deliveries.map(({ headers }) => headers.authorization)).toEqual(['Bearer fetched-token-1234', 'Bearer fetched-token-1234'])
  })
})

test('an access token that the endpoint refuses is fetched anew for the next attempt', async () => {
  let fetched = 0
  upstream.answer((request, response) => {
    if (request.url === '/token') json(response, 200, { access_token: `fetched-token-${fetched += 1}`, expires_in: 600 })
    else json(response, request.headers.authorization === 'Bearer fetched-token-1' ? 401 : 200, {})
  })
  const made = await make({ retryPolicy: { schedule: [0] }, authentication: { type: 'oauth2ClientCredentials', tokenUrl: `${upstream.url}/token`, clientId: 'client', clientSecret: 'client-secret' } })
  await deliver(made)
  await vi.waitFor(() => {
    expect(upstream.asked.filter(({ url }) => url === '/hook').map(({ headers }) => headers.authorization)).toEqual(['Bearer fetched-token-1', 'Bearer fetched-token-2'])
  }, { timeout: 10_000, interval: 20 })
})

test('a delivery goes to the addresses only that the endpoint may have', async () => {
  const send = async (ipWhitelist: string[]): Promise<Body> => (await hub.call('POST', `/api/v1/webhooks/${(await make({ ipWhitelist, retryPolicy: { maxRetries: 0 } })).id}/test`)).body
  expect(await send(['203.0.113.0/24', '::1'])).toMatchObject({ status: 'failed', attempts: [{ response: null, error: { type: 'address_refused' } }] })
  expect(upstream.asked).toEqual([])
  expect(await send(['203.0.113.0/24', '127.0.0.1'])).toMatchObject({ status: 'delivered' })
})

describe('status', () => {
  test('a paused webhook gets nothing, and what it collected once it is active again', async () => {
    const made = await make({ events: ['order.paid'] })
    await deliver(made)
    expect((await hub.call('POST', `/api/v1/webhooks/${made.id}/pause`)).body).toMatchObject({ status: 'paused', etag: '2' })
    const since = new Date(Date.now() - 60_000).toISOString()
    expect(await hub.call('POST', `/api/v1/webhooks/${made.id}/replay`, { since, filter: '.a[' })).toMatchObject({ status: 422, body: { code: 'invalid_expression', errors: [{ pointer: '/filter' }] } })
    const { count } = (await hub.call('POST', `/api/v1/webhooks/${made.id}/replay`, { since })).body
    expect(count).toBeGreaterThan(0)
    expect((await hub.call('GET', `/api/v1/deliveries?webhookId=${made.id}&status=pending`)).body.data.length).toBe(count)
    expect(upstream.asked.length).toBe(1)
    expect((await hub.call('POST', `/api/v1/webhooks/${made.id}/activate`)).body).toMatchObject({ status: 'active', etag: '3' })
    await vi.waitFor(() => { expect(upstream.asked.length).toBe(1 + count) }, { timeout: 10_000, interval: 20 })
  })

  test('the status may be written with the other settings', async () => {
    const made = await make()
    expect((await change('PATCH', made, { status: 'paused' })).body).toMatchObject({ status: 'paused' })
    expect((await hub.call('GET', '/api/v1/webhooks?status=paused')).body.data).toMatchObject([{ id: made.id }])
    expect((await change('PUT', made, { ...await read(made), status: 'active' })).body).toMatchObject({ status: 'active' })
    expect((await change('PUT', made, { name: 'n', url: made.url, events: ['a'] })).body).toMatchObject({ status: 'active' })
  })

  test('an endpoint that says it is gone is failed, says why, and can be set right', async () => {
    upstream.answer((request, response) => { json(response, request.url === '/hook' ? 410 : 200, {}) })
    const [told, untold] = [await make({ url: `${upstream.url}/told`, events: ['webhook.*'] }), await make({ url: `${upstream.url}/untold`, events: ['*'] })]
    const made = await make()
    await deliver(made)
    await vi.waitFor(async () => { expect(await read(made)).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('410'), failingSince: expect.any(String) }) }, { timeout: 10_000, interval: 50 })
    // Who names it is told of it; who gets everything is not.
    await vi.waitFor(() => { expect(upstream.asked.find(({ url }) => url === '/told')?.body).toContain(made.id) }, { timeout: 10_000, interval: 20 })
    const notice = JSON.parse(upstream.asked.find(({ url }) => url === '/told')!.body)
    expect(notice).toMatchObject({ specversion: '1.0', source: 'interchange', type: 'webhook.failed', subject: made.id, data: { webhookId: made.id, name: 'shop', reason: expect.stringContaining('410') } })
    expect(upstream.asked.some(({ url }) => url === '/untold')).toBe(false)
    for (const each of [told, untold]) await change('DELETE', each)
    // What was read may be written back: that mends nothing.
    expect((await change('PUT', made, await read(made))).body).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('410') })
    expect((await hub.call('POST', `/api/v1/webhooks/${made.id}/activate`)).body).toMatchObject({ status: 'active', statusReason: null, failingSince: null })
  })

  test('a failure is noted once, and ends with the first success', async () => {
    upstream.answer((_request, response) => { json(response, 500, {}) })
    const made = await make({ retryPolicy: { maxRetries: 0 } })
    await deliver(made)
    await vi.waitFor(async () => { expect((await read(made)).failingSince).not.toBeNull() }, { timeout: 10_000, interval: 50 })
    const since = (await read(made)).failingSince
    await deliver(made)
    expect((await read(made)).failingSince).toBe(since)
    upstream.answer((_request, response) => { json(response, 200, {}) })
    await deliver(made)
    await vi.waitFor(async () => { expect(await read(made)).toMatchObject({ failingSince: null, status: 'active', etag: '1' }) }, { timeout: 10_000, interval: 50 })
  })
})

test('a deleted webhook is gone, with its secrets', async () => {
  const made = await make()
  expect((await change('DELETE', made)).status).toBe(204)
  expect((await change('GET', made)).status).toBe(404)
  expect((await change('DELETE', made)).status).toBe(404)
  const left = await withClient(hub.connectionString, async (client) => (await client.query('select 1 from credentials where id = $1', [`.webhook.${made.id}`])).rows)
  expect(left).toEqual([])
})

test('webhooks are listed newest first, page by page, and found by what stands in them', async () => {
  const mark = 'findable-mark'
  const made = []
  for (const name of ['one', 'two', 'three']) made.push((await make({ name: `${name} ${mark}` })).id)
  const first = (await hub.call('GET', `/api/v1/webhooks?q=${mark}&limit=2`)).body
  expect(first.data.map(({ id }: Body) => id)).toEqual([made[2], made[1]])
  const second = (await hub.call('GET', `/api/v1/webhooks?q=${mark}&limit=2&cursor=${first.nextCursor}`)).body
  expect([second.data.map(({ id }: Body) => id), second.nextCursor]).toEqual([[made[0]], null])
  expect((await hub.call('GET', '/api/v1/webhooks?q=%25')).body.data).toEqual([])
  for (const events of [['wanted.by.*'], ['*.all'], ['wanted.else']]) await make({ name: 'wanting', events })
  expect((await hub.call('GET', '/api/v1/webhooks?q=wanting&wants=wanted.by.all')).body.data.map(({ events }: Body) => events.subscribedEvents)).toEqual([['*.all'], ['wanted.by.*']])
})

test('figures are measured: rate, latency, errors, the last delivery, and a course over time', async () => {
  const made = await make({ retryPolicy: { maxRetries: 0 } })
  for (const status of [200, 500, 200, 200]) {
    upstream.answer((_request, response) => { json(response, status, {}) })
    await deliver(made)
  }
  await vi.waitFor(async () => {
    expect((await read(made)).monitoring).toMatchObject({ deliveryRate: 75, errorRate: 25, delivered: 3, failed: 1, attempts: 4, failedAttempts: 1, averageLatency: expect.any(Number), lastDelivery: expect.any(String) })
  }, { timeout: 10_000, interval: 50 })
  const { body } = await hub.call('GET', `/api/v1/webhooks/${made.id}/metrics?step=day`)
  expect(body).toMatchObject({ webhookId: made.id, deliveryRate: 75, attempts: 4 })
  expect(body.series.reduce((sum: number, { attempts }: Body) => sum + attempts, 0)).toBe(4)
  expect(await hub.call('GET', `/api/v1/webhooks/${made.id}/metrics?step=minute&from=2020-01-01T00:00:00Z`)).toMatchObject({ status: 400, body: { errors: [{ pointer: '?step' }] } })
})
