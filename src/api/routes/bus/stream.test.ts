import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTwoHubs, withHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { expectStatus } from '../../../../test/service.ts'
import { openSocket, openStream } from './readers.fixture.ts'

type Body = any // eslint-disable-line typescript/no-explicit-any

let one: TestHub
let other: TestHub
let close: () => Promise<void>

beforeAll(async () => {
  const hubs = await openTwoHubs()
  ;({ one, other } = hubs)
  close = async () => {
    await hubs.close()
  }
})
afterAll(() => close())

const waiting = { timeout: 20_000, interval: 10 }
const bus = (hub: TestHub, path: string, body: object, key = hub.key): Promise<Reply<Body>> => hub.call('POST', `/api/v1/bus/${path}`, body, { key })
async function makeKey(scopes: string[]): Promise<{ id: string, key: string }> {
  return expectStatus(201, await one.call('POST', '/api/v1/keys', { name: 'k', role: 'developer', scopes })).body as { id: string, key: string }
}

describe('server-sent events', () => {
  test('come as they are committed by whatever process, and go on where a reader was', async () => {
    const stream = await openStream(one, 'types=sse.*,other')
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const ids: string[] = []
    for (const [at, hub] of [one, other, one, other].entries()) ids.push((await bus(hub, 'publish', { topic: `sse.${at}`, data: { at } })).body.id)
    await bus(one, 'publish', { topic: 'else' })
    await vi.waitFor(() => { expect(stream.records.map(({ id }) => id)).toEqual(ids) }, waiting)
    expect(stream.records[0]).toEqual({ ...(await one.call('GET', `/api/v1/events/${ids[0]}`)).body })
    stream.stop()
    const after = [await openStream(other, 'types=sse.*', { headers: { 'last-event-id': stream.ids[1]! } }), await openStream(one, `types=sse.*&after=${ids[1]}`), await openStream(one, 'types=sse.*&after=beginning')]
    for (const [at, each] of after.entries()) {
      await vi.waitFor(() => { expect(each.records.map(({ id }) => id)).toEqual(at === 2 ? ids : ids.slice(2)) }, waiting)
      each.stop()
    }
  })

  test('an event whose text has line breaks comes whole', async () => {
    const stream = await openStream(one, 'types=pretty')
    expectStatus(202, await one.call('POST', '/api/v1/events', JSON.stringify({ specversion: '1.0', id: 'pretty', source: '/s', type: 'pretty', data: { a: [1, 'b\r\nc'] } }, undefined, 2)))
    await vi.waitFor(() => { expect(stream.records).toMatchObject([{ id: 'pretty', data: { a: [1, 'b\r\nc'] } }]) }, waiting)
    stream.stop()
  })

  test('a large event comes without its data, and says where that is', async () => {
    const stream = await openStream(one, 'types=large')
    const { body: { id } } = await bus(one, 'publish', { topic: 'large', data: 'x'.repeat(100_000) })
    await vi.waitFor(() => { expect(stream.records).toMatchObject([{ id, dataRef: `/api/v1/events/${id}` }]) }, waiting)
    expect(stream.records[0]).not.toHaveProperty('data')
    stream.stop()
  })

  test('what cannot be followed is refused before it begins', async () => {
    for (const query of ['after=nonsense', `after=${crypto.randomUUID()}`]) expect(expectStatus(400, await one.call('GET', `/api/v1/bus/stream?${query}`)).body).toMatchObject({ code: 'invalid_cursor' })
    for (const query of ['typ=x', 'webhookSourceId=x']) expectStatus(400, await one.call('GET', `/api/v1/bus/stream?${query}`))
    expectStatus(403, await one.call('GET', '/api/v1/bus/stream', undefined, { key: (await makeKey(['events:write'])).key }))
  })

  test("another tenant's events do not come", async () => {
    const key = await one.addTenant('stream-other')
    const theirs = await openStream(one, 'after=beginning', { key })
    const { body: { id } } = await bus(one, 'publish', { topic: 'mine' })
    await bus(one, 'publish', { topic: 'theirs' }, key)
    await vi.waitFor(() => { expect(theirs.records.some(({ type }) => type === 'theirs')).toBe(true) }, waiting)
    expect(theirs.records.map((record) => record.id)).not.toContain(id)
    expect(expectStatus(400, await one.call('GET', `/api/v1/bus/stream?after=${id}`, undefined, { key })).body.code).toBe('invalid_cursor')
    theirs.stop()
  })

  test('a key that is revoked ends its streams, on every hub', async () => {
    const { id, key } = await makeKey(['events:read'])
    const stream = await openStream(other, '', { key })
    const socket = await openSocket(one, { key })
    socket.ws.send(JSON.stringify({ subscribe: ['*'] }))
    await vi.waitFor(() => { expect(socket.messages).toEqual([{ subscribed: ['*'] }]) }, waiting)
    expectStatus(204, await one.call('DELETE', `/api/v1/keys/${id}`))
    await stream.ended
    expect((await socket.closed).code).toBe(1008)
  })

  test('a hub that stops ends its streams and sockets cleanly, and waits for nobody who says nothing', () => withHub(async (hub) => {
    const stream = await openStream(hub, '')
    const socket = await openSocket(hub, { query: '?types=*' })
    const silent = connect(Number(new URL(hub.url).port), '127.0.0.1')
    const silentEnded = once(silent.resume(), 'close')
    await once(silent, 'connect')
    await hub.hub.close()
    await stream.ended
    expect((await socket.closed).code).toBe(1001)
    await silentEnded
  }))
})

