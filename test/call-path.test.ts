/** What stands between a caller and the service: status, access, limits, cache, transforms, mappings, and what is recorded of it all. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Reply, TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus, openHubWithService } from './service.ts'
import { json, type Upstream } from './upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let connector: string

beforeAll(async () => {
  ({ hub, upstream, connector, close } = await openHubWithService())
})
afterAll(() => close())
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((request, response) => { json(response, 200, { asked: request.url, count: upstream.asked.length }) })
})

const add = (body: Record<string, unknown> = {}): Promise<string> => addIntegration(hub.call, { connector, ...body })
function run(id: string, operation = 'getItem', input: unknown = { id: '1' }, options: { key?: string, headers?: Record<string, string> } = {}): Promise<Reply<any>> { // eslint-disable-line typescript/no-explicit-any
  return hub.call('POST', `/api/v1/integrations/${id}/run`, { operation, input }, options)
}
const executionsOf = async (id: string): Promise<any[]> => (await hub.call('GET', `/api/v1/executions?integrationId=${id}`)).body.data // eslint-disable-line typescript/no-explicit-any
const makeKey = async (body: Record<string, unknown>): Promise<{ id: string, key: string }> => expectStatus(201, await hub.call('POST', '/api/v1/keys', { name: 'k', ...body })).body

/** Refused by the hub itself: recorded as such, and never sent. */
async function expectRefused(id: string, reply: Reply<any>, status: number, code: string): Promise<void> { // eslint-disable-line typescript/no-explicit-any
  expect(reply, reply.text).toMatchObject({ status, body: { code, execution: { status: 'refused', response: null, error: { type: code } } } })
  expect((await executionsOf(id))[0]).toMatchObject({ id: reply.body.execution.id, status: 'refused', statusCode: null, error: { type: code } })
}

describe('who may run what', () => {
  test('an integration whose status is not active is refused', async () => {
    const id = await add()
    for (const status of ['inactive', 'maintenance', 'deprecated']) {
      await hub.call('PATCH', `/api/v1/integrations/${id}`, { metadata: { status } })
      await expectRefused(id, await run(id), 409, 'integration_not_active')
    }
    expect(upstream.asked).toEqual([])
    await hub.call('PATCH', `/api/v1/integrations/${id}`, { metadata: { status: 'active' } })
    expect(await run(id)).toMatchObject({ status: 200 })
  })

  test('an edit takes hold at the next call, in whatever letters the id is written', async () => {
    const id = await add()
    expect(await run(id.toUpperCase())).toMatchObject({ status: 200 })
    await hub.call('PATCH', `/api/v1/integrations/${id}`, { metadata: { status: 'inactive' } })
    expect(await run(id.toUpperCase())).toMatchObject({ status: 409 })
    expect(await run(id)).toMatchObject({ status: 409 })
  })

  test('only allowed operations run; globs match any run of characters', async () => {
    const id = await add({ usage: { allowedOperations: ['get*', 'removeItem'] } })
    for (const operation of ['getItem', 'getFile', 'removeItem']) expect(await run(id, operation), operation).toMatchObject({ status: 200 })
    upstream.asked.length = 0
    for (const [operation, input] of [['createItem', { body: { name: 'n' } }], ['putItem', { id: '1', body: {} }]] as const) {
      await expectRefused(id, await run(id, operation, input), 403, 'operation_not_allowed')
    }
    expect(upstream.asked).toEqual([])
  })

  test('access by role and by key lets exactly those in', async () => {
    const [developer, admin, named] = await Promise.all([makeKey({ role: 'developer' }), makeKey({ role: 'admin' }), makeKey({ role: 'developer' })])
    const id = await add({ usage: { accessControl: { roles: ['admin'], keys: [named.id] } } })
    expect(await run(id, 'getItem', { id: '1' }, { key: admin.key })).toMatchObject({ status: 200 })
    expect(await run(id, 'getItem', { id: '1' }, { key: named.key })).toMatchObject({ status: 200 })
    upstream.asked.length = 0
    await expectRefused(id, await run(id, 'getItem', { id: '1' }, { key: developer.key }), 403, 'access_denied')
    await expectRefused(id, await run(id), 403, 'access_denied') // the owner's role is not named
    expect(upstream.asked).toEqual([])
  })
})

