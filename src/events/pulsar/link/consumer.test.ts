import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAddressGuard } from '../../../lib/http/address-guard.ts'
import { startPulsarServer, type PulsarServer } from '../pulsar-server.fixture.ts'
import { Consumer, type ConsumerOptions, type IncomingMessage, type Verdict } from './consumer.ts'
import { openSocket } from '../../../lib/http/socket.ts'

const TOPIC = 'persistent://public/default/in'
const timings = { connectMs: 10_000, firstRetryMs: 5, maxRetryMs: 50, heartbeatMs: 60_000, acknowledgeMs: 60_000 }
const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8'] })

let server: PulsarServer
let consumer: Consumer | undefined
beforeEach(async () => { server = await startPulsarServer() })
afterEach(async () => {
  await consumer?.end(0)
  await server.close()
})

async function open(handle: ConsumerOptions['handle'], { queue = 100, heartbeatMs = 60_000 } = {}): Promise<void> {
  const url = new URL(`${server.url}/ws/v2/consumer/persistent/public/default/in/s?receiverQueueSize=${queue}`)
  consumer = new Consumer({ timings: { ...timings, heartbeatMs }, connect: async () => openSocket(guard, { url, headers: {} }), changed: () => undefined, handle })
  await vi.waitFor(() => { expect(server.connections()).toBe(1) })
}

const add = (text: string, key?: string): string => server.add(TOPIC, { payload: Buffer.from(text).toString('base64'), ...key !== undefined && { key } })
const textOf = ({ payload }: Pick<IncomingMessage, 'payload'>): string => Buffer.from(payload, 'base64').toString()
const acknowledged = (): string[] => server.acknowledged(`${TOPIC}/s`)

test('a message is acknowledged once its handler says so, and not before', async () => {
  const gate = Promise.withResolvers<Verdict>()
  const seen: IncomingMessage[] = []
  await open((message) => {
    seen.push(message)
    return gate.promise
  })
  const id = add('hello', 'k')
  await vi.waitFor(() => { expect(seen).toMatchObject([{ messageId: id, key: 'k', redeliveryCount: 0, publishTime: expect.any(String) }]) })
  expect(acknowledged()).toEqual([])
  gate.resolve('acknowledge')
  await vi.waitFor(() => { expect(acknowledged()).toEqual([id]) })
})

test('what is handed back comes again, counted', async () => {
  const counts: number[] = []
  await open(async ({ redeliveryCount }) => {
    counts.push(redeliveryCount)
    return redeliveryCount < 2 ? 'redeliver' : 'acknowledge'
  })
  add('hello')
  await vi.waitFor(() => { expect(acknowledged().length).toBe(1) })
  expect(counts).toEqual([0, 1, 2])
})

test('what was under way when the connection broke comes again, and only the second verdict counts', async () => {
  const gates: PromiseWithResolvers<Verdict>[] = []
  await open(() => {
    const gate = Promise.withResolvers<Verdict>()
    gates.push(gate)
    return gate.promise
  })
  const id = add('hello')
  await vi.waitFor(() => { expect(gates.length).toBe(1) })
  server.breakAll()
  await vi.waitFor(() => { expect(gates.length).toBe(2) })
  gates[0]!.resolve('acknowledge')
  await new Promise(setImmediate)
  expect(acknowledged()).toEqual([])
  gates[1]!.resolve('acknowledge')
  await vi.waitFor(() => { expect(acknowledged()).toEqual([id]) })
})

test('no more messages are held than the queue allows', async () => {
  let held = 0
  const gate = Promise.withResolvers<Verdict>()
  await open(() => {
    held += 1
    return gate.promise
  }, { queue: 3 })
  for (let at = 0; at < 10; at += 1) add(String(at))
  await vi.waitFor(() => { expect(held).toBe(3) })
  gate.resolve('acknowledge')
  await vi.waitFor(() => { expect(acknowledged().length).toBe(10) })
})

test('messages with the same key are handled one after another, others side by side', async () => {
  const order: string[] = []
  const first = Promise.withResolvers<Verdict>()
  await open(async (message) => {
    order.push(textOf(message))
    return textOf(message) === 'a1' ? first.promise : 'acknowledge'
  })
  for (const [text, key] of [['a1', 'a'], ['a2', 'a'], ['b1', 'b'], ['free', undefined], ['a3', 'a']] as const) add(text, key)
  await vi.waitFor(() => { expect(acknowledged().length).toBe(2) })
  expect(order).toEqual(['a1', 'b1', 'free'])
  first.resolve('acknowledge')
  await vi.waitFor(() => { expect(acknowledged().length).toBe(5) })
  expect(order.filter((each) => each.startsWith('a'))).toEqual(['a1', 'a2', 'a3'])
})

test('large messages are left in the network while others of them are handled', async () => {
  const gates: PromiseWithResolvers<Verdict>[] = []
  await open(() => {
    const gate = Promise.withResolvers<Verdict>()
    gates.push(gate)
    return gate.promise
  }, { heartbeatMs: 20 })
  for (let at = 0; at < 30; at += 1) add('x'.repeat(2 * 1024 * 1024))
  await vi.waitFor(() => { expect(gates.length).toBeGreaterThan(4) })
  const held = gates.length
  // Nothing is read, so that no heartbeat is answered either: that must not look like a broker that is gone.
  await new Promise((resolve) => { setTimeout(resolve, 100) })
  expect(gates.length).toBeLessThan(12)
  expect(gates.length).toBeGreaterThanOrEqual(held)
  expect(server.asked.length).toBe(1)
  let answered = 0
  await vi.waitFor(() => {
    for (; answered < gates.length; answered += 1) gates[answered]!.resolve('acknowledge')
    expect(acknowledged().length).toBe(30)
  }, { timeout: 30_000 })
})

test('at the end, what is nearly done is still acknowledged', async () => {
  const gate = Promise.withResolvers<Verdict>()
  let isHandled = false
  await open(() => {
    isHandled = true
    return gate.promise
  })
  const id = add('hello')
  await vi.waitFor(() => { expect(isHandled).toBe(true) })
  const ended = consumer!.end(10_000)
  gate.resolve('acknowledge')
  await ended
  await vi.waitFor(() => { expect(acknowledged()).toEqual([id]) })
  await vi.waitFor(() => { expect(server.connections()).toBe(0) })
})