describe('WebSocket', () => {
  test('who asks for notices is told what changed, without its content, and nobody of another tenant', async () => {
    const [mine, others] = [await openSocket(one), await openSocket(other, { key: await one.addTenant('unnoticed') })]
    for (const { ws } of [mine, others]) ws.send(JSON.stringify({ subscribe: ['nothing'], notices: true }))
    await vi.waitFor(() => { for (const { messages } of [mine, others]) expect(messages).toContainEqual({ subscribed: ['nothing'] }) }, waiting)
    const { id } = expectStatus(201, await other.call('POST', '/api/v1/integrations?test=false', { name: 'noticed', connector: 'http', connection: { endpoint: 'http://127.0.0.1:1' } })).body as { id: string }
    // It fails, and is recorded all the same.
    await other.call('POST', `/api/v1/integrations/${id}/run`, { operation: 'get', input: { url: '/' } })
    expectStatus(200, await other.call('PATCH', `/api/v1/integrations/${id}`, { description: 'changed' }))
    await vi.waitFor(() => { expect(new Set(mine.messages.flatMap(({ notice }) => notice ?? []))).toEqual(new Set(['executions', 'integrations'])) }, waiting)
    expect(others.messages.filter(({ notice }) => notice !== undefined)).toEqual([])
    for (const { ws } of [mine, others]) ws.close()
  })

  test('a run of a flow is told of as it begins, waits and ends, whichever process has it, and nobody of another tenant', async () => {
    const [mine, theirs] = [await openSocket(one), await openSocket(one, { key: await one.addTenant('unaware') })]
    for (const { ws } of [mine, theirs]) ws.send(JSON.stringify({ subscribe: ['nothing'], notices: true }))
    await vi.waitFor(() => { for (const { messages } of [mine, theirs]) expect(messages).toContainEqual({ subscribed: ['nothing'] }) }, waiting)
    const told = (topic: string): number => mine.messages.filter(({ notice }) => notice?.includes(topic)).length
    expectStatus(201, await other.call('POST', '/api/v1/flows', { document: { dsl: '1.0.3', namespace: 'default', name: 'told', version: '1.0.0' }, do: [{ pause: { wait: { hours: 1 } } }] }))
    await vi.waitFor(() => { expect(told('flows')).toBe(1) }, waiting)
    const { id } = expectStatus(202, await other.call('POST', '/api/v1/flows/told/runs', { input: {} })).body as { id: string }
    const status = async (): Promise<string> => (await one.call('GET', `/api/v1/runs/${id}`)).body.status
    await vi.waitFor(async () => { expect(await status()).toBe('waiting') }, waiting)
    await vi.waitFor(() => { expect(told('runs')).toBeGreaterThan(0) }, waiting)
    await pause(500)
    const before = told('runs')
    expectStatus(202, await one.call('POST', `/api/v1/runs/${id}/cancel`))
    await vi.waitFor(async () => { expect(await status()).toBe('cancelled') }, waiting)
    await vi.waitFor(() => { expect(told('runs')).toBeGreaterThan(before) }, waiting)
    expect(theirs.messages.filter(({ notice }) => notice !== undefined)).toEqual([])
    for (const { ws } of [mine, theirs]) ws.close()
  })

  test('subscribes, changes its mind, and goes on where it was', async () => {
    const socket = await openSocket(other)
    socket.ws.send(JSON.stringify({ subscribe: ['ws.a'] }))
    await vi.waitFor(() => { expect(socket.messages).toEqual([{ subscribed: ['ws.a'] }]) }, waiting)
    const [a, b] = [(await bus(one, 'publish', { topic: 'ws.a', data: { n: 1 } })).body.id, (await bus(one, 'publish', { topic: 'ws.b' })).body.id]
    await vi.waitFor(() => { expect(socket.records()).toMatchObject([{ id: a, data: { n: 1 } }]) }, waiting)
    socket.ws.send(JSON.stringify({ subscribe: ['ws.*'] }))
    // From behind what it saw last: the other was published since.
    await vi.waitFor(() => { expect(socket.records().map(({ id }) => id)).toEqual([a, b]) }, waiting)
    const { cursor } = socket.messages.find(({ event }) => event?.id === a)
    socket.ws.close()
    await socket.closed
    const again = await openSocket(one, { query: `?types=ws.*&after=${cursor}` })
    await vi.waitFor(() => { expect(again.records().map(({ id }) => id)).toEqual([b]) }, waiting)
    again.ws.close()
  })

  test('takes the key as a subprotocol, since browsers have no headers', async () => {
    const alone = await openSocket(one, { key: null, protocols: [`bearer.${one.key}`], query: '?types=x' })
    expect(alone.ws.protocol).toBe(`bearer.${one.key}`)
    const named = await openSocket(one, { key: null, protocols: ['interchange.events', `bearer.${one.key}`] })
    expect(named.ws.protocol).toBe('interchange.events')
    for (const { ws, closed } of [alone, named]) {
      ws.close()
      await closed
    }
  })

  test('without a good key, scope or query it does not open', async () => {
    const refusal = async (options: Parameters<typeof openSocket>[1]): Promise<unknown> => openSocket(one, options).then(() => 'open', ({ message }: Error) => message)
    expect(await refusal({ key: null })).toMatch('401')
    expect(await refusal({ key: 'wrong' })).toMatch('401')
    expect(await refusal({ key: null, protocols: ['bearer.wrong'] })).toMatch('401')
    expect(await refusal({ key: (await makeKey(['events:write'])).key })).toMatch('403')
    expect(await refusal({ query: '?typ=x' })).toMatch('400')
  })

  test.each([['{', 'malformed_json'], ['{"subscribe":[]}', 'invalid_input'], ['{"subscribe":["*"],"after":"x"}', 'invalid_cursor'], [Buffer.from('x'), 'invalid_request']])('what it does not understand, %s, is told, and ends it', async (message, code) => {
    const { ws, messages, closed } = await openSocket(one)
    ws.send(message)
    expect((await closed).code).toBe(1008)
    expect(messages).toMatchObject([{ error: { code } }])
  })

  test('a message beyond bounds ends it', async () => {
    const { ws, closed } = await openSocket(one)
    ws.send('x'.repeat(100_000))
    expect((await closed).code).toBe(1009)
  })

  test('other upgrades are answered as if nobody had asked for them', async () => {
    const ask = (path: string, upgrade: string): Promise<string> => new Promise((resolve) => {
      let text = ''
      const socket = connect(Number(new URL(one.url).port), '127.0.0.1', () => { socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${one.key}\r\nConnection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n\r\n`) })
      socket.on('data', (bytes) => { text += String(bytes) }).on('close', () => { resolve(text.slice(0, 12)) })
    })
    expect(await ask('/healthz', 'h2c')).toBe('HTTP/1.1 200')
    expect(await ask('/healthz', 'websocket')).toBe('HTTP/1.1 200')
    expect(await ask('/nothing', 'websocket')).toBe('HTTP/1.1 404')
    expect(await ask('/api/v1/bus/stream', 'websocket')).toBe('HTTP/1.1 400')
  })
})
