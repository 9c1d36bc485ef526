import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHub, openTwoHubs, type TestHub } from '../../../test/hub.ts'
import { withClient } from '../../../test/everything.ts'
import { addConnector, addIntegration, expectStatus } from '../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'

const patience = { timeout: 50_000, interval: 50 }
let hub: TestHub, close: () => Promise<void>, upstream: Upstream

beforeAll(async () => {
  upstream = await startUpstream();
  ({ hub, close } = await openHub())
})
afterAll(async () => {
  await close()
  await upstream.close()
})

interface Run { id: string, status: string, output: unknown, trigger: Record<string, unknown> }

async function publish(name: string, body: string, { settings = '{}' } = {}): Promise<void> {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', `document: { dsl: '1.0.3', namespace: default, name: ${name}, version: '1.0.0', metadata: { interchange: ${settings} } }\n${body}`, { headers: { 'content-type': 'application/yaml' } }))
}

async function runsOf(flow: string): Promise<Run[]> {
  const { body: { data } } = expectStatus(200, await hub.call<{ data: { id: string }[] }>('GET', `/api/v1/runs?flow=${flow}`))
  return Promise.all(data.map(async ({ id }) => expectStatus(200, await hub.call<Run>('GET', `/api/v1/runs/${id}`)).body))
}

async function settled(flow: string, count: number): Promise<Run[]> {
  return vi.waitFor(async () => {
    const runs = await runsOf(flow)
    expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'completed'))
    return runs
  }, patience)
}

async function send(type: string, data: unknown, id?: string): Promise<string> {
  const { body: { ids: [sent] } } = expectStatus(202, await hub.call<{ ids: string[] }>('POST', '/api/v1/events', { specversion: '1.0', id: id ?? crypto.randomUUID(), source: '/tests', type, data }))
  return sent!
}

test('an event begins each flow that names its type, and only those whose filter it passes', async () => {
  await publish('on-large-orders', `
schedule: { on: { one: { with: { type: order.placed, data: '\${ .amount > 100 }' } } } }
do:
  - keep: { set: { order: '\${ $workflow.input[0].data }', from: '\${ .[0].source }' } }`)
  await publish('on-any-order', `
schedule: { on: { any: [{ with: { type: order.placed } }, { with: { type: order.changed, data: { state: late } } }] } }
do:
  - keep: { set: { type: '\${ .[0].type }' } }`)
  await send('order.placed', { amount: 50 })
  await send('order.placed', { amount: 500 })
  await send('order.changed', { state: 'early' })
  await send('order.changed', { state: 'late', number: 7 })
  expect(await settled('on-large-orders', 1)).toMatchObject([{ output: { order: { amount: 500 }, from: '/tests' }, trigger: { type: 'event', eventType: 'order.placed' } }])
  const types = (await settled('on-any-order', 3)).map(({ output }) => (output as { type: string }).type)
  expect(types.sort()).toEqual(['order.changed', 'order.placed', 'order.placed'])
})

test('an event that is sent twice begins one run', async () => {
  await publish('on-once', "schedule: { on: { one: { with: { type: once.only } } } }\ndo:\n  - done: { set: { done: true } }")
  const id = crypto.randomUUID()
  await send('once.only', {}, id)
  await send('once.only', {}, id)
  await send('once.only', {})
  await settled('on-once', 2)
})

test('a flow that takes every event is not begun by its own runs', async () => {
  const key = await hub.addTenant('every-event')
  const call = (method: string, path: string, body?: unknown, headers = {}): ReturnType<TestHub['call']> => hub.call(method, path, body, { key, headers })
  expectStatus(201, await call('POST', '/api/v1/flows', "document: { dsl: '1.0.3', namespace: default, name: every, version: '1.0.0', metadata: { interchange: { lifecycleEvents: tasks } } }\nschedule: { on: { any: [] } }\ndo:\n  - done: { set: { done: true } }", { 'content-type': 'application/yaml' }))
  expectStatus(202, await call('POST', '/api/v1/events', { specversion: '1.0', id: '1', source: '/t', type: 'whatever', data: 1 }))
  const ended = async (): Promise<unknown[]> => ((await call('GET', '/api/v1/runs?flow=every')).body as { data: { status: string }[] }).data.map(({ status }) => status)
  await vi.waitFor(async () => { expect(await ended()).toEqual(['completed']) }, patience)
  // What the run told of itself is stored by the time another event after it has begun its own.
  expectStatus(202, await call('POST', '/api/v1/events', { specversion: '1.0', id: '2', source: '/t', type: 'whatever', data: 1 }))
  await vi.waitFor(async () => { expect(await ended()).toEqual(['completed', 'completed']) }, patience)
})

