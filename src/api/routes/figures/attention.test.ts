/** What needs somebody to see to it: each kind shows while it lasts, and to those alone who may read it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { TestHub } from '../../../../test/hub.ts'
import { addIntegration, expectStatus, openHubWithService } from '../../../../test/service.ts'
import { json, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let connector: string

beforeAll(async () => {
  ({ hub, upstream, connector, close } = await openHubWithService())
})
afterAll(() => close())

interface Item { kind: string, id: string, name: string, detail: string | null, count: number | null, latest: string | null }

const attention = async (key = hub.key): Promise<Item[]> => expectStatus(200, await hub.call<{ items: Item[] }>('GET', '/api/v1/attention', undefined, { key })).body.items
const about = async (id: string): Promise<Item[]> => (await attention()).filter((each) => each.id === id)
const post = async (path: string, body: unknown = {}): Promise<any> => (await hub.call('POST', path, body)).body // eslint-disable-line typescript/no-explicit-any
const within = { timeout: 15_000, interval: 50 }

test('where all is well, the list is empty', async () => {
  expect(await attention(await hub.addTenant('calm'))).toEqual([])
})

test('an integration whose connection fails stands there until it works, or is paused', async () => {
  upstream.answer((_request, response) => { json(response, 500, {}) })
  const id = await addIntegration(hub.call, { name: 'Broken', connector, monitoring: { healthChecks: [{ name: 'up', endpoint: '/up' }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1 }] } })
  await post(`/api/v1/integrations/${id}/health-checks`)
  expect(await about(id)).toMatchObject([{ kind: 'integration_failing', name: 'Broken', detail: expect.any(String) }, { kind: 'alert_firing', name: 'Broken: down', detail: expect.any(String) }])
  upstream.answer((_request, response) => { json(response, 200, {}) })
  await post(`/api/v1/integrations/${id}/health-checks`)
  expect(await about(id)).toEqual([])
})

test('a credential is told of two weeks before its end', async () => {
  const add = (id: string, days: number): Promise<unknown> => post('/api/v1/credentials', { id, name: id, connector: 'stripe', credentials: { apiKey: 'sk_test_0123456789' }, expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() })
  await add('ends-soon', 3)
  await add('ends-late', 40)
  expect(await about('ends-soon')).toMatchObject([{ kind: 'credential_expiring', name: 'ends-soon', at: expect.any(String) }])
  expect(await about('ends-late')).toEqual([])
})

test('deliveries that were given up stand under their endpoint until they arrive', async () => {
  upstream.answer((_request, response) => { json(response, 500, {}) })
  const { id } = await post('/api/v1/webhooks', { name: 'refuses', url: `${upstream.url}/refuses`, events: ['lost.*'], retryPolicy: { maxRetries: 0 } })
  await post('/api/v1/events', [1, 2].map((at) => ({ specversion: '1.0', id: `lost${at}`, source: 'test', type: 'lost.one' })))
  await vi.waitFor(async () => { expect(await about(id)).toMatchObject([{ kind: 'deliveries_exhausted', name: 'refuses', count: 2, latest: expect.any(String) }]) }, within)
  upstream.answer((_request, response) => { json(response, 200, {}) })
  await post(`/api/v1/webhooks/${id}/redrive`)
  await vi.waitFor(async () => { expect(await about(id)).toEqual([]) }, within)
})

test('an endpoint that is paused tells how much waits for it', async () => {
  const { id } = await post('/api/v1/webhooks', { name: 'rests', url: `${upstream.url}/rests`, events: ['held.*'] })
  await post(`/api/v1/webhooks/${id}/pause`)
  await post('/api/v1/events', { specversion: '1.0', id: 'held1', source: 'test', type: 'held.one' })
  await vi.waitFor(async () => { expect(await about(id)).toMatchObject([{ kind: 'webhook_paused', name: 'rests', count: 1 }]) }, within)
  await post(`/api/v1/webhooks/${id}/activate`)
  expect(await about(id)).toEqual([])
})

test('runs that failed within a day are counted by flow, with the last of them', async () => {
  await post('/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'fails', version: '1.0.0' }, do: [{ stop: { raise: { error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/validation', status: 400, title: 'no' } } } }] })
  const run = await post('/api/v1/flows/fails/runs?wait=10s')
  expect(run.status).toBe('faulted')
  expect(await about('fails')).toMatchObject([{ kind: 'runs_faulted', name: 'fails', count: 1, latest: run.id, detail: expect.stringContaining('validation') }])
})

test('whoever may not read webhooks, flows or credentials is not told of them, and another tenant of nothing', async () => {
  const { key } = await post('/api/v1/keys', { name: 'narrow', role: 'viewer', scopes: ['integrations:read'] })
  expect(new Set((await attention(key)).map(({ kind }) => kind).filter((kind) => !kind.startsWith('integration') && !kind.startsWith('alert')))).toEqual(new Set())
  expect(await attention(await hub.addTenant('other'))).toEqual([])
})
