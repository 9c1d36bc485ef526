import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { startPulsarServer, type PulsarServer } from '../../../events/pulsar/pulsar-server.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
let server: PulsarServer
beforeAll(async () => { ({ hub, close } = await openHub()) })
afterAll(() => close())
beforeEach(async () => { server = await startPulsarServer() })
afterEach(() => server.close())

const path = '/api/v1/pulsar-bridges'
const patience = { timeout: 20_000, interval: 50 }

async function make(more: object): Promise<Reply['body'] & { id: string }> {
  const { status, body } = await hub.call('POST', path, { name: 'b', serviceUrl: server.url, ...more })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body
}

test('what comes by a topic is an event of the hub, and goes on to another topic; the bridge tells of it', async () => {
  const { id, etag } = await make({ consume: [{ topic: 'in', type: { jq: '.data.kind' } }], produce: [{ types: ['order.*'], topic: 'out', key: '.data.customer' }] })
  expect(etag).toBe('1')
  await vi.waitFor(() => { expect(server.asked.length).toBeGreaterThan(0) }, patience)
  server.add('persistent://public/default/in', { payload: Buffer.from('{"kind":"order.paid","customer":"c-1"}').toString('base64') })
  await vi.waitFor(() => { expect(server.topic('persistent://public/default/out')).toMatchObject([{ key: 'c-1', properties: { ce_type: 'order.paid' } }]) }, patience)
  expect((await hub.call('GET', '/api/v1/events?type=order.paid')).body.data).toMatchObject([{ type: 'order.paid', source: 'persistent://public/default/in', data: { customer: 'c-1' } }])
  await vi.waitFor(async () => {
    expect((await hub.call('GET', `${path}/${id}`)).body).toMatchObject({
      connection: 'connected', figures: { consumed: 1, produced: 1 }, lastError: null,
      links: [{ direction: 'consume', topic: 'persistent://public/default/in', connected: true, error: null }, { direction: 'produce', topic: 'persistent://public/default/out', connected: true, error: null }],
    })
  }, patience)
  expect(await hub.call('DELETE', `${path}/${id}`)).toMatchObject({ status: 204 })
  await vi.waitFor(() => { expect(server.connections()).toBe(0) }, patience)
})

test('what is posted to the hub goes out, and large events go whole', async () => {
  await make({ produce: [{ types: ['invoice.*'], filter: '.data.total > 5', topic: 'out' }] })
  for (const total of [1, 7]) expect(await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: `i-${total}`, source: '/shop', type: 'invoice.sent', data: { total, text: 'x'.repeat(200_000) } })).toMatchObject({ status: 202 })
  await vi.waitFor(() => { expect(server.topic('persistent://public/default/out').length).toBe(1) }, patience)
  expect(JSON.parse(Buffer.from(server.topic('persistent://public/default/out')[0]!.payload, 'base64').toString())).toMatchObject({ id: 'i-7', data: { total: 7, text: 'x'.repeat(200_000) } })
})

test('what was read may be written back, and the token is neither shown nor lost', async () => {
  const made = await make({ authentication: { token: 'a-token-of-some-length' }, status: 'paused', consume: [{ topic: 'in' }], produce: [{ types: ['*'], topic: { jq: '.type' } }] })
  expect(made).toMatchObject({ hasToken: true, connection: 'paused' })
  const put = await hub.call('PUT', `${path}/${made.id}`, made)
  const { etag: _before, updatedAt: _at, ...same } = made
  expect(put).toMatchObject({ status: 200, body: same })
  const patched = await hub.call('PATCH', `${path}/${made.id}`, { name: 'renamed', consume: [] })
  expect(patched).toMatchObject({ status: 200, body: { name: 'renamed', hasToken: true, consume: [], produce: made['produce'], status: 'paused' } })
  const all = [made, put, patched, await hub.call('GET', path), await hub.call('GET', '/api/v1/audit'), await hub.call('GET', '/api/v1/credentials')]
  expect(JSON.stringify(all)).not.toContain('a-token-of-some-length')
  expect((await hub.call('GET', `/api/v1/audit?targetId=${made.id}`)).body.data).toMatchObject([{ action: 'pulsar_bridge.updated' }, { action: 'pulsar_bridge.updated' }, { action: 'pulsar_bridge.created', detail: { serviceUrl: server.url } }])
  expect(await hub.call('PATCH', `${path}/${made.id}`, { name: 'x' }, { headers: { 'if-match': '"1"' } })).toMatchObject({ status: 412 })
  expect((await hub.call('GET', `${path}?q=RENAM`)).body.data.length).toBe(1)
})

test.each([
  [{}, '/serviceUrl'], [{ serviceUrl: 'pulsar://broker:6650' }, '/serviceUrl'], [{ serviceUrl: 'ws://u:p@broker' }, '/serviceUrl'], [{ consume: [{ topic: '../x' }] }, '/consume/0/topic'],
  [{ consume: [{ topic: 'a', type: { jq: '(' } }] }, '/consume/0/type/jq'], [{ produce: [{ types: ['*'], topic: 'a', key: 'input' }] }, '/produce/0/key'], [{ authentication: { token: 'a\nb' } }, '/authentication/token'], [{ surprise: 1 }, '/surprise'],
])('%j is refused with its place: %s', async (body, pointer) => {
  const reply = await hub.call('POST', path, { name: 'b', ...pointer === '/serviceUrl' ? {} : { serviceUrl: server.url }, ...body })
  expect([400, 422]).toContain(reply.status)
  expect(reply.body.errors).toMatchObject([{ pointer }])
})

test('the example in docs/pulsar.md is one that a hub takes', async () => {
  const [, example] = /-d '([^']+)'/.exec(await readFile(new URL('../../../../docs/pulsar.md', import.meta.url), 'utf8')) ?? []
  const body = JSON.parse(example!) as { authentication: object }
  expect(await hub.call('POST', path, { ...body, authentication: { token: 'a-token' }, status: 'paused' })).toMatchObject({ status: 201, body: { name: 'orders', hasToken: true } })
})
