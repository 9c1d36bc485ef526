import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'

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

function register(config: object, options: { key?: string, headers?: Record<string, string> } = {}): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  return hub.call('POST', '/api/integration/register', { name: 'Shop', type: 'webhook', config: { url: `${upstream.url}/hook`, events: ['event.type.*'], ...config } }, options)
}

test('a registered webhook is one like any other: it is tested, measured and has its deliveries as log', async () => {
  const { status, body } = await register({ secret: 'my own secret' })
  expect({ status, body }).toMatchObject({ status: 201, body: { name: 'Shop', events: { subscribedEvents: ['event.type.*'] }, security: { secret: 'my own secret' } } })
  const at = `/api/integration/${body.id}`

  expect(await hub.call('POST', `${at}/test`)).toMatchObject({ status: 200, body: { success: true, code: null, statusCode: 200, webhook: { id: body.id }, delivery: { status: 'delivered' } } })
  const [asked] = upstream.asked
  expect(asked!.headers['x-webhook-signature']).toBe(createHmac('sha256', 'my own secret').update(asked!.body).digest('hex'))

  upstream.answer((_request, response) => { json(response, 500, {}) })
  await hub.call('PATCH', `/api/v1/webhooks/${body.id}`, { retryPolicy: { maxRetries: 0 } })
  expect(await hub.call('POST', `${at}/test`)).toMatchObject({ status: 200, body: { success: false, statusCode: 500, detail: expect.stringContaining('500') } })

  expect(await hub.call('GET', `${at}/metrics`)).toMatchObject({ status: 200, body: { webhookId: body.id, attempts: 2, delivered: 1, failed: 1 } })
  expect((await hub.call('GET', `${at}/logs`)).body.data).toMatchObject([{ webhookId: body.id, status: 'failed' }, { webhookId: body.id, status: 'delivered' }])
  expect((await hub.call('GET', `${at}/logs?status=succeeded`)).body.data).toMatchObject([{ status: 'delivered' }])
  expect(await hub.call('GET', `/api/v1/webhooks/${body.id}`)).toMatchObject({ status: 200, body: { name: 'Shop' } })
})

test('what is wrong is told where it stands in the registration', async () => {
  for (const [config, pointer] of [[{ events: [] }, '/config/events'], [{ filters: ['(('] }, '/config/filters/0'], [{ url: 'http://169.254.169.254/' }, '/config/url'], [{ unknown: 1 }, '/config/unknown']] as const) {
    expect(await register(config), pointer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
  }
  expect(await hub.call('POST', '/api/integration/register', { name: 'n', type: 'webhook', config: { url: upstream.url, events: ['a'] }, credentials: {} })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/credentials' }] } })
})

test('registering one needs the scope for webhooks, and another tenant finds nothing under its id', async () => {
  const { body: { key } } = await hub.call('POST', '/api/v1/keys', { name: 'k', role: 'developer', scopes: ['integrations:write', 'integrations:read', 'executions:read'] })
  expect(await register({}, { key })).toMatchObject({ status: 403 })
  const { body: { id } } = await register({})
  const other = await hub.addTenant('other')
  for (const [method, path] of [['POST', 'test'], ['GET', 'metrics'], ['GET', 'logs']] as const) {
    for (const each of [key, other]) expect(await hub.call(method, `/api/integration/${id}/${path}`, undefined, { key: each }), path).toMatchObject({ status: 404 })
  }
  expect(upstream.asked).toEqual([])
})

test('a repeat by its Idempotency-Key shows the secret no more', async () => {
  const headers = { 'idempotency-key': 'register-once' }
  const [first, second] = [await register({}, { headers }), await register({}, { headers })]
  expect(first.body.security.secret).toMatch(/^whsec_.{44}$/)
  expect(second.body).toMatchObject({ id: first.body.id, security: { secret: '…' } })
})
