/** Flows that begin themselves, by whatever way leads out of a run and back into the hub: they end after ten, and somebody is told. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from './hub.ts'
import { expectStatus } from './service.ts'

/** One that somebody starts, and ten within it. */
const MOST = 11
let hub: TestHub
let close: () => Promise<void>
let key: string
let made = 0

beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(() => close())

const patience = { timeout: 30_000, interval: 50 }
const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): ReturnType<TestHub['call']> => hub.call(method, path, body, { key, headers })

interface Run { status: string, trigger: { type: string, depth?: number }, tasks: { error?: unknown, output?: unknown }[] }

/** Each in a tenant of its own, so that what is told is of it alone. */
async function begin(flow: (own: { type: string, authorization: string }) => Record<string, unknown>, settings: Record<string, unknown> = {}): Promise<void> {
  key = await hub.addTenant(`loop-${++made}`)
  const document = { dsl: '1.0.3', namespace: 'default', name: 'loop', version: '1.0.0', metadata: { interchange: settings } }
  expectStatus(201, await call('POST', '/api/v1/flows', { document, ...flow({ type: 'loop.again', authorization: `Bearer ${key}` }) }))
}

/** All runs once no further one begins. */
async function ended(count: number): Promise<Run[]> {
  await vi.waitFor(async () => {
    const { data } = (await call('GET', '/api/v1/runs?flow=loop&limit=500')).body as { data: Run[] }
    expect(data.filter(({ status }) => status !== 'running' && status !== 'waiting')).toHaveLength(count)
  }, patience)
  const { data } = (await call('GET', '/api/v1/runs?flow=loop&limit=500')).body as { data: (Run & { id: string })[] }
  expect(data).toHaveLength(count)
  return Promise.all(data.map(async ({ id }) => (await call('GET', `/api/v1/runs/${id}`)).body as Run))
}

const depths = (runs: Run[]): number[] => runs.map(({ trigger: { depth = 0 } }) => depth).sort((a, b) => a - b)
const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, at) => at + from)

async function told(): Promise<unknown[]> {
  return ((await call('GET', '/api/v1/events?type=flow.loop_stopped')).body as { data: unknown[] }).data
}

const emits = (type: string, more: Record<string, unknown> = {}): object => ({ emit: { event: { with: { source: 'https://loop.example', type, data: {}, ...more } } } })

