/** Two hubs on one database are one hub: what changes on one holds on the other at once, and work that is to be done once is done once. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { withClient } from './everything.ts'
import { openTwoHubs, type Reply, type TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

let one: TestHub
let other: TestHub
let close: () => Promise<void>
let upstream: Upstream
let open: string
let keyed: string

beforeAll(async () => {
  upstream = await startUpstream()
  const hubs = await openTwoHubs()
  ;({ one, other } = hubs)
  open = await addConnector(one.call, upstream.url)
  keyed = await addConnector(one.call, upstream.url, { security: 'apiKey' })
  close = async () => {
    await hubs.close()
    await upstream.close()
  }
})
afterAll(() => close())
beforeEach(() => {
  upstream.asked.length = 0
  upstream.answer((request, response) => { json(response, 200, { asked: request.url }) })
})

/** Far below the 30 seconds after which memory expires by itself: only a notice explains it. */
const soon = { timeout: 5000, interval: 10 }
const run = (hub: TestHub, id: string, key?: string): Promise<Reply<any>> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } }, key === undefined ? {} : { key }) // eslint-disable-line typescript/no-explicit-any

test('what one makes the other runs', async () => {
  const id = await addIntegration(one.call, { connector: open })
  const { body } = expectStatus(200, await run(other, id))
  expect(await one.call('GET', `/api/v1/executions/${body.execution.id}`)).toMatchObject({ status: 200 })
})

test('an edit on one holds on the other, though it had the integration in memory', async () => {
  const id = await addIntegration(one.call, { connector: open })
  expect(await run(other, id)).toMatchObject({ status: 200 })
  expectStatus(200, await one.call('PATCH', `/api/v1/integrations/${id}`, { metadata: { status: 'maintenance' } }))
  await vi.waitFor(async () => { expect(await run(other, id)).toMatchObject({ status: 409 }) }, soon)
  expectStatus(204, await one.call('DELETE', `/api/v1/integrations/${id}`))
  await vi.waitFor(async () => { expect(await run(other, id)).toMatchObject({ status: 404 }) }, soon)
})

test('a new value of a credential is what the other sends', async () => {
  const id = await addIntegration(one.call, { connector: keyed, credentials: { apiKey: 'the-first-key-0123456789' } })
  await run(other, id)
  expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe('the-first-key-0123456789')
  const { body: { credentialId } } = await one.call('GET', `/api/v1/integrations/${id}`)
  expectStatus(200, await one.call('PATCH', `/api/v1/credentials/${credentialId}`, { credentials: { apiKey: 'the-second-key-0123456789' } }))
  await vi.waitFor(async () => {
    await run(other, id)
    expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe('the-second-key-0123456789')
  }, soon)
})

test('a revoked key is refused by both', async () => {
  const { body: { id, key } } = await one.call('POST', '/api/v1/keys', { name: 'k', role: 'viewer' })
  for (const hub of [one, other]) expect(await hub.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 200 })
  await one.call('DELETE', `/api/v1/keys/${id}`)
  expect(await one.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 401 })
  await vi.waitFor(async () => { expect(await other.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 401 }) }, { ...soon, timeout: 2000 })
})

test('a document that is imported anew serves the other as well', async () => {
  const document = (operationId: string): object => ({ openapi: '3.1.0', info: { title: 'Again', version: '1' }, servers: [{ url: upstream.url }], paths: { '/items': { get: { operationId, responses: { 200: { description: 'd' } } } } } })
  expectStatus(201, await one.call('POST', '/api/v1/connectors', { id: 'again', document: document('before') }))
  const id = await addIntegration(one.call, { connector: 'again' })
  const named = (hub: TestHub, operation: string): Promise<Reply<any>> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation }) // eslint-disable-line typescript/no-explicit-any
  for (const hub of [one, other]) expect(await named(hub, 'before')).toMatchObject({ status: 200 })
  expectStatus(200, await one.call('POST', '/api/v1/connectors/again/reimport?apply=true', { document: document('after') }))
  for (const hub of [one, other]) {
    await vi.waitFor(async () => { expect(await named(hub, 'after')).toMatchObject({ status: 200 }) }, soon)
    await vi.waitFor(async () => { expect(await named(hub, 'before')).toMatchObject({ status: 404 }) }, soon)
  }
})