describe('limits', () => {
  test('a quota is used up call by call, and then refused until its period ends', async () => {
    const id = await add({ usage: { usageQuota: { limit: 2, period: 'hour' } } })
    expect((await Promise.all([run(id), run(id)])).map(({ status }) => status)).toEqual([200, 200])
    const third = await run(id)
    await expectRefused(id, third, 429, 'quota_exceeded')
    const retryAfter = Number(third.headers.get('retry-after'))
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(3600)
    expect(upstream.asked.length).toBe(2)
  })

  test('a quota of many at once is never passed', async () => {
    const id = await add({ usage: { usageQuota: { limit: 5, period: 'day' } } })
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => run(id)))).map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array.from({ length: 5 }, () => 200), ...Array.from({ length: 15 }, () => 429)])
    expect(upstream.asked.length).toBe(5)
  })

  test('what the schema or the breaker refuses uses up neither quota nor rate', async () => {
    const id = await add({ usage: { usageQuota: { limit: 1 } }, dataHandling: { rateLimit: { requestsPerMinute: 1 } } })
    for (let call = 0; call < 3; call += 1) expect(await run(id, 'getItem', {})).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    expect(await run(id)).toMatchObject({ status: 200 })
    expect(await run(id)).toMatchObject({ status: 429 })
    const failing = await add({ usage: { usageQuota: { limit: 2 } }, connection: { retryPolicy: { maxRetries: 0 }, circuitBreaker: { minimumCalls: 1, openFor: 300 } } })
    upstream.answer((_request, response) => { json(response, 500, {}) })
    expect(await run(failing)).toMatchObject({ status: 502 })
    for (let call = 0; call < 3; call += 1) expect(await run(failing)).toMatchObject({ status: 503 })
    upstream.answer((_request, response) => { json(response, 200, {}) })
    await vi.waitFor(async () => { expect(await run(failing)).toMatchObject({ status: 200 }) }, { timeout: 5000, interval: 50 })
    expect(await run(failing)).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } })
  })

  test('the rate limit tells in its headers what is left, and refuses beyond it with Retry-After', async () => {
    const [id, other] = [await add({ dataHandling: { rateLimit: { requestsPerMinute: 3 } } }), await add({ dataHandling: { rateLimit: { requestsPerMinute: 3 } } })]
    for (const remaining of [2, 1, 0]) {
      const { status, headers } = await run(id)
      expect({ status, policy: headers.get('ratelimit-policy'), rate: headers.get('ratelimit') }).toEqual({ status: 200, policy: '"default";q=3;w=60', rate: expect.stringMatching(new RegExp(`^"default";r=${remaining};t=\\d+$`)) })
    }
    const fourth = await run(id)
    await expectRefused(id, fourth, 429, 'rate_limited')
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(fourth.headers.get('retry-after'))).toBeLessThanOrEqual(20)
    expect(await run(other)).toMatchObject({ status: 200 })
  })

  test('a limit of each caller holds for each key by itself', async () => {
    const id = await add({ dataHandling: { rateLimit: { requestsPerMinute: 100, perCaller: 2 } } })
    const [one, two] = await Promise.all([makeKey({}), makeKey({})])
    const statuses = async (key: string, count: number): Promise<number[]> => {
      const found: number[] = []
      for (let call = 0; call < count; call += 1) found.push((await run(id, 'getItem', { id: '1' }, { key })).status)
      return found
    }
    expect(await statuses(one.key, 3)).toEqual([200, 200, 429])
    expect(await statuses(two.key, 3)).toEqual([200, 200, 429])
  })

  test('tests and health checks count against no limit', async () => {
    const id = await add({ dataHandling: { rateLimit: { requestsPerMinute: 1 } }, usage: { usageQuota: { limit: 1 } } })
    for (let call = 0; call < 3; call += 1) expect(await hub.call('POST', `/api/v1/integrations/${id}/test`)).toMatchObject({ status: 200, body: { success: true } })
    expect(await run(id)).toMatchObject({ status: 200 })
  })
})

