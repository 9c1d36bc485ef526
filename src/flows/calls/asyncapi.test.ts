import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { Aedes, type PublishPacket } from 'aedes'
import { connectAsync } from 'mqtt'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { openCalls, type CallsFixture } from './calls.fixture.ts'

let fixture: CallsFixture
let documents: Upstream
beforeAll(async () => {
  fixture = openCalls()
  documents = await startUpstream()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await documents.close()
})

const versions = {
  '3.0.0': (servers: Record<string, { host: string, protocol: string }>, bindings: object = {}) => ({
    asyncapi: '3.0.0', servers: Object.fromEntries(Object.entries(servers).map(([name, { host, protocol }]) => [name, { host, protocol, pathname: '/{stage}', variables: { stage: { default: 'live', enum: ['live', 'test'] } } }])),
    channels: { orders: { address: 'orders/{shop}', parameters: { shop: { default: 'main' } }, bindings } }, operations: { op: { action: 'send', channel: { $ref: '#/channels/orders' } } },
  }),
  '2.6.0': (servers: Record<string, { host: string, protocol: string }>, bindings: object = {}) => ({
    asyncapi: '2.6.0', servers: Object.fromEntries(Object.entries(servers).map(([name, { host, protocol }]) => [name, { url: `${protocol}://${host}/{stage}`, protocol, variables: { stage: { default: 'live', enum: ['live', 'test'] } } }])),
    channels: { 'orders/{shop}': { parameters: { shop: { schema: { type: 'string', default: 'main' } } }, bindings, publish: { operationId: 'op' } } },
  }),
}
const describing = (document: object): void => { documents.answer((_request, response) => { json(response, 200, document, { 'cache-control': 'no-store' }) }) }
const ask = (more: object, options?: object): Promise<unknown> => fixture.run('asyncapi', { document: { endpoint: documents.url }, operation: 'op', ...more }, options)

