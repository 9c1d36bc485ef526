/** What the hub tells of itself. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openTwoHubs, type TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import { json, startUpstream, type Upstream } from './upstream.ts'

type Body = any // eslint-disable-line typescript/no-explicit-any

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
beforeEach(() => { upstream.answer((_request, response) => { json(response, 200, {}) }) })

const secret = 'a-secret-key-0123456789'
const run = (hub: TestHub, id: string): Promise<Body> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } })

/** Oldest first, once there are so many. */
async function told(query: Record<string, string>, count: number): Promise<Body[]> {
  return vi.waitFor(async () => {
    const { data } = expectStatus(200, await one.call('GET', `/api/v1/events?${new URLSearchParams({ source: 'interchange', ...query })}`)).body
    expect(data.length).toBe(count)
    return data.toReversed()
  }, { timeout: 20_000, interval: 20 })
}

test('integrations that are made, changed and deleted', async () => {
  const id = await addIntegration(one.call, { name: 'Shop', connector: open })
  expectStatus(200, await other.call('PATCH', `/api/v1/integrations/${id}`, { description: 'x' }))
  expectStatus(204, await one.call('DELETE', `/api/v1/integrations/${id}`))
  const events = await told({ subject: id, type: 'integration.*' }, 3)
  expect(events.map(({ type }) => type)).toEqual(['integration.created', 'integration.changed', 'integration.deleted'])
  for (const event of events) expect(event.data).toEqual({ integrationId: id, integration: 'Shop', connector: open })
})

test('a connection that fails and is well again, once each, without its secret', async () => {
  const id = await addIntegration(one.call, { connector: keyed, credentials: { apiKey: secret } })
  expectStatus(200, await run(one, id))
  expectStatus(200, await one.call('POST', `/api/v1/integrations/${id}/test`))
  upstream.answer((_request, response) => { json(response, 401, { message: `the key ${secret} is wrong` }) })
  for (let round = 0; round < 3; round += 1) await Promise.all([run(one, id), run(other, id)])
  const [failing] = await told({ subject: id, type: 'integration.failing' }, 1)
  expect(failing.data).toMatchObject({ integrationId: id, error: expect.any(String) })
  upstream.answer((_request, response) => { json(response, 200, {}) })
  await vi.waitFor(async () => {
    await run(one, id)
    expect((await one.call('GET', `/api/v1/integrations/${id}`)).body).toMatchObject({ connectionStatus: 'active' })
  }, { timeout: 20_000, interval: 50 })
  await told({ subject: id, type: 'integration.recovered' }, 1)
  await told({ subject: id, type: 'integration.failing' }, 1)
  // By a health check as well as by a run.
  upstream.answer((_request, response) => { json(response, 403, {}) })
  expectStatus(200, await one.call('POST', `/api/v1/integrations/${id}/health-checks`))
  await told({ subject: id, type: 'integration.failing' }, 2)
  expect((await one.call('GET', '/api/v1/events?limit=500')).text).not.toContain(secret)
})

test('an alert that fires and ends, once each', async () => {
  upstream.answer((request, response) => { json(response, request.url === '/health' ? 503 : 200, {}) })
  const id = await addIntegration(one.call, {
    connector: open, monitoring: { healthChecks: [{ endpoint: '/health', interval: 1000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1 }] },
  })
  const [firing] = await told({ subject: id, type: 'alert.*' }, 1)
  expect(firing).toMatchObject({ type: 'alert.firing', data: { state: 'firing', alert: 'down', metric: 'health', value: 0, integration: { id } } })
  upstream.answer((_request, response) => { json(response, 200, {}) })
  const [, resolved] = await told({ subject: id, type: 'alert.*' }, 2)
  expect(resolved).toMatchObject({ type: 'alert.resolved', data: { state: 'resolved', alert: 'down', value: 1 } })
})

test('each execution that failed, by its id and what went wrong, masked and without payloads', async () => {
  const id = await addIntegration(one.call, { name: 'Shop', connector: keyed, credentials: { apiKey: secret } })
  upstream.answer((request, response) => { json(response, 422, { detail: `no such thing for ${String(request.headers['x-shop-key'])}` }) })
  const { body: { execution } } = await run(one, id)
  const [event] = await told({ type: 'execution.failed', subject: execution.id }, 1)
  expect(event.data).toEqual({ executionId: execution.id, integrationId: id, integration: 'Shop', connector: keyed, operation: 'getItem', error: execution.error && { type: execution.error.type, message: execution.error.message } })
  expect(JSON.stringify(event)).not.toContain(secret)
  upstream.answer((_request, response) => { json(response, 200, {}) })
  expectStatus(200, await run(one, id))
  await told({ type: 'execution.failed', q: id }, 1)
})

test('a quota that is nearly used up, once in its period over all hubs', async () => {
  const id = await addIntegration(one.call, { connector: open, usage: { usageQuota: { unlimited: false, limit: 10, period: 'month' } } })
  for (let round = 0; round < 7; round += 1) expectStatus(200, await run(one, id))
  await told({ subject: id, type: 'quota.near' }, 0)
  expectStatus(200, await run(one, id))
  const [event] = await told({ subject: id, type: 'quota.near' }, 1)
  expect(event.data).toMatchObject({ integrationId: id, used: 8, limit: 10, period: 'month', periodStart: expect.stringMatching(/-01T00:00:00.000Z$/) })
  for (const hub of [other, one, other, one]) await run(hub, id)
  await told({ subject: id, type: 'quota.near' }, 1)
})

test('a credential that ends within two weeks, once for each such end over all hubs, without its secret', async () => {
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()
  const [soon, later] = await Promise.all([inDays(13), inDays(15)].map(async (expiresAt) =>
    (expectStatus(201, await one.call('POST', '/api/v1/credentials', { name: 'Key', connector: keyed, credentials: { apiKey: secret }, expiresAt })).body.id as string)))
  const look = async (): Promise<void> => { await Promise.all([one, other, one].map((hub) => hub.hub.services.credentialExpiry.tell())) }
  await look()
  const [event] = await told({ type: 'credential.expiring' }, 1)
  expect(event).toMatchObject({ subject: soon, data: { credentialId: soon, credential: 'Key', connector: keyed } })
  expect(JSON.stringify(event)).not.toContain(secret)
  const moved = inDays(2)
  for (const id of [soon, later]) expectStatus(200, await one.call('PATCH', `/api/v1/credentials/${id}`, { expiresAt: moved }))
  await look()
  await look()
  const events = await told({ type: 'credential.expiring' }, 3)
  expect(events.slice(1).map(({ subject, data }) => [subject, data.expiresAt]).sort()).toEqual([soon, later].map((id) => [id, moved]).sort())
})
