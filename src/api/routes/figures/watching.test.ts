/** What is watched over all of a tenant's integrations, endpoints and sources. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { TestHub } from '../../../../test/hub.ts'
import { addIntegration, openHubWithService } from '../../../../test/service.ts'
import { json, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let connector: string
beforeAll(async () => {
  ({ hub, upstream, connector, close } = await openHubWithService())
})
afterAll(() => close())
beforeEach(() => { upstream.answer((_request, response) => { json(response, 200, {}) }) })

type Body = any // eslint-disable-line typescript/no-explicit-any

const run = (id: string, item = '1'): Promise<unknown> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: item } })
const read = async (path: string): Promise<Body> => {
  const reply = await hub.call<Body>('GET', path)
  expect(reply.status, reply.text).toBe(200)
  return reply.body
}

test('errors of one type, operation and integration are one group, with how many and the last of them', async () => {
  const [one, other] = [await addIntegration(hub.call, { name: 'Groups', connector }), await addIntegration(hub.call, { name: 'Groups too', connector })]
  upstream.answer((request, response) => { json(response, request.url.endsWith('missing') ? 404 : 200, { message: 'nothing here' }) })
  for (const item of ['missing', 'missing', '1']) await run(one, item)
  await run(other, 'missing')
  const { data } = await read('/api/v1/figures/errors')
  const ours = data.filter(({ integrationId }: Body) => [one, other].includes(integrationId))
  expect(ours).toMatchObject([
    { type: 'upstream_rejected', operation: 'getItem', integrationId: one, integrationName: 'Groups', status: 'failed', count: 2, message: expect.any(String) }, { integrationId: other, count: 1 },
  ])
  expect(ours[0].fingerprint).not.toBe(ours[1].fingerprint)
  expect((await read(`/api/v1/executions/${ours[0].lastExecutionId}`)).error.type).toBe('upstream_rejected')
  expect((await read(`/api/v1/figures/errors?integrationId=${other}`)).data).toMatchObject([{ integrationId: other, fingerprint: ours[1].fingerprint }])
  expect((await read('/api/v1/figures/errors?to=2020-01-02T00:00:00Z')).data).toEqual([])
})

test('limits in use are told: calls of this minute, and of the quota with its end', async () => {
  const id = await addIntegration(hub.call, { name: 'Limited', connector, dataHandling: { rateLimit: { requestsPerMinute: 600 } }, usage: { usageQuota: { limit: 5, period: 'day' } } })
  const quiet = await addIntegration(hub.call, { name: 'Quiet', connector })
  await run(id)
  await run(id)
  const { data } = await read('/api/v1/figures/limits')
  const found = data.find(({ integrationId }: Body) => integrationId === id)
  expect(found).toMatchObject({ integrationName: 'Limited', rate: { limit: 600 }, quota: { limit: 5, period: 'day', used: 2 }, heldSeconds: 0, circuitBreaker: 'closed' })
  expect(Date.parse(found.quota.resetsAt)).toBeGreaterThan(Date.now())
  expect(data.find(({ integrationId }: Body) => integrationId === quiet)).toMatchObject({ rate: { used: 0 }, quota: null })
})

test('storage is told by kind, together, and by integration', async () => {
  const id = await addIntegration(hub.call, { name: 'Keeps', connector })
  await run(id)
  await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: 'kept', source: 'test', type: 'kept', data: 'x'.repeat(1000) })
  await hub.hub.services.stored.measure()
  const { totalBytes, bytes, measuredAt, integrations } = await read('/api/v1/figures/storage')
  expect(integrations.find(({ integrationId }: Body) => integrationId === id).recordBytes).toBeGreaterThan(100)
  expect(integrations.reduce((sum: number, each: Body) => sum + each.recordBytes, 0)).toBe(bytes.executions)
  expect(bytes.events).toBeGreaterThan(1000)
  expect(Date.parse(measuredAt)).toBeGreaterThan(Date.now() - 60_000)
  expect(totalBytes).toBe(bytes.executions + bytes.events + bytes.deliveries + bytes.runs + bytes.blobs)
})

test('what waits for an endpoint is counted until it is delivered', async () => {
  const { body: { id } } = await hub.call<Body>('POST', '/api/v1/webhooks', { name: 'held', url: `${upstream.url}/held`, events: ['queue.*'] })
  await hub.call('POST', `/api/v1/webhooks/${id}/pause`)
  await hub.call('POST', '/api/v1/events', [1, 2].map((at) => ({ specversion: '1.0', id: `q${at}`, source: 'test', type: 'queue.up' })))
  await vi.waitFor(async () => {
    const { pending, webhooks } = await read('/api/v1/figures/queues')
    expect(webhooks).toMatchObject([{ webhookId: id, name: 'held', status: 'paused', pending: 2, oldestDueAt: expect.any(String) }])
    expect(pending).toBe(2)
  }, { timeout: 10_000, interval: 50 })
  await hub.call('POST', `/api/v1/webhooks/${id}/activate`)
  await vi.waitFor(async () => { expect(await read('/api/v1/figures/queues')).toMatchObject({ pending: 0, due: 0, webhooks: [] }) }, { timeout: 10_000, interval: 50 })
  const { data: [course] } = await read('/api/v1/figures/webhooks')
  expect(course).toMatchObject({ webhookId: id, series: [{ at: expect.any(String), delivered: 2, failed: 0, attempts: 2, failedAttempts: 0 }] })
})

test('runs that are not over and jobs are counted, each for whom it is to read', async () => {
  await hub.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'rests', version: '1.0.0' }, do: [{ rest: { wait: { hours: 1 } } }] })
  const { body: { id } } = await hub.call('POST', '/api/v1/flows/rests/runs', {})
  await vi.waitFor(async () => { expect((await read('/api/v1/figures/queues')).runs).toEqual([{ status: 'waiting', count: 1, due: 0 }]) }, { timeout: 10_000, interval: 50 })
  expect((await read('/api/v1/figures/queues')).jobs).toEqual({ waiting: expect.any(Number), failed: expect.any(Number) })
  const { body: { key } } = await hub.call<Body>('POST', '/api/v1/keys', { name: 'narrow', role: 'viewer', scopes: ['webhooks:read'] })
  expect((await hub.call<Body>('GET', '/api/v1/figures/queues', undefined, { key })).body).toMatchObject({ runs: null, jobs: null })
  const other = await hub.addTenant('elsewhere')
  expect((await hub.call<Body>('GET', '/api/v1/figures/queues', undefined, { key: other })).body.runs).toEqual([])
  await hub.call('POST', `/api/v1/runs/${id}/cancel`)
})

test('a source tells how much it took and how much it refused', async () => {
  const { body: source } = await hub.call<Body>('POST', '/api/v1/webhook-sources', { name: 'counted', verification: { scheme: 'bearer', secret: 'token-of-the-sender' } })
  const send = async (token: string): Promise<number> => (await fetch(source.url, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{"a":1}' })).status
  expect([await send('token-of-the-sender'), await send('token-of-the-sender'), await send('wrong')]).toEqual([202, 202, 401])
  await vi.waitFor(async () => {
    expect((await read('/api/v1/figures/webhook-sources')).data).toEqual([{ sourceId: source.id, accepted: 2, refused: 1, lastEventAt: expect.any(String), series: [{ at: expect.any(String), accepted: 2, refused: 1 }] }])
  }, { timeout: 10_000, interval: 50 })
  expect((await read(`/api/v1/figures/webhook-sources?from=${new Date(Date.now() + 60_000).toISOString()}`)).data).toEqual([{ sourceId: source.id, accepted: 0, refused: 0, lastEventAt: null, series: [] }])
})

test('the newest health of each integration is listed, what failed before what passed', async () => {
  const monitoring = { healthChecks: [{ name: 'good', endpoint: '/good' }, { name: 'bad', endpoint: '/bad' }] }
  const id = await addIntegration(hub.call, { name: 'Checked', connector, monitoring })
  const never = await addIntegration(hub.call, { name: 'Never', connector })
  upstream.answer((request, response) => { json(response, request.url === '/bad' ? 500 : 200, {}) })
  expect((await hub.call('POST', `/api/v1/integrations/${id}/health-checks`, {})).status).toBe(200)
  const { data } = await read('/api/v1/health-checks')
  expect(data.find(({ integrationId }: Body) => integrationId === id)).toMatchObject({ integrationName: 'Checked', latest: { name: 'bad', healthy: false }, uptime: 50 })
  expect(data.find(({ integrationId }: Body) => integrationId === never)).toEqual({ integrationId: never, integrationName: 'Never', latest: null, uptime: null })
  upstream.answer((_request, response) => { json(response, 200, {}) })
  await hub.call('POST', `/api/v1/integrations/${id}/health-checks`, {})
  expect((await read('/api/v1/health-checks')).data.find(({ integrationId }: Body) => integrationId === id)).toMatchObject({ latest: { healthy: true }, uptime: 75 })
})

test('firings of all alerts are listed, those that go on apart from those that ended', async () => {
  const alert = { name: 'down', metric: 'health', operator: 'below', threshold: 1 }
  const id = await addIntegration(hub.call, { name: 'Alarming', connector, monitoring: { healthChecks: [{ name: 'up', endpoint: '/up' }], alerts: [alert] } })
  const check = (): Promise<unknown> => hub.call('POST', `/api/v1/integrations/${id}/health-checks`, {})
  upstream.answer((_request, response) => { json(response, 500, {}) })
  await check()
  expect((await read('/api/v1/alerts?state=firing')).data).toMatchObject([{ alert: 'down', integrationId: id, integrationName: 'Alarming', resolvedAt: null }])
  upstream.answer((_request, response) => { json(response, 200, {}) })
  await check()
  expect((await read('/api/v1/alerts?state=firing')).data).toEqual([])
  expect((await read('/api/v1/alerts?state=resolved')).data).toMatchObject([{ alert: 'down', resolvedAt: expect.any(String) }])
})

test('a preview shows what would be sent, left out or set aside, and sends nothing', async () => {
  const event = { specversion: '1.0', id: 'p', source: 'test', type: 'order.paid', data: { amount: 7 } }
  const preview = async (programs: object): Promise<Body> => (await hub.call('POST', '/api/v1/webhooks/preview', { event, ...programs })).body
  upstream.asked.length = 0
  expect(await preview({ filters: ['.data.amount > 5'], transformations: ['{ total: .data.amount }'] })).toEqual({ outcome: 'sent', body: '{"total":7}', reason: null })
  expect(await preview({ filters: '.data.amount > 50' })).toEqual({ outcome: 'left_out', body: null, reason: null })
  expect(await preview({ transformations: ['.type', '.foo.bar'] })).toMatchObject({ outcome: 'parked', body: null, reason: expect.stringContaining('transformations[1]') })
  expect(JSON.parse((await preview({})).body)).toEqual(event)
  expect(upstream.asked.filter(({ method }) => method === 'POST')).toEqual([])
  expect(await hub.call('POST', '/api/v1/webhooks/preview', { event: { type: 'x' } })).toMatchObject({ status: 422 })
})

test('deliveries are found by what stands in their event or in an answer', async () => {
  const { body: { id } } = await hub.call<Body>('POST', '/api/v1/webhooks', { name: 'searched', url: `${upstream.url}/searched`, events: ['searched.*'], retryPolicy: { maxRetries: 0 } })
  upstream.answer((_request, response) => { json(response, 500, { trace: 'answer-needle' }) })
  await hub.call('POST', '/api/v1/events', ['event-needle', 'other'].map((text, at) => ({ specversion: '1.0', id: `s${at}`, source: 'test', type: 'searched.for', data: { text: `${text} 100%` } })))
  await vi.waitFor(async () => {
    const find = async (q: string): Promise<string[]> => (await read(`/api/v1/deliveries?webhookId=${id}&q=${encodeURIComponent(q)}`)).data.map(({ eventId }: Body) => eventId)
    expect(await find('EVENT-needle 100%')).toEqual(['s0'])
    expect((await find('answer-needle')).sort()).toEqual(['s0', 's1'])
    expect(await find('100_')).toEqual([])
  }, { timeout: 10_000, interval: 50 })
})