describe('the cache', () => {
  test('answers a repeated read from memory until its ttl ends, and says so', async () => {
    const id = await add({ dataHandling: { caching: { enabled: true, ttl: 0.4 } } })
    const first = await run(id)
    expect(first.body).toMatchObject({ data: { count: 1 }, execution: { response: { cached: false } } })
    expect((await run(id)).body).toMatchObject({ data: { count: 1 }, execution: { status: 'succeeded', response: { cached: true, statusCode: 200 } } })
    expect((await run(id, 'getItem', { id: '2' })).body).toMatchObject({ data: { asked: '/items/2' }, execution: { response: { cached: false } } })
    expect(upstream.asked.length).toBe(2)
    await vi.waitFor(async () => { expect((await run(id)).body.execution.response.cached).toBe(false) }, { timeout: 5000, interval: 50 })
  })

  test('is off unless it is asked for, and never answers what changes something', async () => {
    const plain = await add()
    for (let call = 0; call < 2; call += 1) expect((await run(plain)).body.execution.response.cached).toBe(false)
    const cached = await add({ dataHandling: { caching: { enabled: true } } })
    upstream.asked.length = 0
    for (let call = 0; call < 2; call += 1) expect((await run(cached, 'createItem', { body: { name: 'n' } })).body.execution.response.cached).toBe(false)
    expect(upstream.asked.length).toBe(2)
  })

  test('an edit or a failure is not answered from before', async () => {
    const id = await add({ dataHandling: { caching: { enabled: true, ttl: 600 } } })
    await run(id)
    await hub.call('PATCH', `/api/v1/integrations/${id}`, { description: 'edited' })
    expect((await run(id)).body).toMatchObject({ data: { count: 2 }, execution: { response: { cached: false } } })
    upstream.answer((_request, response) => { json(response, 404, {}) })
    expect(await run(id, 'getItem', { id: 'new' })).toMatchObject({ status: 422 })
    upstream.answer((_request, response) => { json(response, 200, { now: true }) })
    expect((await run(id, 'getItem', { id: 'new' })).body.data).toEqual({ now: true })
  })
})

