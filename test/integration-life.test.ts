/** An integration from its making to its end: creating once, changing without losing, testing, health on schedule, alerts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { serviceDocument } from './api-document.ts'
import { openHub, type Reply, type TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let open: string
let keyed: string

const secret = 'the-key-of-the-shop-0123456789'
const path = '/api/v1/integrations'
const poll = { timeout: 30_000, interval: 50 }

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  open = await addConnector(hub.call, upstream.url)
  keyed = await addConnector(hub.call, upstream.url, { security: 'apiKey' })
})
afterAll(async () => {
  await close()
  await upstream.close()
})
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((request, response) => { json(response, 200, { asked: request.url }) })
})

const run = (id: string, operation = 'getItem', input: unknown = { id: '1' }): Promise<Reply<any>> => hub.call('POST', `${path}/${id}/run`, { operation, input }) // eslint-disable-line typescript/no-explicit-any
const get = async (id: string): Promise<any> => expectStatus(200, await hub.call('GET', `${path}/${id}`)).body // eslint-disable-line typescript/no-explicit-any
const named = async (name: string): Promise<any[]> => (await hub.call('GET', `${path}?q=${encodeURIComponent(name)}&limit=500`)).body.data // eslint-disable-line typescript/no-explicit-any

describe('creating', () => {
  test('has the shape and the defaults that clients are written against', async () => {
    const { body } = expectStatus(201, await hub.call('POST', path, { name: 'Shop', connector: open }))
    expect(body).toMatchObject({
      name: 'Shop', connector: open, type: 'api', connectionStatus: 'active', lastValidated: expect.stringMatching(/Z$/), supportedEvents: [],
      connection: { protocol: 'rest', headers: {}, timeout: 30_000, retryPolicy: { maxRetries: 3, backoffStrategy: 'exponential' } },
      dataHandling: { requestTransform: [], responseTransform: [], errorMapping: [], rateLimit: { requestsPerMinute: 60 }, caching: { enabled: false } },
      monitoring: { healthChecks: [], alerts: [], logging: { level: 'info' } },
      usage: { usageQuota: { unlimited: true }, accessControl: { allowAll: true }, allowedOperations: ['*'], dataPolicy: { retentionPeriod: 30 } },
      metadata: { version: '1.0.0', status: 'active', tags: [] },
    })
    expect(await get(body.id)).toEqual(body)
  })

  test('tests the connection with one GET, unless test=false', async () => {
    expect(expectStatus(201, await hub.call('POST', `${path}?test=false`, { name: 'n', connector: open })).body).toMatchObject({ connectionStatus: 'inactive', lastValidated: null })
    expect(upstream.asked).toEqual([])
    expectStatus(201, await hub.call('POST', path, { name: 'n', connector: open }))
    expect(upstream.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /'])
  })

  test.each([[401, 'error'], [403, 'error'], [404, 'active'], [500, 'active']])('a base URL that answers %i makes the connection %s', async (status, connectionStatus) => {
    upstream.answer((_request, response) => { json(response, status, {}) })
    const { body } = expectStatus(201, await hub.call('POST', path, { name: 'n', connector: keyed, credentials: { apiKey: secret } }))
    expect(body.connectionStatus).toBe(connectionStatus)
    expect(body.connectionError === null).toBe(connectionStatus === 'active')
  })

  test('a declared health check is what is tested, and must succeed', async () => {
    upstream.answer((request, response) => { json(response, request.url === '/health' ? 500 : 200, {}) })
    const body = { name: 'n', connector: open, monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }] } }
    expect(expectStatus(201, await hub.call('POST', path, body)).body.connectionStatus).toBe('error')
    upstream.answer((request, response) => { json(response, request.url === '/health' ? 200 : 500, {}) })
    expect(expectStatus(201, await hub.call('POST', path, body)).body.connectionStatus).toBe('active')
  })

  test('credentials that come along are stored encrypted and never shown', async () => {
    const made = expectStatus(201, await hub.call('POST', path, { name: 'n', connector: keyed, credentials: { apiKey: secret } }))
    expect(made.text).not.toContain(secret)
    const credential = expectStatus(200, await hub.call('GET', `/api/v1/credentials/${made.body.credentialId}`))
    expect(credential.body).toMatchObject({ connector: keyed, fields: { apiKey: { set: true } } })
    expect(credential.text).not.toContain(secret)
    await run(made.body.id)
    // Health checks of others may come in between.
    expect(upstream.asked.map(({ headers }) => headers['x-shop-key'])).toContain(secret)
  })

  test('storing credentials needs the scope for credentials', async () => {
    const { body: { key } } = await hub.call('POST', '/api/v1/keys', { name: 'k', role: 'developer', scopes: ['integrations:write', 'connectors:read'] })
    for (const [method, at, body] of [['POST', path, { name: 'n', connector: keyed, credentials: { apiKey: secret } }], ['POST', '/api/integration/register', { name: 'n', type: keyed, config: {}, credentials: { apiKey: secret } }]] as const) {
      expect(await hub.call(method, at, body, { key })).toMatchObject({ status: 403 })
    }
  })
})

describe('Idempotency-Key', () => {
  const create = (key: string, name: string): Promise<Reply<any>> => hub.call('POST', `${path}?test=false`, { name, connector: open }, { headers: { 'idempotency-key': key } }) // eslint-disable-line typescript/no-explicit-any

  test('the same request again answers the first result, and makes nothing', async () => {
    const first = await create('once', 'created-once')
    const second = await create('once', 'created-once')
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true'])
    expect((await named('created-once')).length).toBe(1)
  })

  test('another request with the same key is refused', async () => {
    await create('reused', 'first-of-key')
    expect(await create('reused', 'second-of-key')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect(await named('second-of-key')).toEqual([])
  })

  test('many at once make one', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => create('at-once', 'made-at-once')))
    for (const { status, body } of replies) expect([201, 409], JSON.stringify(body)).toContain(status)
    for (const { body } of replies.filter(({ status }) => status === 409)) expect(body.code).toBe('idempotency_in_progress')
    expect((await named('made-at-once')).length).toBe(1)
  })

  test('a request that was refused may be sent again, put right', async () => {
    expect(await hub.call('POST', path, { name: 'n', connector: 'nosuch' }, { headers: { 'idempotency-key': 'put-right' } })).toMatchObject({ status: 422 })
    expect(await create('put-right', 'put-right')).toMatchObject({ status: 201 })
  })

  test("another tenant's key of the same text is another key", async () => {
    const key = await hub.addTenant('twin')
    await create('shared-text', 'shared-text')
    expect(await hub.call('POST', '/api/v1/members', { email: 'x@example.com', role: 'viewer' }, { key, headers: { 'idempotency-key': 'shared-text' } })).toMatchObject({ status: 201 })
  })
})

describe('changing', () => {
  test('what was read may be put back as it is, and stays what it was', async () => {
    const id = await addIntegration(hub.call, {
      connector: keyed, credentials: { apiKey: secret }, description: 'd', connection: { headers: { 'x-a': 'b' }, timeout: 1234 }, usage: { usageQuota: { limit: 5 }, accessControl: { roles: ['owner'] } },
      dataHandling: { responseTransform: [{ expression: '.', operations: ['get*'] }] }, monitoring: { alerts: [{ name: 'a', metric: 'successRate', operator: 'below', threshold: 90 }] }, metadata: { tags: ['t'] },
    })
    const before = await get(id)
    const { body } = expectStatus(200, await hub.call('PUT', `${path}/${id}`, before))
    const { etag: _changed, metadata, ...rest } = before
    expect(body).toMatchObject({ ...rest, metadata: { ...metadata, lastModified: expect.any(String) } })
    expect(await run(id)).toMatchObject({ status: 200 })
    expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe(secret)
  })

  test('what a put leaves out falls back to its default', async () => {
    const id = await addIntegration(hub.call, { connector: open, description: 'd', connection: { timeout: 5 } })
    await hub.call('PUT', `${path}/${id}`, { name: 'new', connector: open })
    expect(await get(id)).toMatchObject({ name: 'new', description: '', connection: { timeout: 30_000 } })
  })

  test('a patch merges objects, replaces lists, and puts defaults back for null', async () => {
    const id = await addIntegration(hub.call, { connector: open, description: 'd', connection: { timeout: 5, headers: { a: '1', b: '2' } }, metadata: { tags: ['x', 'y'] }, usage: { usageQuota: { limit: 5 } } })
    expectStatus(200, await hub.call('PATCH', `${path}/${id}`, { connection: { headers: { b: null, c: '3' }, retryPolicy: { maxRetries: 1 } }, metadata: { tags: ['z'] } }))
    expect(await get(id)).toMatchObject({ description: 'd', connection: { timeout: 5, headers: { a: '1', c: '3' }, retryPolicy: { maxRetries: 1, jitter: true } }, metadata: { tags: ['z'] }, usage: { usageQuota: { limit: 5 } } })
    expect((await get(id)).connection.headers).not.toHaveProperty('b')
    expectStatus(200, await hub.call('PATCH', `${path}/${id}`, { description: null, connection: { timeout: null }, usage: { usageQuota: { unlimited: true } } }))
    expect(await get(id)).toMatchObject({ description: '', connection: { timeout: 30_000, headers: { a: '1' } }, usage: { usageQuota: { unlimited: true } } })
    expectStatus(200, await hub.call('PATCH', `${path}/${id}`, { connection: null, metadata: (await get(id)).metadata }))
    expect(await get(id)).toMatchObject({ connection: { headers: {}, retryPolicy: { maxRetries: 3 } }, metadata: { tags: ['z'] } })
    for (const field of ['name', 'connector']) expect(await hub.call('PATCH', `${path}/${id}`, { [field]: null })).toMatchObject({ status: 422, body: { errors: [{ pointer: `/${field}` }] } })
  })

  test('If-Match is honoured where it is sent: whoever read an older state is told', async () => {
    const id = await addIntegration(hub.call, { connector: open })
    const { etag } = await get(id)
    const change = (description: string, ifMatch?: string): Promise<Reply> => hub.call('PATCH', `${path}/${id}`, { description }, { headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } })
    const first = await change('first', `"${etag}"`)
    expect(first).toMatchObject({ status: 200 })
    expect(first.headers.get('etag')).toBe(`"${first.body['etag']}"`)
    expect(await change('late', `"${etag}"`)).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
    expect(await hub.call('PUT', `${path}/${id}`, { name: 'late', connector: open }, { headers: { 'if-match': `"${etag}"` } })).toMatchObject({ status: 412 })
    expect(await change('any', '*')).toMatchObject({ status: 200 })
    expect(await change('unasked')).toMatchObject({ status: 200 })
    expect((await get(id)).description).toBe('unasked')
  })

  test('of many changes at once none is lost without a word', async () => {
    const id = await addIntegration(hub.call, { connector: open })
    const replies = await Promise.all(Array.from({ length: 8 }, (_each, at) => hub.call('PATCH', `${path}/${id}`, { connection: { headers: { [`x-${at}`]: 'v' } } })))
    const done = replies.flatMap(({ status }, at) => (status === 200 ? [`x-${at}`] : []))
    for (const { status } of replies) expect([200, 412]).toContain(status)
    expect(Object.keys((await get(id)).connection.headers).sort()).toEqual(done.sort())
  })

  test("a credential does not go along to another connector", async () => {
    const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: secret } })
    const elsewhere = await addConnector(hub.call, upstream.url, { security: 'apiKey', id: 'elsewhere' })
    for (const method of ['PATCH', 'PUT']) {
      const reply = await hub.call(method, `${path}/${id}`, { name: 'n', connector: elsewhere })
      expect(reply, method).toMatchObject({ status: 422, body: { errors: [{ pointer: '/credentialId' }] } })
    }
    const before = await get(id)
    expectStatus(200, await hub.call('PATCH', `${path}/${id}`, { connector: elsewhere, credentials: { apiKey: 'the-key-of-elsewhere-01234' } }))
    await run(id)
    expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe('the-key-of-elsewhere-01234')
    expect(await hub.call('GET', `/api/v1/credentials/${before.credentialId}`)).toMatchObject({ status: 404 })
  })

  test('a changed credential is used by the next call', async () => {
    const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: secret } })
    const { credentialId } = await get(id)
    for (const value of ['first-new-key-0123456789', 'second-new-key-0123456789', 'third-new-key-0123456789']) {
      await run(id)
      expectStatus(200, await hub.call('PATCH', `/api/v1/credentials/${credentialId}`, { credentials: { apiKey: value } }))
      await run(id)
      expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe(value)
    }
  })

  test('an address that was mended is called at once, though the breaker had opened', async () => {
    const breaker = { minimumCalls: 1, openFor: 3_600_000 }
    const id = await addIntegration(hub.call, { connector: open, connection: { endpoint: 'http://127.0.0.1:1', retryPolicy: { maxRetries: 0 }, circuitBreaker: breaker } })
    expect(await run(id)).toMatchObject({ status: 502 })
    expect(await run(id)).toMatchObject({ status: 503, body: { code: 'circuit_open' } })
    expectStatus(200, await hub.call('PATCH', `${path}/${id}`, { connection: { endpoint: upstream.url } }))
    expectStatus(200, await run(id))
  })

  test('what is deleted is gone, and a credential in use is not', async () => {
    const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: secret } })
    const { credentialId } = await get(id)
    expect(await hub.call('DELETE', `/api/v1/credentials/${credentialId}`)).toMatchObject({ status: 409 })
    expect(await hub.call('DELETE', `${path}/${id}`)).toMatchObject({ status: 204 })
    expect(await run(id)).toMatchObject({ status: 404 })
    expect(await hub.call('DELETE', `${path}/${id}`)).toMatchObject({ status: 404 })
    expect(await hub.call('GET', `/api/v1/credentials/${credentialId}`)).toMatchObject({ status: 404 })
  })
})

describe('connection status', () => {
  test('a run that succeeds mends an integration in error', async () => {
    upstream.answer((_request, response) => { json(response, 401, {}) })
    const { body: { id, connectionStatus } } = await hub.call('POST', path, { name: 'n', connector: keyed, credentials: { apiKey: secret } })
    expect(connectionStatus).toBe('error')
    upstream.answer((_request, response) => { json(response, 200, {}) })
    expect(await run(id)).toMatchObject({ status: 200 })
    await vi.waitFor(async () => { expect(await get(id)).toMatchObject({ connectionStatus: 'active', connectionError: null }) }, poll)
  })

  test('a refused credential puts it in error, and so does a test; both leave its settings alone', async () => {
    const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: secret } })
    expect(await hub.call('POST', `${path}/${id}/test`)).toMatchObject({ status: 200, body: { success: true, statusCode: 200, integration: { connectionStatus: 'active' } } })
    const { etag } = await get(id)
    upstream.answer((_request, response) => { json(response, 401, { message: `key ${secret} is not known` }) })
    expect(await run(id)).toMatchObject({ status: 422 })
    await vi.waitFor(async () => { expect(await get(id)).toMatchObject({ connectionStatus: 'error', connectionError: expect.not.stringContaining(secret), etag }) }, poll)
    expect(await hub.call('POST', `${path}/${id}/test`)).toMatchObject({ status: 200, body: { success: false, code: 'connection_failed', statusCode: 401, integration: { connectionStatus: 'error' } } })
  })
})

describe("design D's paths", () => {
  test('a service is registered from its document in one call, and its siblings answer', async () => {
    const registered = expectStatus(201, await hub.call('POST', '/api/integration/register/', {
      name: 'Book shop', type: 'openapi', config: { openAPISpec: serviceDocument('https://nobody.invalid', { title: 'Books' }), endpoint: upstream.url, healthCheck: { endpoint: '/health', interval: 3_600_000 } },
    })).body
    expect(registered).toMatchObject({ name: 'Book shop', connectionStatus: 'active', connection: { endpoint: upstream.url }, monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }] } })
    expect(await run(registered.id)).toMatchObject({ status: 200, body: { data: { asked: '/items/1' } } })
    expect(await hub.call('GET', `/api/integration/${registered.id}/metrics`)).toMatchObject({ status: 200, body: { calls: 1 } })
    expect(await hub.call('GET', `/api/integration/${registered.id}/logs/`)).toMatchObject({ status: 200, body: { data: [{ operation: 'getItem' }], nextCursor: null } })
    expect(await hub.call('POST', `/api/integration/${registered.id}/test`)).toMatchObject({ status: 200, body: { success: true } })
  })

  test('a text of YAML and a connector by its id are taken too', async () => {
    const yaml = `openapi: 3.1.0\ninfo: { title: Y, version: '1' }\nservers: [{ url: '${upstream.url}' }]\npaths:\n  /items:\n    get: { operationId: all, responses: { '200': { description: d } } }\n`
    const fromText = expectStatus(201, await hub.call('POST', '/api/integration/register', { name: 'Yaml shop', type: 'openapi', config: { openAPISpec: yaml } })).body
    expect(await run(fromText.id, 'all', {})).toMatchObject({ status: 200 })
    const plain = expectStatus(201, await hub.call('POST', '/api/integration/register', { name: 'Plain', type: 'http', config: { baseUrl: upstream.url } })).body
    expect(await run(plain.id, 'get', { url: '/x' })).toMatchObject({ status: 200, body: { data: { data: { asked: '/x' } } } })
  })
})

describe('watching', () => {
  test('health checks run on their schedule, with the credential, and set the connection status', async () => {
    let isWell = true
    upstream.answer((_request, response) => { json(response, isWell ? 200 : 503, {}) })
    const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: secret }, monitoring: { healthChecks: [{ name: 'up', endpoint: '/health', interval: 1000 }] } })
    const history = async (): Promise<any[]> => (await hub.call('GET', `${path}/${id}/health-checks`)).body.data // eslint-disable-line typescript/no-explicit-any
    await vi.waitFor(async () => { expect((await history()).filter(({ healthy }) => healthy).length).toBeGreaterThan(1) }, poll)
    expect(upstream.asked.map(({ method, url, headers }) => [method, url, headers['x-shop-key']])).toContainEqual(['GET', '/health', secret])
    expect(await get(id)).toMatchObject({ connectionStatus: 'active' })
    isWell = false
    await vi.waitFor(async () => { expect((await history())[0]).toMatchObject({ name: 'up', healthy: false }) }, poll)
    expect(await get(id)).toMatchObject({ connectionStatus: 'error' })
    expect((await hub.call('GET', `/api/v1/executions?integrationId=${id}`)).body.data).toEqual([])
    await hub.call('DELETE', `${path}/${id}`)
  })

  test('an alert is told once when its line is crossed, and once when it is back', async () => {
    let isWell = true
    upstream.answer((request, response) => { json(response, request.url === '/health' && !isWell ? 503 : 200, {}) })
    const id = await addIntegration(hub.call, { name: 'watched', connector: open, monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1, url: `${upstream.url}/alert` }] } })
    const told = (): string[] => upstream.asked.filter(({ url, body }) => url === '/alert' && body.includes(id)).map(({ body }) => JSON.parse(body).state)
    const check = async (times: number): Promise<void> => { for (let each = 0; each < times; each += 1) expectStatus(200, await hub.call('POST', `${path}/${id}/health-checks`)) }
    await check(2)
    isWell = false
    await check(3)
    await vi.waitFor(() => { expect(told()).toEqual(['firing']) }, poll)
    isWell = true
    await check(3)
    await vi.waitFor(() => { expect(told()).toEqual(['firing', 'resolved']) }, poll)
    expect((await hub.call('GET', `${path}/${id}/alerts`)).body.data).toMatchObject([{ alert: 'down', resolvedAt: expect.any(String) }])
    isWell = false
    await check(2)
    await vi.waitFor(() => { expect(told()).toEqual(['firing', 'resolved', 'firing']) }, poll)
  })

  test('an alert whose URL is down for a moment is told all the same', async () => {
    let refusals = 1
    upstream.answer((request, response) => {
      if (request.url !== '/alert') json(response, 503, {})
      else if (refusals > 0) { refusals -= 1; json(response, 500, {}) }
      else json(response, 200, {})
    })
    const id = await addIntegration(hub.call, { connector: open, monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1, url: `${upstream.url}/alert` }] } })
    expectStatus(200, await hub.call('POST', `${path}/${id}/health-checks`))
    await vi.waitFor(() => { expect(upstream.asked.filter(({ url, body }) => url === '/alert' && body.includes(id)).length).toBe(2) }, poll)
  })
})

test('a hub whose health checks never come to an end stops all the same', async () => {
  const own = await openHub()
  upstream.answer(() => undefined)
  const connector = await addConnector(own.hub.call, upstream.url)
  const id = await addIntegration(own.hub.call, { connector, monitoring: { healthChecks: [{ endpoint: '/health', interval: 1000, timeout: 1500 }] } })
  await vi.waitFor(async () => { expect((await own.hub.call('GET', `${path}/${id}/health-checks`)).body.data.length).toBeGreaterThan(0) }, poll)
  await own.close()
})
