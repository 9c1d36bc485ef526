/** What led to what, from any end of it: event → run → execution, run → event → delivery. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
interface Kept { kind: string, id: string, label: string, status: string | null }
interface Trace extends Kept { before: Kept[], after: Kept[] }
/** Of one chain. */
const ids: Record<'event' | 'run' | 'execution' | 'told' | 'delivery', string> = { event: '', run: '', execution: '', told: '', delivery: '' }

const trace = async (id: string, key = hub.key): Promise<Trace> => expectStatus(200, await hub.call<Trace>('GET', `/api/v1/records/${id}`, undefined, { key })).body
const list = async (path: string): Promise<any[]> => expectStatus(200, await hub.call('GET', path)).body.data // eslint-disable-line typescript/no-explicit-any

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  upstream.answer((_request, response) => { json(response, 200, { ok: true }) })
  await addIntegration(hub.call, { name: 'Shop', connector: await addConnector(hub.call, upstream.url) })
  expectStatus(201, await hub.call('POST', '/api/v1/flows', {
    document: { dsl: '1.0.3', namespace: 'default', name: 'passes-on', version: '1.0.0' }, schedule: { on: { one: { with: { type: 'order.paid' } } } },
    do: [{ look: { call: 'Shop/getItem', with: { id: '1' } } }, { tell: { emit: { event: { with: { source: 'https://shop.example/flows', type: 'order.looked-up', data: { ok: true } } } } } }],
  }))
  expectStatus(201, await hub.call('POST', '/api/v1/webhooks', { name: 'told', url: `${upstream.url}/told`, events: ['order.looked-up'] }))
  expectStatus(202, await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: 'order-17', source: '/shop', type: 'order.paid', data: { n: 17 } }))
  await vi.waitFor(async () => {
    const [delivery] = await list('/api/v1/deliveries?eventType=order.looked-up')
    expect(delivery).toMatchObject({ status: 'delivered' })
    const [run] = await list('/api/v1/runs?flow=passes-on')
    expect(run).toMatchObject({ status: 'completed' })
    Object.assign(ids, { delivery: delivery.id, told: delivery.messageId, run: run.id })
  }, { timeout: 20_000, interval: 50 })
  ids.event = (await hub.call('GET', '/api/v1/events/order-17')).body.messageId
  ids.execution = (await list('/api/v1/executions'))[0].id
})
afterAll(async () => {
  await close()
  await upstream.close()
})

test('an event tells which runs it began, by its own id as by the sender’s', async () => {
  const found = await trace('order-17')
  expect(found).toMatchObject({ kind: 'event', id: ids.event, label: 'order.paid', status: null, before: [], after: [{ kind: 'run', id: ids.run, label: 'passes-on', status: 'completed' }] })
  expect(await trace(ids.event)).toEqual(found)
})

test('a run tells what it began with, what it called, what it sent, and where that went', async () => {
  expect(await trace(ids.run)).toMatchObject({
    kind: 'run', before: [{ kind: 'event', id: ids.event }],
    after: [{ kind: 'execution', id: ids.execution, label: 'getItem', status: 'succeeded' }, { kind: 'event', id: ids.told }, { kind: 'delivery', id: ids.delivery, status: 'delivered' }],
  })
})

test('an execution and a delivery tell all that led to them, the nearest first', async () => {
  expect(await trace(ids.execution)).toMatchObject({ kind: 'execution', before: [{ kind: 'run', id: ids.run }, { kind: 'event', id: ids.event }], after: [] })
  expect(await trace(ids.delivery)).toMatchObject({ kind: 'delivery', before: [{ kind: 'event', id: ids.told }, { kind: 'run', id: ids.run }, { kind: 'event', id: ids.event }], after: [] })
})

test('a run that is tried again says of which it is, and that one knows of it', async () => {
  const again = expectStatus(202, await hub.call('POST', `/api/v1/runs/${ids.run}/retry`, {})).body.id as string
  expect((await trace(again)).before).toMatchObject([{ kind: 'run', id: ids.run }, { kind: 'event', id: ids.event }])
  expect((await trace(ids.run)).after).toContainEqual(expect.objectContaining({ kind: 'run', id: again }))
})

test('lists are narrowed to a run, and records name it themselves', async () => {
  expect((await list(`/api/v1/executions?runId=${ids.run}`)).map(({ id }) => id)).toEqual([ids.execution])
  expect((await list(`/api/v1/events?runId=${ids.run}`)).map(({ messageId }) => messageId)).toEqual([ids.told])
  expect((await hub.call('GET', `/api/v1/executions/${ids.execution}`)).body.runId).toBe(ids.run)
  expect((await hub.call('GET', `/api/v1/events/${ids.told}`)).body.runId).toBe(ids.run)
  expect((await list(`/api/v1/deliveries?eventId=${ids.told}`)).map(({ id }) => id)).toEqual([ids.delivery])
})

test('only what the caller may read is told, of his own tenant', async () => {
  const { key } = expectStatus(201, await hub.call('POST', '/api/v1/keys', { name: 'narrow', role: 'viewer', scopes: ['integrations:read', 'executions:read'] })).body as { key: string }
  expect(await trace(ids.execution, key)).toMatchObject({ kind: 'execution', before: [], after: [] })
  expectStatus(404, await hub.call('GET', `/api/v1/records/${ids.run}`, undefined, { key }))
  const other = await hub.addTenant('other')
  for (const id of [...Object.values(ids), 'order-17', 'nothing', '%00']) expectStatus(404, await hub.call('GET', `/api/v1/records/${id}`, undefined, { key: other }))
})
