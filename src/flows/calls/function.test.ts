/** Operations through the hub's own call path. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { systemCaller } from '../../tenants/caller.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let fixture: CallsFixture
let connector: string
let tenantId: string
let names: Record<string, string>
beforeAll(async () => {
  ({ hub, close } = await openHub())
  upstream = await startUpstream()
  connector = await addConnector(hub.call, upstream.url)
  const { body } = await hub.call('GET', '/api/v1/tenants')
  tenantId = body.data[0].id
  const { execute } = hub.hub.services
  const forCall = (_tenantId: string, name: string): Promise<string> => Promise.resolve(names[name] ?? '00000000-0000-7000-8000-000000000000')
  fixture = openCalls({ functions: { execute, integrations: { forCall }, now: () => Date.now() } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await upstream.close()
  await close()
})
beforeEach(() => {
  names = {}
  upstream.asked.length = 0
  upstream.answer((_request, response) => { json(response, 200, { id: 'made' }) })
})

const operations = async (): Promise<string[]> => (await hub.call('GET', `/api/v1/connectors/${connector}/operations`)).body.data.map(({ id }: { id: string }) => id)
const run = (name: string, input: unknown, more: object = {}): Promise<unknown> => fixture.run('function', { name, with: input }, { tenantId, caller: systemCaller(tenantId), ...more })

test('an operation runs with its input, and its execution is noted', async () => {
  names['Shop'] = await addIntegration(hub.call, { connector })
  const [operation] = await operations()
  const noted = fixture.noted.length
  expect(await run(`Shop/${operation}`, {})).toEqual({ id: 'made' })
  const [execution] = fixture.noted.slice(noted)
  expect(expectStatus(200, await hub.call('GET', `/api/v1/executions/${execution}`)).body).toMatchObject({ status: 'succeeded', operation, request: { sourceComponent: 'flow' } })
})

test("an upstream's refusal is a communication fault with its status, and its execution is noted", async () => {
  names['Shop'] = await addIntegration(hub.call, { connector, connection: { retryPolicy: { maxRetries: 0 } } })
  upstream.answer((_request, response) => { json(response, 404, { message: 'no such thing' }) })
  const noted = fixture.noted.length
  expect(await fixture.faultOf('function', { name: `Shop/${(await operations())[0]}`, with: {} }, { tenantId, caller: systemCaller(tenantId) })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 404 })
  expect(fixture.noted.length).toBe(noted + 1)
})

test.each([['Shop/nothing', 'operation'], ['Nobody/x', 'integration']])('%s is a configuration fault', async (name, said) => {
  names['Shop'] = await addIntegration(hub.call, { connector })
  expect(await fixture.faultOf('function', { name, with: {} }, { tenantId, caller: systemCaller(tenantId) })).toMatchObject({ type: expect.stringMatching(/configuration$/), detail: expect.stringContaining(said) })
})

test("a local limit is waited for, and those who wait don't fill the record with refusals", async () => {
  // A minute's worth is 600; six calls more wait for a tenth of a second each.
  names['Shop'] = await addIntegration(hub.call, { connector, dataHandling: { rateLimit: { requestsPerMinute: 600 } } })
  const [operation] = await operations()
  const outputs = await Promise.all(Array.from({ length: 606 }, () => run(`Shop/${operation}`, {})))
  expect(outputs.every((output) => (output as { id: string }).id === 'made')).toBe(true)
  const { body } = await hub.call('GET', `/api/v1/executions?integrationId=${names['Shop']}&status=refused&limit=500`)
  expect(body.data.length).toBeLessThan(40)
})

test('a wait for a limit ends with its task', async () => {
  names['Shop'] = await addIntegration(hub.call, { connector, dataHandling: { rateLimit: { requestsPerMinute: 1 } } })
  const [operation] = await operations()
  await run(`Shop/${operation}`, {})
  await expect(run(`Shop/${operation}`, {}, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(upstream.asked.length).toBe(1)
})