test('a disabled flow is begun by nothing, and an enabled one again', async () => {
  await publish('on-and-off', "schedule: { on: { one: { with: { type: lamp } } } }\ndo:\n  - done: { set: { n: '${ .[0].data }' } }")
  expectStatus(200, await hub.call('POST', '/api/v1/flows/on-and-off/disable'))
  await send('lamp', 1)
  expectStatus(200, await hub.call('POST', '/api/v1/flows/on-and-off/enable'))
  await send('lamp', 2)
  expect(await settled('on-and-off', 1)).toMatchObject([{ output: { n: 2 } }])
})

test('an interval begins a run each time, a cron expression at its second, and a delay once the run before is over', async () => {
  await publish('each-interval', "schedule: { every: { milliseconds: 300 } }\ndo:\n  - done: { set: { done: true } }")
  await publish('each-second', "schedule: { cron: '* * * * * *' }\ndo:\n  - done: { set: { done: true } }")
  await publish('after-the-other', "schedule: { after: { milliseconds: 100 } }\ndo:\n  - done: { wait: { milliseconds: 10 } }")
  for (const flow of ['each-interval', 'each-second', 'after-the-other']) {
    await vi.waitFor(async () => { expect((await runsOf(flow)).length).toBeGreaterThanOrEqual(3) }, patience)
    expectStatus(204, await hub.call('DELETE', `/api/v1/flows/${flow}?force=true`))
  }
})

test('what is new behind an operation begins a run each, and what was there before does not', async () => {
  const items = [{ id: 1, title: 'old' }]
  upstream.answer((_request, response) => { json(response, 200, items) })
  const connector = await addConnector(hub.call, upstream.url, { id: 'polled' })
  await addIntegration(hub.call, { name: 'Polled', connector })
  await publish('on-new-items', "do:\n  - keep: { set: { title: '${ .data.title }' } }", { settings: '{ triggers: [{ poll: { integration: Polled, operation: listItems, interval: { milliseconds: 200 } } }] }' })
  await vi.waitFor(() => { expect(upstream.asked.length).toBeGreaterThanOrEqual(2) }, patience)
  items.unshift({ id: 3, title: 'third' }, { id: 2, title: 'second' })
  const polledBefore = upstream.asked.length
  await vi.waitFor(() => { expect(upstream.asked.length).toBeGreaterThan(polledBefore + 2) }, patience)
  expect((await settled('on-new-items', 2)).map(({ output }) => (output as { title: string }).title).sort()).toEqual(['second', 'third'])
  expectStatus(204, await hub.call('DELETE', '/api/v1/flows/on-new-items?force=true'))
})

test("a webhook is answered with its flow's output, in the form that the flow gives it, and with a failure where the flow fails", async () => {
  const { body: { url } } = expectStatus(201, await hub.call<{ url: string }>('POST', '/api/v1/webhook-sources', { name: 'Asking', verification: { scheme: 'none' } }))
  await publish('answering', `
do:
  - check: { if: .data.fail, raise: { error: { type: 'https://example.com/errors/no', status: 400, title: No } } }
  - plain: { if: .data.plain, set: { sum: '\${ .data.a + .data.b }' }, then: end }
  - whole: { set: { statusCode: 201, headers: { X-Sum: '\${ .data.a + .data.b | tostring }' }, content: { sum: '\${ .data.a + .data.b }' } } }`, { settings: '{ triggers: [{ webhook: { source: Asking, respond: true } }] }' })
  const ask = (body: object): Promise<Response> => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const plain = await ask({ a: 1, b: 2, plain: true })
  expect([plain.status, await plain.json()]).toEqual([200, { sum: 3 }])
  const whole = await ask({ a: 3, b: 4 })
  expect([whole.status, whole.headers.get('x-sum'), await whole.json()]).toEqual([201, '7', { sum: 7 }])
  const failed = await ask({ fail: true })
  expect([failed.status, ((await failed.json()) as { code: string }).code]).toEqual([502, 'run_failed'])
})

test('events that another tenant sends begin nothing here', async () => {
  const key = await hub.addTenant('elsewhere')
  await publish('on-here', "schedule: { on: { one: { with: { type: place } } } }\ndo:\n  - done: { set: { n: '${ .[0].data }' } }")
  expectStatus(202, await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: '1', source: '/t', type: 'place', data: 1 }, { key }))
  await send('place', 2)
  expect(await settled('on-here', 1)).toMatchObject([{ output: { n: 2 } }])
})