describe('transforms and mappings', () => {
  test('what goes in and what comes out pass their jq programs, one after the other', async () => {
    const id = await add({ dataHandling: {
      requestTransform: ['.id |= ascii_upcase', { expression: '.id += "-x"', operations: ['get*'] }, { expression: '.id = "never"', operations: ['put*'] }],
      responseTransform: ['{ path: .asked }', '.path |= ltrimstr("/items/")'],
    } })
    const reply = await run(id, 'getItem', { id: 'a' })
    expect(reply.body).toMatchObject({ data: { path: 'A-x' }, execution: { request: { payload: { id: 'A-x' } } } })
    expect(reply.body.execution.metrics.transformationTime).toBeGreaterThan(0)
    expect(upstream.asked[0]!.url).toBe('/items/A-x')
  })

  test('a program that fails or never ends is a recorded failure, and others go on', async () => {
    const [failing, endless, well] = await Promise.all([
      add({ dataHandling: { responseTransform: ['error("no such thing")'] } }), add({ dataHandling: { responseTransform: ['def f: f; f'] } }), add({ dataHandling: { responseTransform: ['.count'] } }),
    ])
    const [one, two, three] = await Promise.all([run(failing), run(endless), run(well)])
    expect(one).toMatchObject({ status: 422, body: { code: 'expression_failed', detail: expect.stringContaining('no such thing'), execution: { status: 'failed', response: { statusCode: 200 } } } })
    expect(two).toMatchObject({ status: 422, body: { code: 'expression_timeout', execution: { status: 'failed' } } })
    expect(three).toMatchObject({ status: 200 })
  })

  test('a program whose result is nested without end is a recorded failure', async () => {
    const id = await add({ dataHandling: { responseTransform: ['reduce range(9000) as $i (0; [.])'] } })
    const reply = await run(id)
    expect(reply).toMatchObject({ status: 422, body: { code: 'expression_failed', execution: { status: 'failed' } } })
    expect((await executionsOf(id)).length).toBe(1)
  })

  test('a mapping names the failure, words it, and says whether a repeat makes sense', async () => {
    upstream.answer((_request, response) => { json(response, 409, { reason: 'busy' }) })
    const id = await add({ dataHandling: { errorMapping: [
      { when: '.statusCode == 400', type: 'not-this-one' },
      { when: '.statusCode == 409', type: 'shop_busy', message: '"The shop is \\(.body.reason)"', recoverable: true },
    ] }, connection: { retryPolicy: { maxRetries: 1, initialDelay: 1 } } })
    const reply = await run(id)
    expect(reply).toMatchObject({ status: 422, body: { code: 'upstream_rejected', detail: 'The shop is busy', execution: { error: { type: 'shop_busy', message: 'The shop is busy', recoverable: true }, metrics: { retryCount: 1 } } } })
    expect(upstream.asked.length).toBe(2)
  })

  test('a mapping can stop repeats', async () => {
    upstream.answer((_request, response) => { json(response, 503, {}) })
    const id = await add({ dataHandling: { errorMapping: [{ when: '.statusCode == 503', recoverable: false }] } })
    expect(await run(id)).toMatchObject({ status: 502, body: { execution: { error: { recoverable: false }, metrics: { retryCount: 0 } } } })
  })

  test('a mapping can make a result of a failure', async () => {
    upstream.answer((_request, response) => { json(response, 404, {}) })
    const id = await add({ dataHandling: { errorMapping: [{ when: '.statusCode == 404', data: '{ found: false, operation }' }] } })
    expect(await run(id)).toMatchObject({ status: 200, body: { data: { found: false, operation: 'getItem' }, execution: { status: 'succeeded', response: { statusCode: 404 } } } })
  })

  test('a mapping that fails itself hides neither the failure nor its record', async () => {
    upstream.answer((_request, response) => { json(response, 404, 'text') })
    const id = await add({ dataHandling: { errorMapping: [{ when: '.body.code == 5', type: 'x' }] } })
    const reply = await run(id)
    expect(reply).toMatchObject({ status: 422, body: { code: 'upstream_rejected', execution: { error: { type: 'upstream_rejected' } } } })
    expect((await executionsOf(id)).length).toBe(1)
  })
})