describe('a flow that begins itself', () => {
  test.each<[string, object]>([['by an event', { one: { with: { type: 'loop.again' } } }], ['by events that are gathered', { all: [{ with: { type: 'loop.again' } }] }]])('%s ends after ten, and an event tells of it, once', async (_how, on) => {
    // What the document says of the depth itself counts for nothing.
    await begin(({ type }) => ({ schedule: { on }, do: [{ again: emits(type, { interchangedepth: 0 }) }] }))
    expectStatus(202, await call('POST', '/api/v1/flows/loop/runs', {}))
    const runs = await ended(MOST)
    expect(depths(runs)).toEqual(upTo(MOST))
    await vi.waitFor(async () => { expect(await told()).toMatchObject([{ subject: 'loop', data: { flow: 'loop', code: 'nested_too_deep', eventType: 'loop.again', depth: MOST, detail: expect.stringContaining('does one of them run itself?') } }]) }, patience)
    const { body } = await call('GET', '/api/v1/events?type=loop.again')
    expect((body as { data: { interchangedepth: number }[] }).data.map(({ interchangedepth }) => interchangedepth).sort((a, b) => a - b)).toEqual(upTo(MOST, 1))
    expectStatus(202, await call('POST', '/api/v1/events', { specversion: '1.0', id: '1', source: '/outside', type: 'loop.again' }))
    // Begun by an event of nobody's: its own run counts as the first.
    expect(depths(await ended(2 * MOST))).toEqual([...upTo(MOST), ...upTo(MOST)].sort((a, b) => a - b))
    expect(await told()).toHaveLength(1)
  })

  test('by the events that the standard tells of its runs', async () => {
    await begin(() => ({ schedule: { on: { one: { with: { type: 'io.serverlessworkflow.workflow.completed.v1' } } } }, do: [] }), { lifecycleEvents: 'workflow' })
    expectStatus(202, await call('POST', '/api/v1/flows/loop/runs', {}))
    expect(depths(await ended(MOST))).toEqual(upTo(MOST))
    await vi.waitFor(async () => { expect(await told()).toHaveLength(1) }, patience)
  })

  test('by a tool of the hub, called over MCP', async () => {
    await begin(({ authorization }) => ({
      do: [{ again: { call: 'mcp', with: { method: 'tools/call', parameters: { name: 'trigger_integration_flow', arguments: { flow_id: 'loop', parameters: {} } }, transport: { http: { endpoint: `${hub.url}/mcp`, headers: { authorization } } } } } }],
    }))
    expectStatus(202, await call('POST', '/api/v1/flows/loop/runs', {}))
    const runs = await ended(MOST)
    expect(depths(runs)).toEqual(upTo(MOST))
    expect(JSON.stringify(runs.find(({ trigger: { depth } }) => depth === MOST - 1)!.tasks[0]!.output)).toContain('nested_too_deep')
  })

  test('by the API', async () => {
    await begin(({ authorization }) => ({ do: [{ again: { call: 'http', with: { method: 'post', endpoint: `${hub.url}/api/v1/flows/loop/runs`, headers: { authorization }, body: {} } } }] }))
    expectStatus(202, await call('POST', '/api/v1/flows/loop/runs', {}))
    const runs = await ended(MOST)
    expect(depths(runs)).toEqual(upTo(MOST))
    expect(runs.filter(({ status }) => status === 'faulted')).toMatchObject([{ trigger: { depth: MOST - 1 }, tasks: [{ error: { status: 422 } }] }])
  })

  test('by an event that it posts, over the API and to a webhook source', async () => {
    for (const way of ['events', 'hook'] as const) {
      key = await hub.addTenant(`source-${++made}`)
      const { body: source } = expectStatus(201, await call('POST', '/api/v1/webhook-sources', { name: 'Own', verification: { scheme: 'none' } })) as { body: { url: string } }
      const endpoint = way === 'events' ? `${hub.url}/api/v1/events` : source.url
      const body = way === 'events' ? { specversion: '1.0', id: '${ $workflow.id }', source: '/loop', type: 'loop.again' } : { type: 'loop.again' }
      expectStatus(201, await call('POST', '/api/v1/flows', {
        document: { dsl: '1.0.3', namespace: 'default', name: 'loop', version: '1.0.0' }, schedule: { on: { one: { with: { type: 'loop.again' } } } },
        do: [{ again: { call: 'http', with: { method: 'post', endpoint, headers: { authorization: `Bearer ${key}` }, body } } }],
      }))
      expectStatus(202, await call('POST', '/api/v1/flows/loop/runs', {}))
      expect({ way, depths: depths(await ended(MOST)) }).toEqual({ way, depths: upTo(MOST) })
      await vi.waitFor(async () => { expect(await told()).toHaveLength(1) }, patience)
    }
  })
})

describe('what a stranger says of the depth', () => {
  test('keeps his own event from beginning a flow, and nothing else; what is no number counts for nothing', async () => {
    await begin(({ type }) => ({ schedule: { on: { one: { with: { type } } } }, do: [] }))
    const post = (id: string, interchangedepth?: unknown): ReturnType<TestHub['call']> => call('POST', '/api/v1/events', { specversion: '1.0', id, source: '/stranger', type: 'loop.again', ...interchangedepth !== undefined && { interchangedepth } })
    for (const [at, depth] of [99, 2_000_000_000, '11'].entries()) expectStatus(202, await post(`deep ${at}`, depth))
    for (const [at, depth] of [undefined, -5, 'deep', true, '1e9'].entries()) expectStatus(202, await post(`flat ${at}`, depth))
    expect(depths(await ended(5))).toEqual([0, 0, 0, 0, 0])
    expect((await call('GET', '/api/v1/events?type=loop.again')).body).toMatchObject({ data: Array.from({ length: 8 }, () => ({ type: 'loop.again' })) })
  })

  test('has the run refused that he starts himself, with a code', async () => {
    await begin(() => ({ do: [] }))
    const start = (depth: string): ReturnType<TestHub['call']> => call('POST', '/api/v1/flows/loop/runs', {}, { 'interchange-depth': depth })
    expect(await start('11')).toMatchObject({ status: 422, body: { code: 'nested_too_deep' } })
    for (const depth of ['10', '-1', 'x', '1.5', '']) expectStatus(202, await start(depth))
    expect(depths(await ended(5))).toEqual([0, 0, 0, 0, 10])
  })
})
