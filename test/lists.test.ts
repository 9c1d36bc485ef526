/** What all lists have in common, and what deleting has that changes do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { routes } from '../src/api/routes/index.ts'
import { withClient } from './everything.ts'
import { openHub, type TestHub } from './hub.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'

let hub: TestHub
let close: () => Promise<void>
let connector: string

beforeAll(async () => {
  ({ hub, close } = await openHub())
  connector = await addConnector(hub.call, 'http://127.0.0.1:9', { security: 'apiKey' })
})
afterAll(() => close())

const get = async (path: string): Promise<any> => expectStatus(200, await hub.call('GET', path)).body // eslint-disable-line typescript/no-explicit-any
const post = async (path: string, body: unknown): Promise<any> => expectStatus(201, await hub.call('POST', path, body)).body // eslint-disable-line typescript/no-explicit-any

test('every list answers `data` and `nextCursor`, and takes `limit` and `cursor`', () => {
  // Figures are counted over a time, and whole: there is no next page of them.
  const lists = routes.filter(({ method, path, reply }) => method === 'GET' && !path.startsWith('/api/v1/figures') && reply instanceof z.ZodObject && 'data' in reply.shape && reply.shape['data'] instanceof z.ZodArray)
  expect(lists.length).toBeGreaterThan(15)
  for (const { path, reply, query } of lists) {
    expect(Object.keys((reply as z.ZodObject).shape), path).toContain('nextCursor')
    expect(Object.keys((query as z.ZodObject | undefined)?.shape ?? {}), path).toEqual(expect.arrayContaining(['limit', 'cursor']))
  }
})

describe('`q` looks for text', () => {
  const make: [string, (name: string) => Promise<unknown>][] = [
    // First: all that the others make is in the log, too.
    ['/api/v1/audit', (name) => post('/api/v1/webhooks', { name, url: 'https://example.com', events: ['*'] })],
    ['/api/v1/credentials', (name) => post('/api/v1/credentials', { name, connector, credentials: { apiKey: 'a-key-of-some-length' } })],
    ['/api/v1/keys', (name) => post('/api/v1/keys', { name, role: 'viewer' })],
    ['/api/v1/members', (name) => post('/api/v1/members', { name, email: `${name.replaceAll(/\W/g, '')}@example.com`, role: 'viewer' })],
    ['/api/v1/tenants', (name) => post('/api/v1/tenants', { name, slug: name.toLowerCase().replaceAll(/\W/g, '-'), owner: { email: 'o@example.com' } })],
    ['/api/v1/integrations', (name) => addIntegration(hub.call, { name, connector: 'http' })],
  ]

  test.each(make)('%s', async (path, add) => {
    for (const name of ['Ninety percent', '90% of it', 'Something else']) await add(name)
    const found = async (q: string): Promise<number> => (await get(`${path}?q=${encodeURIComponent(q)}`)).data.length
    expect(await found('nInEtY')).toBe(1)
    expect(await found('0% o'), 'a percent sign is one').toBe(1)
    expect(await found('9%f')).toBe(0)
    expect(await found('no such thing')).toBe(0)
  })
})

describe('pages', () => {
  test.each([
    ['health-checks', 'insert into health_checks (tenant_id, integration_id, id, at, healthy, latency_ms, name, detail) select tenant_id, id, gen_random_uuid(), now(), true, 1, n::text, $$ $$ from integrations, generate_series(1, 5) n where id = $1', 'name'],
    ['alerts', 'insert into alert_firings (tenant_id, integration_id, id, alert, at, value, message) select tenant_id, id, gen_random_uuid(), n::text, now(), 1, $$ $$ from integrations, generate_series(1, 5) n where id = $1', 'alert'],
  ])('of %s lead through all of them, each once', async (list, insert, name) => {
    const id = await addIntegration(hub.call, { connector: 'http' })
    await withClient(hub.connectionString, async (client) => {
      await client.query('set role interchange_system')
      await client.query(insert, [id])
    })
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { data, nextCursor } = await get(`/api/v1/integrations/${id}/${list}?limit=2${cursor}`)
      expect(data.length).toBeLessThanOrEqual(2)
      seen.push(...data.map((each: Record<string, string>) => each[name]!))
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    expect(seen.toSorted()).toEqual(['1', '2', '3', '4', '5'])
    expect(await hub.call('GET', `/api/v1/integrations/${id}/${list}?cursor=x`)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })
})

test('a page of a list that is short has its end too, and a cursor that is none is refused', async () => {
  const path = '/api/v1/catalog/categories'
  const { data, nextCursor } = await get(path)
  expect([data.length, nextCursor]).toEqual([expect.any(Number), null])
  const first = await get(`${path}?limit=3`)
  const second = await get(`${path}?limit=500&cursor=${first.nextCursor}`)
  expect([...first.data, ...second.data]).toEqual(data)
  expect(second.nextCursor).toBe(null)
  expect(await hub.call('GET', `${path}?cursor=WyJ4Il0`)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
})

test.each([
  ['/api/v1/integrations', { name: 'n', connector: 'http' }],
  ['/api/v1/credentials', { connector: 'smtp-email', credentials: { host: 'mail.example', from: 'me@example.com' } }],
  ['/api/v1/webhooks', { name: 'n', url: 'https://example.com', events: ['*'] }],
  ['/api/v1/webhook-sources', { name: 'n', verification: { scheme: 'none' } }],
  ['/api/v1/pulsar-bridges', { name: 'n', serviceUrl: 'ws://127.0.0.1:1', consume: [{ topic: 't' }], status: 'paused' }],
])('%s: `If-Match` keeps a deletion from what somebody else has changed meanwhile', async (path, body) => {
  const { id } = await post(path, body)
  const one = `${path}/${id}`
  const { etag } = await get(one)
  expect(await hub.call('DELETE', one, undefined, { headers: { 'if-match': '"0"' } })).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
  expect((await get(one)).etag).toBe(etag)
  expectStatus(204, await hub.call('DELETE', one, undefined, { headers: { 'if-match': `"${etag}"` } }))
  expect(await hub.call('GET', one)).toMatchObject({ status: 404 })
})