describe('several events begin a run together', () => {
  const outputs = async (flow: string, count: number): Promise<string[]> => (await settled(flow, count)).map(({ output }) => (output as { got: string[] }).got.join(' ')).sort()
  const keep = "do:\n  - keep: { set: { got: '${ map(\"\\(.type):\\(.data.n)\") }' } }"

  test('all of them, in whatever order they come; what comes twice begins a second run with the next of the others, and nothing is lost', async () => {
    await publish('on-both', `schedule: { on: { all: [{ with: { type: both.left } }, { with: { type: both.right, data: '\${ .n < 10 }' } }] } }\n${keep}`)
    await send('both.right', { n: 99 })
    for (const [type, n] of [['both.left', 1], ['both.left', 2], ['both.right', 3]] as const) await send(type, { n })
    expect(await outputs('on-both', 1)).toEqual(['both.left:1 both.right:3'])
    await send('both.right', { n: 4 })
    await send('both.right', { n: 5 })
    expect(await outputs('on-both', 2)).toEqual(['both.left:1 both.right:3', 'both.left:2 both.right:4'])
    await send('both.left', { n: 6 })
    expect(await outputs('on-both', 3)).toEqual(['both.left:1 both.right:3', 'both.left:2 both.right:4', 'both.right:5 both.left:6'])
    expect((await settled('on-both', 3))[0]!.trigger).toMatchObject({ type: 'event', events: 2, eventType: 'both.left' })
  })

  test('those that are linked by the same values, and only where they meet what is expected of them', async () => {
    const filter = (type: string, more = ''): string => `{ with: { type: ${type} }, correlate: { order: { from: .data.order }${more} } }`
    await publish('on-linked', `schedule: { on: { all: [${filter('linked.paid', ", state: { from: .data.state, expect: 'final' }")}, ${filter('linked.sent')}] } }\n${keep}`)
    for (const [type, order, n] of [['linked.paid', 'a', 1], ['linked.sent', 'b', 2], ['linked.sent', 'a', 3]] as const) await send(type, { order, n, state: 'final' })
    expect(await outputs('on-linked', 1)).toEqual(['linked.paid:1 linked.sent:3'])
    await send('linked.paid', { order: 'b', n: 4, state: 'draft' })
    await send('linked.paid', { order: 'b', n: 5, state: 'final' })
    expect(await outputs('on-linked', 2)).toEqual(['linked.paid:1 linked.sent:3', 'linked.sent:2 linked.paid:5'])
  })

  test('any of them until a condition holds of all that came, or until another event says so', async () => {
    await publish('on-enough', `schedule: { on: { any: [{ with: { type: enough } }], until: '(map(.data.n) | add) >= 10' } }\n${keep}`)
    await publish('on-closing', `schedule: { on: { any: [{ with: { type: till.sale } }, { with: { type: till.refund } }], until: { one: { with: { type: till.closed } } } } }\n${keep}`)
    await send('till.closed', { n: 0 })
    for (const n of [4, 5, 3, 10]) await send('enough', { n })
    for (const [type, n] of [['till.sale', 1], ['till.refund', 2], ['till.other', 3], ['till.closed', 4], ['till.closed', 5], ['till.sale', 6]] as const) await send(type, { n })
    expect(await outputs('on-enough', 2)).toEqual(['enough:10', 'enough:4 enough:5 enough:3'])
    expect(await outputs('on-closing', 1)).toEqual(['till.sale:1 till.refund:2'])
  })

  test('what was gathered outlives the process, and is forgotten where the flow gathers something else', async () => {
    const { one, other, close: closeBoth } = await openTwoHubs()
    const publishTo = async (to: TestHub, name: string, version: string, last: string): Promise<void> => {
      const document = { dsl: '1.0.3', namespace: 'default', name, version }
      expectStatus(201, await to.call('POST', '/api/v1/flows', { document, schedule: { on: { all: [{ with: { type: `${name}.first` } }, { with: { type: last } }] } }, do: [{ keep: { set: { got: '${ map(.id) }' } } }] }))
    }
    const tell = async (to: TestHub, type: string, id: string): Promise<void> => { expectStatus(202, await to.call('POST', '/api/v1/events', { specversion: '1.0', id, source: '/t', type })) }
    const got = async (flow: string): Promise<unknown[]> => {
      const { body: { data } } = await other.call<{ data: { id: string }[] }>('GET', `/api/v1/runs?flow=${flow}`)
      return Promise.all(data.map(async ({ id }) => (await other.call('GET', `/api/v1/runs/${id}`)).body.output))
    }
    try {
      for (const name of ['kept', 'changed']) {
        await publishTo(one, name, '1.0.0', `${name}.last`)
        await tell(one, `${name}.first`, `${name} 1`)
      }
      await vi.waitFor(async () => { expect(await withClient(one.connectionString, async (client) => (await client.query('select 1 from flow_gatherings')).rowCount)).toBe(2) }, patience)
      await one.hub.close()
      await publishTo(other, 'changed', '2.0.0', 'changed.end')
      await tell(other, 'kept.last', 'kept 2')
      await tell(other, 'changed.end', 'changed 2')
      await vi.waitFor(async () => { expect(await got('kept')).toEqual([{ got: ['kept 1', 'kept 2'] }]) }, patience)
      expect(await got('changed')).toEqual([])
      await tell(other, 'changed.first', 'changed 3')
      await vi.waitFor(async () => { expect(await got('changed')).toEqual([{ got: ['changed 2', 'changed 3'] }]) }, patience)
    } finally {
      await closeBoth()
    }
  })
})
