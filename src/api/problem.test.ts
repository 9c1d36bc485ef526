import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../test/hub.ts'
import { addConnector, addIntegration } from '../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let connector: string

beforeAll(async () => {
  upstream = await startUpstream();
  ({ hub, close } = await openHub())
  connector = await addConnector(hub.call, upstream.url)
})
afterAll(async () => {
  await close()
  await upstream.close()
})

const run = (id: string): Promise<Reply> => hub.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'getItem', input: { id: '1' } })
const through = (id: string): Promise<Reply> => hub.call('GET', `/api/v1/integrations/${id}/proxy/items/1`)

function limitsOf({ status, headers }: Reply): Record<string, unknown> {
  return { status, policy: headers.get('ratelimit-policy'), limit: headers.get('ratelimit'), after: headers.get('retry-after') }
}

test.each([['an operation', run], ['the proxy', through]])('a call of %s beyond a limit is told which limit it is and when there is room again', async (_what, call) => {
  const id = await addIntegration(hub.call, { connector, dataHandling: { rateLimit: { requestsPerMinute: 2 } } })
  for (const status of [200, 200]) expect(await call(id)).toMatchObject({ status })
  const refused = limitsOf(await call(id))
  expect(refused).toEqual({ status: 429, policy: '"default";q=2;w=60', limit: `"default";r=0;t=${refused['after']}`, after: expect.stringMatching(/^[1-9]\d*$/) as string })
})

test("a key beyond its own share is told the share's limit", async () => {
  const id = await addIntegration(hub.call, { connector, dataHandling: { rateLimit: { requestsPerMinute: 100, perCaller: 1 } } })
  expect(await run(id)).toMatchObject({ status: 200 })
  expect(limitsOf(await run(id))).toMatchObject({ status: 429, policy: '"default";q=1;w=60', limit: expect.stringMatching(/^"default";r=0;t=[1-9]\d*$/) as string })
})

test.each([['hour', /^3600$/], ['day', /^86400$/], ['month', /^(2419200|2505600|2592000|2678400)$/]])('a call beyond the quota of a %s is told so, with the length of the period', async (period, seconds) => {
  const id = await addIntegration(hub.call, { connector, usage: { usageQuota: { limit: 1, period } } })
  expect(await run(id)).toMatchObject({ status: 200 })
  const refused = limitsOf(await run(id))
  expect(refused).toMatchObject({ status: 429, policy: expect.stringMatching(/^"quota";q=1;w=\d+$/) as string, limit: `"quota";r=0;t=${refused['after']}` })
  expect((refused['policy'] as string).split('w=')[1]).toMatch(seconds)
})

test("what the service itself asked for is no limit of the hub's: Retry-After alone tells it", async () => {
  const id = await addIntegration(hub.call, { connector, connection: { retryPolicy: { maxRetries: 0 } } })
  upstream.answer((_request, response) => { json(response, 429, {}, { 'retry-after': '40' }) })
  await run(id)
  expect(limitsOf(await run(id))).toEqual({ status: 429, policy: null, limit: null, after: expect.stringMatching(/^(39|40)$/) as string })
})