test('rotating the encryption keys on one leaves the other able to read and to write', async () => {
  const id = await addIntegration(one.call, { connector: keyed, credentials: { apiKey: 'a-key-before-rotation-01' } })
  expectStatus(200, await one.call('POST', '/api/v1/credentials/rotate-keys', {}))
  expectStatus(200, await one.call('POST', '/api/v1/system/rotate-root-key', {}))
  expect(await run(other, id)).toMatchObject({ status: 200 })
  expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe('a-key-before-rotation-01')
  const made = await addIntegration(other.call, { connector: keyed, credentials: { apiKey: 'a-key-after-rotation-012' } })
  expect(await run(one, made)).toMatchObject({ status: 200 })
  expect(upstream.asked.at(-1)!.headers['x-shop-key']).toBe('a-key-after-rotation-012')
})

test('an access token is fetched once for both', async () => {
  const connector = await addConnector(one.call, upstream.url, { security: 'oauth', id: 'oauth-once' })
  upstream.answer((request, response) => {
    if (request.url === '/token') setTimeout(() => { json(response, 200, { access_token: `token-${upstream.asked.filter(({ url }) => url === '/token').length}-of-all`, expires_in: 3600 }) }, 100)
    else json(response, 200, {})
  })
  const id = await addIntegration(one.call, { connector, credentials: { oauth: { clientId: 'c', clientSecret: 'a-client-secret' } } })
  const replies = await Promise.all([one, other, one, other, one, other].map((hub) => run(hub, id)))
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
  expect(upstream.asked.filter(({ url }) => url === '/token').length).toBe(1)
  expect(new Set(upstream.asked.filter(({ url }) => url !== '/token').map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer token-1-of-all']))
})

test('one Idempotency-Key sent to both makes one thing', async () => {
  const replies = await Promise.all([one, other, one, other].map((hub) => hub.call('POST', '/api/v1/integrations?test=false', { name: 'made-by-both', connector: open }, { headers: { 'idempotency-key': 'both' } })))
  for (const { status } of replies) expect([201, 409]).toContain(status)
  expect((await one.call('GET', '/api/v1/integrations?q=made-by-both')).body.data.length).toBe(1)
})

test('due health checks are made by one of them, and each alert is told once', async () => {
  upstream.answer((request, response) => { json(response, request.url.startsWith('/health') ? 503 : 200, {}) })
  const ids = await Promise.all(Array.from({ length: 10 }, (_each, at) => addIntegration(at % 2 === 0 ? one.call : other.call, {
    connector: open, monitoring: { healthChecks: [{ endpoint: `/health/${at}`, interval: 3_600_000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1, url: `${upstream.url}/alert` }] },
  })))
  const told = (id: string): number => upstream.asked.filter(({ url, body }) => url === '/alert' && body.includes(id)).length
  await vi.waitFor(() => { for (const id of ids) expect(told(id)).toBeGreaterThan(0) }, { timeout: 20_000, interval: 50 })
  for (let each = 0; each < 3; each += 1) for (const id of ids) expectStatus(200, await (each % 2 === 0 ? other : one).call('POST', `/api/v1/integrations/${id}/health-checks`))
  await vi.waitFor(async () => { expect((await one.call('GET', '/metrics', undefined, { key: null })).text).toMatch(/interchange_jobs\{state="waiting"\} 0/) }, { timeout: 10_000, interval: 50 })
  expect(ids.map(told)).toEqual(ids.map(() => 1))
})

test('a job that outlasts the time after which dead processes are given up is not run twice', async () => {
  let release!: () => void
  upstream.answer((request, response) => {
    if (request.url === '/health') json(response, 503, {})
    else release = () => { json(response, 200, {}) }
  })
  const id = await addIntegration(one.call, { connector: open, monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1, url: `${upstream.url}/alert` }] } })
  const told = (): number => upstream.asked.filter(({ url, body }) => url === '/alert' && body.includes(id)).length
  await vi.waitFor(() => { expect(told()).toBe(1) }, { timeout: 10_000, interval: 20 })
  // As if it had run for a minute: after the next heartbeats of both it must still be theirs who runs it.
  const lockedAt = await withClient(one.connectionString, async (client) => (await client.query<{ locked_at: Date }>("update graphile_worker._private_jobs set locked_at = now() - interval '1 minute' where locked_at is not null returning locked_at")).rows)
  expect(lockedAt.length).toBe(1)
  const beats = async (): Promise<number> => withClient(one.connectionString, async (client) => Number((await client.query('select extract(epoch from min(heartbeat_at)) as at from workers')).rows[0].at))
  const before = await beats()
  await vi.waitFor(async () => { expect(await beats()).toBeGreaterThan(before + 3) }, { timeout: 20_000, interval: 200 })
  const still = await withClient(one.connectionString, async (client) => (await client.query('select locked_at from graphile_worker._private_jobs where locked_at is not null')).rows)
  expect(still).toEqual(lockedAt)
  expect(told()).toBe(1)
  release()
  await vi.waitFor(async () => { expect((await one.call('GET', '/metrics', undefined, { key: null })).text).toMatch(/interchange_jobs\{state="waiting"\} 0/) }, { timeout: 10_000, interval: 50 })
})

