/** AsyncAPI calls over AMQP 0-9-1 against a real RabbitMQ. `engines.sh install rabbitmq` brings it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connect, type Channel, type ChannelModel } from 'amqplib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openCalls, type CallsFixture } from '../../src/flows/calls/calls.fixture.ts'
import { closedPort } from '../../src/lib/http/test-upstream.ts'
import { json, startUpstream, type Upstream } from '../upstream.ts'
import { answering } from './answering.ts'

const script = fileURLToPath(new URL('engines.sh', import.meta.url))
const isReady = spawnSync('bash', [script, 'ready', 'rabbitmq']).status === 0
const account = { basic: { username: 'ada', password: 'pass-of-ada' } }
const patience = { timeout: 20_000, interval: 50 }

describe.skipIf(!isReady)('with a real RabbitMQ', () => {
  let broker: ChildProcess
  let fixture: CallsFixture
  let documents: Upstream
  let own: ChannelModel
  let channel: Channel
  beforeAll(async () => {
    const [port, names, nodes] = [await closedPort(), await closedPort(), await closedPort()]
    broker = spawn('bash', [script, 'start', 'rabbitmq'], { env: { ...process.env, AMQP_PORT: String(port), EPMD_PORT: String(names), DIST_PORT: String(nodes) }, stdio: 'ignore' })
    await answering(port)
    fixture = openCalls()
    documents = await startUpstream()
    const routed = (exchange: string): object => ({ amqp: { is: 'routingKey', exchange: { name: exchange } } })
    documents.answer((_request, response) => {
      json(response, 200, {
        asyncapi: '3.0.0', servers: { rabbit: { host: `127.0.0.1:${port}`, protocol: 'amqp' }, elsewhere: { host: `127.0.0.1:${port}`, protocol: 'amqp', pathname: '/nowhere' } },
        channels: { queue: { address: 'orders' }, none: { address: 'nobody' }, topic: { address: 'orders.*', bindings: routed('shop') }, key: { address: 'orders.new', bindings: routed('shop') } },
        operations: Object.fromEntries(['queue', 'none', 'topic', 'key'].map((name) => [name, { channel: { $ref: `#/channels/${name}` } }])),
      })
    })
    own = await connect({ hostname: '127.0.0.1', port, username: 'ada', password: 'pass-of-ada' })
    channel = await own.createChannel()
    await channel.assertQueue('orders')
    await channel.assertExchange('shop', 'topic')
  })
  afterAll(async () => {
    await own.close()
    broker.kill('SIGTERM')
    await once(broker, 'exit')
    await fixture[Symbol.asyncDispose]()
    await documents.close()
  })

  const ask = (operation: string, more: object): Promise<unknown> => fixture.run('asyncapi', { document: { endpoint: documents.url }, operation, authentication: account, server: { name: 'rabbit' }, ...more })
  const faultOf = (operation: string, more: object): ReturnType<CallsFixture['faultOf']> => fixture.faultOf('asyncapi', { document: { endpoint: documents.url }, operation, authentication: account, server: { name: 'rabbit' }, ...more })

  test('a queue holds what is published, confirmed, until it is consumed; what a subscription does not take stays there', async () => {
    for (const id of [1, 2, 3]) expect(await ask('queue', { message: { payload: { id }, headers: { 'x-more': 'yes' } } })).toMatchObject({ payload: { id } })
    expect(await ask('queue', { subscription: { consume: { amount: 2 } } })).toEqual([1, 2].map((id) => ({ payload: { id }, headers: { routingKey: 'orders', 'x-more': 'yes' } })))
    await vi.waitFor(async () => { expect((await channel.checkQueue('orders')).messageCount).toBe(1) }, patience)
    expect(await ask('queue', { subscription: { consume: { amount: 1 } } })).toMatchObject([{ payload: { id: 3 } }])
  })

  test('what others send comes with its correlation, text as text and bytes as base64', async () => {
    channel.sendToQueue('orders', Buffer.from('{"id":4}'), { contentType: 'application/json', correlationId: 'c4', headers: { at: 'night' } })
    channel.sendToQueue('orders', Buffer.from('plain'), { contentType: 'text/plain' })
    expect(await ask('queue', { subscription: { consume: { amount: 2 } } })).toMatchObject([{ payload: { id: 4 }, correlationId: 'c4', headers: { at: 'night' } }, { payload: 'plain' }])
  })

  test('a routing key of an exchange reaches who is bound to it', async () => {
    const consumed = ask('topic', { subscription: { consume: { amount: 1, for: { seconds: 60 } } } })
    // Until its queue is bound nobody would get it, which is told to the sender.
    await vi.waitFor(async () => { await ask('key', { message: { payload: { id: 5 } } }) }, patience)
    expect(await consumed).toMatchObject([{ payload: { id: 5 }, headers: { routingKey: 'orders.new' } }])
  })

  test('a message that nobody gets, a queue that is not there, a wrong password and a host that is none of the account are faults', async () => {
    expect(await faultOf('none', { message: {} })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 404, detail: expect.stringContaining('no queue for nobody') })
    expect(await faultOf('none', { subscription: { consume: { amount: 1 } } })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 404 })
    expect(await faultOf('queue', { message: {}, authentication: { basic: { username: 'ada', password: 'another' } } })).toMatchObject({ type: expect.stringMatching(/communication$/), status: 401 })
    expect(await faultOf('queue', { message: {}, server: { name: 'elsewhere' } })).toMatchObject({ type: expect.stringMatching(/communication$/) })
  })

  test('a queue that is deleted under a subscription ends it with a fault, instead of leaving it to wait', async () => {
    const fault = faultOf('queue', { subscription: { consume: { amount: 10, for: { seconds: 60 } } } })
    await vi.waitFor(async () => { expect((await channel.checkQueue('orders')).consumerCount).toBe(1) }, patience)
    await channel.deleteQueue('orders')
    expect(await fault).toMatchObject({ type: expect.stringMatching(/communication$/), status: 502 })
    await channel.assertQueue('orders')
  })
})
