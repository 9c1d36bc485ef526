import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../test/hub.ts'
import { addConnector, addIntegration } from '../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'

const path = '/api/v1/integrations'
const poll = { timeout: 15_000, interval: 50 }

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let database: Pool
let isWell: boolean

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  database = new Pool({ connectionString: hub.connectionString })
  upstream.answer((request, response) => { json(response, request.url === '/health' && !isWell ? 503 : 200, {}) })
})
afterAll(async () => {
  await database.end()
  await close()
  await upstream.close()
})

/** While the queue takes no notices, as if the hub died before it could write one. */
async function withoutQueue(work: () => Promise<void>): Promise<void> {
  await database.query(`create function refuse_notice() returns trigger language plpgsql as $$ begin raise exception 'no notices are taken'; end $$`)
  await database.query(`create trigger refuse_notice before insert on graphile_worker._private_jobs for each row when (new.payload->>'subject' is not null) execute function refuse_notice()`)
  try {
    await work()
  } finally {
    await database.query('drop function refuse_notice cascade')
  }
}

test('a firing and the notice of it are stored together or not at all, and so is its end', async () => {
  isWell = false
  const connector = await addConnector(hub.call, upstream.url)
  const id = await addIntegration(hub.call, {
    connector, monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1, url: `${upstream.url}/alert` }] },
  })
  const check = (): Promise<Reply> => hub.call('POST', `${path}/${id}/health-checks`)
  const told = (): string[] => upstream.asked.filter(({ url }) => url === '/alert').map(({ body }) => JSON.parse(body).state as string)
  const firings = async (): Promise<unknown[]> => (await hub.call('GET', `${path}/${id}/alerts`)).body.data

  await check()
  await vi.waitFor(() => { expect(told()).toEqual(['firing']) }, poll)
  isWell = true
  await withoutQueue(async () => { expect(await check()).toMatchObject({ status: 500 }) })
  expect(await firings()).toMatchObject([{ alert: 'down', resolvedAt: null }])
  expect(await check()).toMatchObject({ status: 200 })
  await vi.waitFor(() => { expect(told()).toEqual(['firing', 'resolved']) }, poll)

  isWell = false
  await withoutQueue(async () => { expect(await check()).toMatchObject({ status: 500 }) })
  expect(await firings()).toMatchObject([{ resolvedAt: expect.any(String) }])
  expect(await check()).toMatchObject({ status: 200 })
  await vi.waitFor(() => { expect(told()).toEqual(['firing', 'resolved', 'firing']) }, poll)
  expect(await firings()).toMatchObject([{ resolvedAt: null }, { resolvedAt: expect.any(String) }])
})