describe('the record', () => {
  test('tells who asked, what was sent, what came back and how long it took', async () => {
    const id = await add({ connection: { headers: { 'x-shop': 'main' } } })
    const { body } = await run(id, 'createItem', { body: { name: 'n', size: 2 } }, { headers: { 'x-source-component': 'orders-ui' } })
    const whole = (await hub.call('GET', `/api/v1/executions/${body.execution.id}`)).body
    expect(whole).toMatchObject({
      integrationId: id, operation: 'createItem', status: 'succeeded', error: null,
      request: { method: 'POST', endpoint: `${upstream.url}/items`, headers: { 'x-shop': 'main' }, payload: { body: { name: 'n', size: 2 } }, sourceComponent: 'orders-ui' },
      response: { statusCode: 200, data: { asked: '/items' }, cached: false }, metrics: { retryCount: 0, dataSize: JSON.stringify(body.data).length },
    })
    expect(whole.metrics.latency).toBeGreaterThanOrEqual(0)
    expect(Date.parse(whole.request.timestamp)).toBeLessThanOrEqual(Date.parse(whole.response.timestamp))
  })

  test('a caller may send an Idempotency-Key on, the same over all tries', async () => {
    upstream.answer((_request, response) => { json(response, upstream.asked.length === 1 ? 500 : 200, {}) })
    const id = await addIntegration(hub.call, { connector: 'http', configuration: { baseUrl: upstream.url }, connection: { retryPolicy: { retryUnsafe: true, initialDelay: 1 } } })
    expect(await run(id, 'post', { url: '/items', json: {} }, { headers: { 'idempotency-key': 'order-17' } })).toMatchObject({ status: 200 })
    expect(upstream.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['order-17', 'order-17'])
  })

  test('a rerun sends the recorded input again, or another', async () => {
    const id = await add()
    const { body: { execution } } = await run(id, 'getItem', { id: 'first' })
    const again = await hub.call('POST', `/api/v1/executions/${execution.id}/rerun`, {})
    expect(again).toMatchObject({ status: 200, body: { success: true, data: { asked: '/items/first' }, execution: { operation: 'getItem', status: 'succeeded' } } })
    expect(again.body.execution.id).not.toBe(execution.id)
    expect(await hub.call('POST', `/api/v1/executions/${execution.id}/rerun`, { input: { id: 'second' } })).toMatchObject({ body: { data: { asked: '/items/second' } } })
    expect((await executionsOf(id)).length).toBe(3)
  })

  test('a rerun asks for the input where the recorded one held a secret, which is not kept', async () => {
    const keyed = await addConnector(hub.call, upstream.url, { security: 'apiKey' })
    const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: 'the-key-of-the-shop-01' } })
    const { body: { execution } } = expectStatus(200, await run(id, 'getItem', { id: 'the-key-of-the-shop-01' }))
    expect(await hub.call('POST', `/api/v1/executions/${execution.id}/rerun`, {})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/input' }] } })
    expect(await hub.call('POST', `/api/v1/executions/${execution.id}/rerun`, { input: { id: '2' } })).toMatchObject({ status: 200 })
  })

  test('filters find what they name, and pages hold all of it once', async () => {
    const [id, other] = [await add(), await add()]
    await run(other)
    const before = new Date().toISOString()
    for (const item of ['alpha', 'beta', 'gamma']) await run(id, 'getItem', { id: item })
    await run(id, 'listItems', { page: 7 })
    upstream.answer((_request, response) => { json(response, 418, { said: 'teapot' }) })
    await run(id, 'getItem', { id: 'delta' })
    const find = async (query: string): Promise<any[]> => expectStatus(200, await hub.call('GET', `/api/v1/executions?${query}`)).body.data // eslint-disable-line typescript/no-explicit-any
    expect((await find(`integrationId=${id}`)).length).toBe(5)
    expect((await find(`integrationId=${id}&status=failed`)).map(({ statusCode }) => statusCode)).toEqual([418])
    expect((await find(`integrationId=${id}&operation=listItems`)).map(({ endpoint }) => endpoint)).toEqual([`${upstream.url}/items?page=7`])
    expect((await find(`integrationId=${id}&q=TEAPOT`)).length).toBe(1)
    expect((await find(`integrationId=${id}&q=beta`)).map(({ endpoint }) => endpoint)).toEqual([`${upstream.url}/items/beta`])
    expect((await find(`from=${before}&operation=getItem`)).every(({ integrationId }) => integrationId === id)).toBe(true)
    expect((await find(`integrationId=${id}&to=${before}`))).toEqual([])
    expect((await find(`integrationId=${id}&q=100%25`))).toEqual([])
    const pages: string[] = []
    let cursor: string | null = ''
    for (let page = 0; cursor !== null; page += 1) {
      expect(page).toBeLessThan(5)
      const { body }: Reply<any> = await hub.call('GET', `/api/v1/executions?integrationId=${id}&limit=2${cursor && `&cursor=${cursor}`}`) // eslint-disable-line typescript/no-explicit-any
      pages.push(...body.data.map((each: { id: string }) => each.id))
      cursor = body.nextCursor
    }
    expect(pages).toEqual((await find(`integrationId=${id}`)).map((each) => each.id))
  })

  test("the figures are what was measured", async () => {
    const id = await add({ connection: { retryPolicy: { maxRetries: 0 } } })
    for (let call = 0; call < 3; call += 1) await run(id)
    upstream.answer((_request, response) => { json(response, 500, {}) })
    await run(id)
    const { body } = await hub.call('GET', `/api/v1/integrations/${id}/metrics`)
    expect(body).toMatchObject({ integrationId: id, calls: 4, successRate: 75, errorRate: 25, circuitBreaker: 'closed' })
    expect(body.averageLatency).toBeGreaterThan(0)
    expect(body.storageBytes).toBeGreaterThan(0)
  })
})
