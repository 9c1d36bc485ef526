import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { TestHub } from '../../test/hub.ts'
import { addIntegration, expectStatus, openHubWithService } from '../../test/service.ts'
import { json, type Upstream } from '../../test/upstream.ts'

const path = '/api/v1/integrations'
const poll = { timeout: 20_000, interval: 50 }
const rarely = 3_600_000

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let connector: string
/** Paths that answer 503. */
const broken = new Set<string>()

beforeAll(async () => {
  ({ hub, upstream, connector, close } = await openHubWithService())
})
afterAll(() => close())
beforeEach(() => {
  broken.clear()
  upstream.answer((request, response) => { json(response, broken.has(request.url) ? 503 : 200, {}) })
})

const watch = (...healthChecks: Record<string, unknown>[]): Promise<string> => addIntegration(hub.call, { connector, monitoring: { healthChecks } })
const asked = (path: string): number => upstream.asked.filter(({ url }) => url === path).length
const statusOf = async (id: string): Promise<unknown> => (await hub.call('GET', `${path}/${id}`)).body.connectionStatus
const history = async (id: string): Promise<{ name: string, healthy: boolean, detail: string }[]> => (await hub.call('GET', `${path}/${id}/health-checks`)).body.data
const checkNow = async (id: string): Promise<void> => { expectStatus(200, await hub.call('POST', `${path}/${id}/health-checks`)) }

test('each check runs at its own interval, and all of them anew after a change', async () => {
  const id = await watch({ name: 'often', endpoint: '/often', interval: 1000 }, { name: 'rarely', endpoint: '/rarely', interval: rarely })
  await vi.waitFor(() => { expect(asked('/often')).toBeGreaterThan(2) }, poll)
  expect(asked('/rarely')).toBe(1)
  expectStatus(200, await hub.call('PATCH', `${path}/${id}`, { description: 'changed' }))
  await vi.waitFor(() => { expect(asked('/rarely')).toBe(2) }, poll)
  const before = asked('/often')
  await vi.waitFor(() => { expect(asked('/often')).toBeGreaterThan(before + 1) }, poll)
  expect(asked('/rarely')).toBe(2)
})

test('a connection is in error while the last result of any of its checks is bad, whatever the others showed since', async () => {
  broken.add('/down')
  const id = await watch({ name: 'up', endpoint: '/up', interval: 1000 }, { name: 'down', endpoint: '/down', interval: rarely })
  await vi.waitFor(async () => { expect((await history(id)).filter(({ name, healthy }) => name === 'up' && healthy).length).toBeGreaterThan(2) }, poll)
  expect(asked('/down')).toBe(1)
  expect((await hub.call('GET', `${path}/${id}`)).body).toMatchObject({ connectionStatus: 'error', connectionError: expect.stringContaining('503') })
  broken.delete('/down')
  await checkNow(id)
  expect(await statusOf(id)).toBe('active')
})

test('two checks of the same name are two, and a name is shown as it was given', async () => {
  broken.add('/two')
  const id = await watch({ name: 'a: b', endpoint: '/one', interval: rarely }, { name: 'a: b', endpoint: '/two', interval: rarely })
  await vi.waitFor(async () => { expect((await history(id)).length).toBe(2) }, poll)
  for (const { name } of await history(id)) expect(name).toBe('a: b')
  expect((await history(id)).map(({ detail }) => detail)).toContain('GET /one answered.')
  expect(await statusOf(id)).toBe('error')
})

test('a service that does not answer keeps no other from its checks', async () => {
  const waiting: ServerResponse[] = []
  upstream.answer((request, response) => {
    if (request.url === '/hangs') waiting.push(response)
    else json(response, 200, {})
  })
  const slow = await watch({ endpoint: '/hangs', interval: rarely, timeout: 60_000 })
  await vi.waitFor(() => { expect(waiting.length).toBe(1) }, poll)
  await watch({ endpoint: '/quick', interval: 1000 })
  await vi.waitFor(() => { expect(asked('/quick')).toBeGreaterThan(1) }, poll)
  expect(await history(slow)).toEqual([])
  for (const response of waiting) json(response, 200, {})
  await vi.waitFor(async () => { expect(await history(slow)).toMatchObject([{ healthy: true }]) }, poll)
})

test('without checks the connection itself is tested when somebody asks', async () => {
  const id = await addIntegration(hub.call, { connector })
  await checkNow(id)
  expect(await history(id)).toMatchObject([{ name: 'connection', healthy: true }])
  expect(await statusOf(id)).toBe('active')
})
