/** What led to what, from any end of it: event → run → execution, run → event → delivery. */
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
interface Kept { kind: string, id: string, label: string, status: string | null, relation?: string }
interface Trace extends Kept { before: Kept[], heard: Kept[], after: Kept[] }
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
  expect(found).toMatchObject({ kind: 'event', id: ids.event, label: 'order.paid', status: null, before: [], heard: [], after: [{ kind: 'run', id: ids.run, label: 'passes-on', status: 'completed', relation: 'led' }] })
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
  expect((await trace(again)).before).toMatchObject([{ kind: 'run', id: ids.run, relation: 'repeated' }, { kind: 'event', id: ids.event, relation: 'led' }])
  expect((await trace(ids.run)).after).toContainEqual(expect.objectContaining({ kind: 'run', id: again, relation: 'repeated' }))
})

test('a run that is started once more with another input is that run again', async () => {
  const again = expectStatus(202, await hub.call('POST', '/api/v1/flows/passes-on/runs', { input: { other: true }, repeats: ids.run })).body.id as string
  expect((await trace(again)).before[0]).toMatchObject({ id: ids.run, relation: 'repeated' })
  expectStatus(404, await hub.call('POST', '/api/v1/flows/passes-on/runs', { repeats: '00000000-0000-7000-8000-000000000000' }))
})

test('an execution that is run again, and one that fails again, say of which they are, and that one knows of them', async () => {
  const again = expectStatus(200, await hub.call('POST', `/api/v1/executions/${ids.execution}/rerun`, {})).body.execution.id as string
  expect((await trace(again)).before).toMatchObject([{ kind: 'execution', id: ids.execution, relation: 'repeated' }, { kind: 'run', id: ids.run, relation: 'led' }, { kind: 'event', id: ids.event }])
  upstream.answer((_request, response) => { json(response, 500, {}) })
  const failed = expectStatus(502, await hub.call('POST', `/api/v1/executions/${ids.execution}/rerun`, {})).body.execution.id as string
  upstream.answer((_request, response) => { json(response, 200, { ok: true }) })
  expect((await trace(ids.execution)).after).toMatchObject([{ id: failed, status: 'failed', relation: 'repeated' }, { id: again, status: 'succeeded', relation: 'repeated' }])
})

test('an event that is sent again, to all or to one endpoint, says of which it is, and that one knows of it', async () => {
  const { ids: [id] } = expectStatus(202, await hub.call('POST', `/api/v1/events?repeats=${ids.told}`, { specversion: '1.0', id: 'told-again', source: '/shop', type: 'order.edited' })).body as { ids: string[] }
  const { before, id: again } = await trace(id!)
  expect(before.slice(0, 2)).toMatchObject([{ kind: 'event', id: ids.told, relation: 'repeated' }, { kind: 'run', id: ids.run }])
  const [webhook] = await list('/api/v1/webhooks')
  const { messageId } = expectStatus(200, await hub.call('POST', `/api/v1/webhooks/${webhook.id}/test`, { type: 'order.looked-up', repeats: ids.told })).body
  expect((await trace(ids.told)).after.filter(({ relation }) => relation === 'repeated').map((each) => each.id)).toEqual([messageId, again])
  expectStatus(404, await hub.call('POST', '/api/v1/events?repeats=nothing', { specversion: '1.0', id: 'none', source: '/shop', type: 'order.edited' }))
  expectStatus(404, await hub.call('GET', '/api/v1/events/none'))
})

test('events that a run listened for and took are told of it, and it of them; what came besides is not', async () => {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', {
    document: { dsl: '1.0.3', namespace: 'default', name: 'listens', version: '1.0.0' }, do: [{ hear: { listen: { to: { one: { with: { type: 'order.heard' } } } } } }],
  }))
  const run = expectStatus(202, await hub.call('POST', '/api/v1/flows/listens/runs', {})).body.id as string
  await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/runs/${run}`)).body.status).toBe('waiting') }, { timeout: 20_000, interval: 30 })
  expectStatus(202, await hub.call('POST', '/api/v1/events', ['1', '2'].map((id) => ({ specversion: '1.0', id: `heard-${id}`, source: '/shop', type: id === '1' ? 'order.heard' : 'order.unheard' }))))
  await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/runs/${run}`)).body.status).toBe('completed') }, { timeout: 20_000, interval: 30 })
  const event = await trace('heard-1')
  expect(await trace(run)).toMatchObject({ before: [], heard: [{ kind: 'event', id: event.id, relation: 'heard' }] })
  expect(event.after).toMatchObject([{ kind: 'run', id: run, relation: 'heard' }])
  expect((await trace('heard-2')).after).toEqual([])
})

test("the hub's own events tell of which record they are, and that one knows of them", async () => {
  expectStatus(201, await hub.call('POST', '/api/v1/flows', {
    document: { dsl: '1.0.3', namespace: 'default', name: 'announces', version: '1.0.0', metadata: { interchange: { lifecycleEvents: 'workflow' } } }, do: [{ one: { set: { done: true } } }],
  }))
  const run = expectStatus(202, await hub.call('POST', '/api/v1/flows/announces/runs', {})).body.id as string
  await vi.waitFor(async () => { expect((await trace(run)).after).toContainEqual(expect.objectContaining({ label: 'io.serverlessworkflow.workflow.completed.v1', relation: 'told' })) }, { timeout: 20_000, interval: 50 })
  const told = (await trace(run)).after.find(({ label }) => label === 'io.serverlessworkflow.workflow.completed.v1')!
  expect((await trace(told.id)).before).toMatchObject([{ kind: 'run', id: run, relation: 'told' }])
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
  const { before, after } = await trace(ids.execution, key)
  expect(before).toEqual([])
  expect(new Set(after.map(({ kind }) => kind))).toEqual(new Set(['execution']))
  expectStatus(404, await hub.call('GET', `/api/v1/records/${ids.run}`, undefined, { key }))
  const other = await hub.addTenant('other')
  for (const id of [...Object.values(ids), 'order-17', 'nothing', '%00']) expectStatus(404, await hub.call('GET', `/api/v1/records/${id}`, undefined, { key: other }))
})

test('a repeat stands where the note of what it repeats cannot be made', async () => {
  const client = new Client({ connectionString: hub.connectionString })
  await client.connect()
  try {
    await client.query('revoke insert on record_links from interchange_request')
    const again = expectStatus(200, await hub.call('POST', `/api/v1/executions/${ids.execution}/rerun`, {})).body.execution.id
    expect((await trace(again)).before).toEqual([])
    const { ids: [sent] } = expectStatus(202, await hub.call('POST', `/api/v1/events?repeats=${ids.event}`, { specversion: '1.0', id: 'unnoted', source: '/shop', type: 'order.unnoted' })).body
    expect(await trace(sent)).toMatchObject({ kind: 'event', label: 'order.unnoted', before: [] })
  } finally {
    await client.query('grant insert on record_links to interchange_request')
    await client.end()
  }
})