test('an edit of a webhook, its secret and its end hold for what the other delivers, though it had them in memory', async () => {
  const { body: { id } } = expectStatus(201, await one.call('POST', '/api/v1/webhooks', { name: 'n', url: `${upstream.url}/first`, events: ['a'], secret: 'the first secret', authentication: { type: 'bearer', token: 'first-token-0123' } }))
  const delivered = async (): Promise<{ url: string, signedBy: string[], token: unknown }> => {
    expectStatus(200, await other.call('POST', `/api/v1/webhooks/${id}/test`))
    const { url, headers, body } = upstream.asked.at(-1)!
    const signedBy = ['the first secret', 'the second secret'].filter((secret) => createHmac('sha256', secret).update(body).digest('hex') === headers['x-webhook-signature'])
    return { url, signedBy, token: headers.authorization }
  }
  expect(await delivered()).toEqual({ url: '/first', signedBy: ['the first secret'], token: 'Bearer first-token-0123' })
  expectStatus(200, await one.call('PATCH', `/api/v1/webhooks/${id}`, { url: `${upstream.url}/second`, secret: 'the second secret', authentication: { type: 'bearer', token: 'second-token-0123' } }))
  await vi.waitFor(async () => { expect(await delivered()).toEqual({ url: '/second', signedBy: ['the second secret'], token: 'Bearer second-token-0123' }) }, soon)
  // The other builds on what it finds now, not on what it remembers.
  expectStatus(200, await one.call('PATCH', `/api/v1/webhooks/${id}`, { secret: 'the first secret' }))
  expectStatus(200, await other.call('PATCH', `/api/v1/webhooks/${id}`, { headers: { 'X-A': 'b' } }))
  expect(await delivered()).toMatchObject({ signedBy: ['the first secret'] })
  expectStatus(204, await one.call('DELETE', `/api/v1/webhooks/${id}`))
  await vi.waitFor(async () => { expect(await other.call('POST', `/api/v1/webhooks/${id}/test`)).toMatchObject({ status: 404 }) }, soon)
})

test("an event's schema that one registers holds on the other, though it had checked events without", async () => {
  const check = (): Promise<Reply> => other.call('POST', '/api/v1/events?schemaCheck=reject', { specversion: '1.0', id: crypto.randomUUID(), source: '/test', type: 'two.hubs', data: 'text' })
  expectStatus(202, await check())
  expectStatus(201, await one.call('PUT', '/api/v1/event-types/two.hubs', { schema: { type: 'object' } }))
  await vi.waitFor(async () => { expect(await check()).toMatchObject({ status: 422 }) }, soon)
})
