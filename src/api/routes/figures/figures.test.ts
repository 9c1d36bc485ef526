import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let busy: string
let idle: string
let otherKey: string

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  upstream.answer((request, response) => { json(response, request.url.endsWith('/bad') ? 404 : 200, {}) })
  otherKey = await hub.addTenant('other')
  const connector = await addConnector(hub.call, upstream.url)
  busy = await addIntegration(hub.call, { name: 'busy', connector })
  idle = await addIntegration(hub.call, { name: 'idle', connector, metadata: { status: 'inactive' } })
  for (const id of ['1', '2', 'bad']) await hub.call('POST', `/api/v1/integrations/${busy}/run`, { operation: 'getItem', input: { id } })
  await hub.call('POST', `/api/v1/integrations/${idle}/run`, { operation: 'getItem', input: { id: '1' } })
})
afterAll(async () => {
  await close()
  await upstream.close()
})

const get = async (path: string, key = hub.key) => expectStatus(200, await hub.call('GET', path, undefined, { key })).body

test('figures are over all integrations, or of one, with their course and what was before', async () => {
  const all = await get('/api/v1/figures?step=minute')
  expect(all).toMatchObject({ total: { calls: 3, succeeded: 2, failed: 1, refused: 1, p95: expect.any(Number) }, before: { calls: 0, successRate: null } })
  expect(all.total.successRate).toBeCloseTo(200 / 3)
  expect(all.series.reduce((sum: number, { calls }: { calls: number }) => sum + calls, 0)).toBe(3)
  expect((await get(`/api/v1/figures?integrationId=${busy}`)).total).toMatchObject({ calls: 3, refused: 0 })
  const later = encodeURIComponent(new Date(Date.now() + 120_000).toISOString())
  const end = encodeURIComponent(new Date(Date.now() + 7_200_000).toISOString())
  expect(await get(`/api/v1/figures?from=${later}&to=${end}`)).toMatchObject({ total: { calls: 0 }, before: { calls: 3 }, series: [] })
  expect((await get('/api/v1/figures', otherKey)).total.calls).toBe(0)
  expect((await get(`/api/v1/figures?integrationId=${busy}`, otherKey)).total.calls).toBe(0)
})

test('too many points are refused, and it is said what to do', async () => {
  const { status, body } = await hub.call('GET', '/api/v1/figures?step=minute&from=2020-01-01T00:00:00Z')
  expect({ status, pointer: body.errors[0].pointer }).toEqual({ status: 400, pointer: '?step' })
})

test('each integration has its figures and its last run, page by page in the order of the integrations', async () => {
  const { data, nextCursor } = await get('/api/v1/figures/integrations?limit=1')
  expect(data).toMatchObject([{ integrationId: idle, calls: 0, refused: 1, successRate: null, lastRun: { status: 'refused' }, circuitBreaker: 'closed' }])
  const next = await get(`/api/v1/figures/integrations?limit=1&cursor=${nextCursor}`)
  expect(next).toMatchObject({ data: [{ integrationId: busy, calls: 3, failed: 1, lastRun: { status: 'failed', id: expect.any(String) } }], nextCursor: null })
  expect((await get('/api/v1/figures/integrations', otherKey)).data).toEqual([])
})

test('each integration has the course of its calls in 24 parts of the time, whatever the time', async () => {
  const trendOf = async (query: string): Promise<number[]> => (await get(`/api/v1/figures/integrations?${query}`)).data.find(({ integrationId }: { integrationId: string }) => integrationId === busy).trend
  expect(await trendOf('')).toEqual([...Array.from({ length: 23 }, () => 0), 3])
  const time = (ms: number): string => encodeURIComponent(new Date(Date.now() + ms).toISOString())
  expect(await trendOf(`from=${time(-600_000)}&to=${time(600_000)}`)).toSatisfy((trend: number[]) => trend.length === 24 && trend.reduce((sum, each) => sum + each, 0) === 3)
  expect(await trendOf(`from=${time(0)}&to=${time(0)}`)).toHaveLength(24)
  expect(await trendOf(`from=${time(7_200_000)}&to=${time(0)}`)).toEqual(Array.from({ length: 24 }, () => 0))
})

test('an overview counts what there is, and shows webhooks to who may read them', async () => {
  expectStatus(201, await hub.call('POST', '/api/v1/webhooks', { name: 'w', url: `${upstream.url}/hook`, events: ['overview.*'] }))
  const overview = await get('/api/v1/overview')
  expect(overview).toMatchObject({ integrations: { total: 2, active: 1, failing: 0 }, webhooks: { total: 1, active: 1, failed: 0, series: [] } })
  expect(overview.integrations.history).toHaveLength(14)
  expect(overview.integrations.history.map(({ count }: { count: number }) => count)).toEqual([...Array.from({ length: 13 }, () => 0), 1])
  const { key } = expectStatus(201, await hub.call('POST', '/api/v1/keys', { name: 'k', role: 'viewer', scopes: ['integrations:read'] })).body
  expect((await get('/api/v1/overview', key)).webhooks).toBeNull()
  expect(await get('/api/v1/overview', otherKey)).toMatchObject({ integrations: { total: 0, active: 0 }, webhooks: { total: 0 } })
})