describe.each(Object.entries(versions))('a document of %s', (_version, documentOf) => {
  let upstream: Upstream
  beforeEach(async () => {
    upstream = await startUpstream()
    const { host } = new URL(upstream.url)
    describing(documentOf({ mail: { host, protocol: 'kafka' }, web: { host, protocol: 'http' } }))
  })
  afterEach(() => upstream.close())

  test("leads to the server of the protocol, with its variables and the channel's parameters", async () => {
    const message = { payload: { id: 1 }, headers: { 'x-more': 'yes' } }
    expect(await ask({ protocol: 'http', message })).toEqual(message)
    await ask({ server: { name: 'web', variables: { stage: 'test' } }, message, authentication: { bearer: { token: 'token-of-the-task' } } }, { input: { shop: 'a/b' } })
    expect(upstream.asked).toMatchObject([
      { method: 'POST', url: '/live/orders/main', body: '{"id":1}', headers: { 'x-more': 'yes', 'content-type': 'application/json' } },
      { url: '/test/orders/a%2Fb', headers: { authorization: 'Bearer token-of-the-task' } },
    ])
  })

  test.each([
    [{ protocol: 'http', operation: 'other', message: {} }, 'no operation other'], [{ message: {} }, 'kafka is not supported'], [{ protocol: 'ws', message: {} }, 'no server that speaks ws'],
    [{ server: { name: 'gone' }, message: {} }, 'no server gone'], [{ server: { name: 'web', variables: { stage: 'evil' } }, message: {} }, 'one of live, test'], [{ protocol: 'http' }, 'message or subscription'],
  ])('%j is a fault that says what is wrong', async (more, said) => {
    expect((await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', ...more })).detail).toContain(said)
    expect(upstream.asked).toEqual([])
  })

  test("a service's refusal is a communication fault", async () => {
    upstream.answer((_request, response) => { json(response, 422, { message: 'not so' }) })
    expect(await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', protocol: 'http', message: {} })).toMatchObject({ status: 422, detail: expect.stringContaining('not so') })
  })

  test.each([
    ['text/event-stream', 'event: order\nid: 7\ndata: {"id":1}\n\ndata: text\n\n', [{ payload: { id: 1 }, headers: { event: 'order', id: '7' } }, { payload: 'text', headers: { event: 'message' } }]],
    ['application/x-ndjson', '{"id":1}\n{"id":2}\n', [{ payload: { id: 1 } }, { payload: { id: 2 } }]],
    ['application/json', '{"id":1}', [{ payload: { id: 1 }, headers: { 'content-type': 'application/json' } }]],
  ])('a subscription over HTTP takes %s to its end', async (type, body, messages) => {
    upstream.answer((_request, response) => { response.writeHead(200, { 'content-type': type }).end(body) })
    expect(await ask({ protocol: 'http', subscription: { consume: { amount: 10 } } })).toEqual(messages)
  })
})

describe('over WebSocket', () => {
  let server: WebSocketServer
  let http: Server
  let received: string[]
  let requests: IncomingMessage[]
  let greet: (socket: WebSocket) => void
  beforeEach(async () => {
    [received, requests, greet] = [[], [], () => undefined]
    http = createHttpServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    server = new WebSocketServer({ server: http as never })
    server.on('connection', (socket, request) => {
      requests.push(request)
      socket.on('message', (data) => { received.push(String(data)) })
      greet(socket)
    })
    describing(versions['3.0.0']({ s: { host: `127.0.0.1:${(http.address() as AddressInfo).port}`, protocol: 'ws' } }))
  })
  afterEach(async () => {
    for (const client of server.clients) client.terminate()
    server.close()
    http.close()
    await once(http, 'close')
  })

  test('a message is sent, with its credential', async () => {
    await ask({ message: { payload: { id: 1 } }, authentication: { basic: { username: 'ada', password: 'pass-of-ada' } } })
    await expect.poll(() => received).toEqual(['{"id":1}'])
    expect(requests[0]).toMatchObject({ url: '/live/orders/main', headers: { authorization: expect.stringMatching(/^Basic /) } })
  })

  test('messages are filtered and consumed up to an amount', async () => {
    greet = (socket) => { for (let id = 0; id < 10; id += 1) socket.send(JSON.stringify({ id })) }
    expect(await ask({ subscription: { filter: '${ .payload.id % 2 == 1 }', consume: { amount: 3 } } })).toEqual([1, 3, 5].map((id) => ({ payload: { id } })))
  })

  test('messages are consumed while and until a condition holds', async () => {
    greet = (socket) => { for (let id = 0; id < 10; id += 1) socket.send(JSON.stringify({ id })) }
    expect(await ask({ subscription: { consume: { while: '${ .payload.id < 2 }' } } })).toEqual([0, 1].map((id) => ({ payload: { id } })))
    expect(await ask({ subscription: { consume: { until: '${ .payload.id == 2 }' } } })).toEqual([0, 1, 2].map((id) => ({ payload: { id } })))
  })

  test('consuming ends with its time, and what came until then is the output', async () => {
    greet = (socket) => { socket.send('{"id":1}') }
    expect(await ask({ subscription: { consume: { amount: 5, for: { milliseconds: 400 } } } })).toEqual([{ payload: { id: 1 } }])
  })

  test('each message goes through foreach, one after another', async () => {
    greet = (socket) => { for (let id = 0; id < 3; id += 1) socket.send(JSON.stringify({ id })) }
    let running = 0
    const each = async (item: unknown, index: number): Promise<unknown> => {
      expect(running += 1).toBe(1)
      await new Promise((resolve) => { setTimeout(resolve, 5) })
      running -= 1
      return [index, (item as { payload: { id: number } }).payload.id]
    }
    expect(await ask({ subscription: { consume: { amount: 3 }, foreach: { do: [] } } }, { each })).toEqual([[0, 0], [1, 1], [2, 2]])
  })

  test('a flood that nobody takes is a fault, not memory', async () => {
    greet = (socket) => { for (let id = 0; id < 5000; id += 1) socket.send('{}') }
    const each = async (_item: unknown, index: number): Promise<null> => {
      if (index === 0) await expect.poll(() => server.clients.size).toBe(0).catch(() => undefined)
      return null
    }
    expect(await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', subscription: { consume: { amount: 5000 }, foreach: {} } }, { each })).toMatchObject({ detail: expect.stringContaining('faster than they are taken') })
  })

  test('a task that is given up ends its connection', async () => {
    await expect(ask({ subscription: { consume: { amount: 1 } } }, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect.poll(() => server.clients.size).toBe(0)
  })

  test('a server that refuses the handshake is a communication fault with its status', async () => {
    server.close()
    http.removeAllListeners('upgrade')
    http.on('upgrade', (_request, socket) => { socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n') })
    expect(await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', message: {} })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 403 })
  })
})

describe('over MQTT', () => {
  let broker: Aedes
  let server: Server
  let published: PublishPacket[]
  beforeEach(async () => {
    broker = await Aedes.createBroker({ authenticate: (_client, username, password, done) => { done(null, username === undefined || String(password) === 'pass-of-ada') } })
    published = []
    broker.on('publish', (packet, client) => { if (client !== null) published.push(packet) })
    server = createServer(broker.handle as never).listen(0, '127.0.0.1')
    await once(server, 'listening')
    describing(versions['3.0.0']({ s: { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, protocol: 'mqtt' } }, { mqtt: { qos: 1 } }))
  })
  afterEach(async () => {
    await new Promise<void>((resolve) => { broker.close(() => { resolve() }) })
    server.close()
  })

  test('a message is published, with its credential', async () => {
    await ask({ message: { payload: { id: 1 } }, authentication: { basic: { username: 'ada', password: 'pass-of-ada' } } })
    expect(published).toMatchObject([{ topic: 'orders/main', qos: 1 }])
    expect(published[0]!.payload.toString()).toBe('{"id":1}')
  })

  test('messages are consumed', async () => {
    const subscribed = once(broker, 'subscribe')
    const running = ask({ subscription: { consume: { amount: 2 } } })
    await subscribed
    const sender = await connectAsync({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    for (const id of [1, 2]) await sender.publishAsync('orders/main', JSON.stringify({ id }), { qos: 1 })
    expect(await running).toMatchObject([{ payload: { id: 1 }, headers: { topic: 'orders/main' } }, { payload: { id: 2 } }])
    await sender.endAsync()
  })

  test('a credential that the broker refuses is a communication fault', async () => {
    expect(await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', message: {}, authentication: { basic: { username: 'ada', password: 'another' } } })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 401 })
  })

  test('a parameter cannot become a wildcard or another topic', async () => {
    for (const shop of ['#', '+', 'a/b']) expect((await fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation: 'op', subscription: { consume: { amount: 1 } } }, { input: { shop } })).detail).toContain('no wildcards')
  })
})
