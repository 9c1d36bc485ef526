/** Bridges to a real Pulsar broker. What a broker does not do when it is asked to is tested in src/events/pulsar/ with one that does. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPulsarArea, type PulsarArea } from '../../src/events/pulsar/area.fixture.ts'
import type { BridgeInput, ShownBridge } from '../../src/events/pulsar/bridges.ts'
import type { Caller } from '../../src/tenants/caller.ts'
import { withClient } from '../everything.ts'
import { createTestDatabase, type TestDatabase } from '../postgres.ts'
import { isPulsarReady, signedToken, startBroker, type Broker, type TopicMessage } from './pulsar-broker.ts'

const patience = { timeout: 60_000, interval: 100 }

describe.skipIf(!isPulsarReady())('with a real broker', () => {
  let broker: Broker
  let testDatabase: TestDatabase
  let folder: string
  let area: PulsarArea
  let caller: Caller
  let processes: ChildProcess[]
  let tests = 0

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    folder = await mkdtemp(path.join(tmpdir(), 'interchange-pulsar-'))
    area = await openPulsarArea(testDatabase.connectionString, folder)
    broker = await startBroker()
  })
  afterAll(async () => {
    await broker?.close()
    await area?.close()
    await testDatabase?.drop()
    if (folder !== undefined) await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    caller = await area.addTenant()
    processes = []
    tests += 1
  })
  afterEach(async () => {
    for (const { id } of (await area.bridges.list(caller, { limit: 100 })).data) await area.bridges.remove(caller, id)
    await Promise.all(processes.map((each) => end(each, 'SIGTERM')))
  })

  const topic = (name: string): string => `${name}-${tests}`
  const whole = (name: string): string => `persistent://public/default/${topic(name)}`
  const bridge = (input: Partial<BridgeInput>): Promise<ShownBridge> => area.bridges.create(caller, { name: 'b', serviceUrl: broker.serviceUrl, authentication: { token: broker.token }, ...input })
  const stateOf = async ({ id }: ShownBridge): Promise<ShownBridge['state']> => (await area.bridges.find(caller, id)).state
  const eventually = (look: () => Promise<void>): Promise<void> => vi.waitFor(look, patience)
  const ids = async (): Promise<string[]> => (await area.events(caller.tenantId)).map(({ id }) => id).sort()
  const numbered = (from: number, count: number): { payload: string, key: string }[] => Array.from({ length: count }, (_, at) => ({ key: `k${(from + at) % 5}`, payload: JSON.stringify({ specversion: '1.0', id: `e${from + at}`, source: '/outside', type: 'numbered', data: { n: from + at } }) }))
  const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, at) => `e${at}`).sort()

  /** A process that runs the bridges, and can be killed. */
  async function start(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/events/pulsar/area.fixture.ts'), testDatabase.connectionString, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    processes.push(child)
    await Promise.race([once(child.stdout!, 'data'), once(child, 'exit').then(() => { throw new Error('The process ended.') })])
    return child
  }
  const subscribed = (name: string): Promise<void> => eventually(async () => { expect(await broker.backlog(topic(name), 'interchange')).toBeDefined() })
  const isThrough = (name: string): Promise<void> => eventually(async () => { expect(await broker.backlog(topic(name), 'interchange')).toBe(0) })

  test('a message becomes an event, and the event a message in another topic, as the same CloudEvent', async () => {
    const row = await bridge({ consume: [{ topic: topic('in') }], produce: [{ types: ['order.*'], topic: topic('out'), key: '.data.customer' }] })
    await start()
    await subscribed('in')
    const event = { specversion: '1.0', id: 'o-1', source: '/shop', type: 'order.paid', time: '2026-05-01T10:00:00Z', data: { customer: 'c-1', total: 7 } }
    await broker.send(topic('in'), [{ payload: JSON.stringify(event), properties: { 'content-type': 'application/cloudevents+json' } }, { payload: 'plain', key: 'k', properties: { p: 'x' } }])
    await eventually(async () => { expect(await broker.read(topic('out'))).toMatchObject([{ key: 'c-1', properties: { ce_id: 'o-1', ce_type: 'order.paid', interchange_event: expect.any(String), interchange_sequence: expect.any(String) } }]) })
    const [message] = await broker.read(topic('out'))
    const origin = `${broker.serviceUrl}/persistent/public/default/${topic('in')}`
    expect(JSON.parse(message!.payload)).toEqual({ ...event, pulsartopic: origin })
    const stored = await area.events(caller.tenantId)
    expect(stored).toContainEqual({ ...event, pulsartopic: origin })
    expect(stored).toContainEqual(expect.objectContaining({ type: 'pulsar.message', source: whole('in'), subject: 'k', data: 'plain', datacontenttype: 'text/plain' }))
    await isThrough('in')
    await eventually(async () => { expect(await stateOf(row)).toMatchObject({ isHeld: true, lastError: null, counters: { consumed: 2, produced: 1, repeated: 0, failed: 0 } }) })
  })

  test('a token that the broker does not know is refused, and told; the right one mends it', async () => {
    const row = await bridge({ authentication: { token: signedToken(randomBytes(32), 'admin') }, consume: [{ topic: topic('in') }] })
    await start()
    await eventually(async () => { expect((await stateOf(row)).links).toMatchObject([{ connected: false, error: expect.stringContaining('401') }]) })
    await area.bridges.patch(caller, row.id, { authentication: { token: broker.token } }, { ifMatch: undefined })
    await subscribed('in')
    await eventually(async () => { expect((await stateOf(row)).links).toMatchObject([{ connected: true, error: null }]) })
  })

  test('killed before the commit, nothing is acknowledged; after the next start each message is an event, once', async () => {
    await bridge({ consume: [{ topic: topic('in') }] })
    const first = await start()
    await subscribed('in')
    await withClient(testDatabase.connectionString, async (client) => {
      await client.query('begin')
      await client.query('lock table events in exclusive mode')
      await broker.send(topic('in'), numbered(0, 20))
      await eventually(async () => {
        const { rows } = await area.database.owner.query<{ n: number }>("select count(*)::int as n from pg_locks where not granted and relation = 'events'::regclass")
        expect(rows[0]!.n).toBeGreaterThan(0)
      })
      expect(await broker.backlog(topic('in'), 'interchange')).toBe(20)
      await end(first, 'SIGKILL')
      await client.query('commit')
    })
    await start()
    await isThrough('in')
    expect(await ids()).toEqual(idsUpTo(20))
  })

  test('killed after the commit and before the acknowledgement, each message is still one event', async () => {
    const line = await holdableLine(broker.serviceUrl)
    const row = await bridge({ serviceUrl: line.url, consume: [{ topic: topic('in'), type: { jq: '"kept"' } }] })
    const first = await start()
    await subscribed('in')
    line.hold()
    // Half of them CloudEvents, known by their own ids, half known by Pulsar's.
    await broker.send(topic('in'), [...numbered(0, 10), ...Array.from({ length: 10 }, (_, n) => ({ payload: `plain ${n}` }))])
    await eventually(async () => { expect((await ids()).length).toBe(20) })
    expect(await broker.backlog(topic('in'), 'interchange')).toBe(20)
    await end(first, 'SIGKILL')
    line.resume()
    await start()
    await isThrough('in')
    expect((await ids()).length).toBe(20)
    await eventually(async () => { expect((await stateOf(row)).counters.repeated).toBe(20) })
    await line.close()
  })

  test('what cannot be made an event goes to the dead letter topic after its redeliveries, also where it is too large to be sent there by us', async () => {
    const row = await bridge({ consume: [{ topic: topic('in'), type: { jq: '.data.kind' }, maxRedeliveries: 2, redeliveryDelay: 100 }] })
    await start()
    await subscribed('in')
    // It just fits into the 1 MiB that a frame may have; with the reason beside it, it doesn't.
    const large = JSON.stringify({ no: 'x'.repeat(786_380) })
    await broker.send(topic('in'), [{ payload: '{"kind":"good"}' }, { payload: '{"no":"kind"}', key: 'k', properties: { p: 'x' } }, { payload: large }])
    await isThrough('in')
    expect((await area.events(caller.tenantId)).map(({ type }) => type)).toEqual(['good'])
    let dead: TopicMessage[] = []
    await eventually(async () => {
      dead = await broker.read(topic('in').concat('-interchange-DLQ'))
      // One that was not acknowledged in time comes once more.
      expect(new Set(dead.map(({ payload }) => payload)).size).toBe(2)
    })
    const small = dead.find(({ key }) => key === 'k')
    expect(small).toMatchObject({ payload: '{"no":"kind"}', properties: { p: 'x', REAL_TOPIC: whole('in'), interchange_reason: 'The jq program for `type` gave null, and not a text.', interchange_redeliveries: '2' } })
    expect(dead.find(({ key }) => key !== 'k')!.payload).toBe(large)
    await eventually(async () => { expect((await stateOf(row)).counters).toMatchObject({ consumed: 1, deadLettered: 1 }) })
  })

  test('an event that is too large for the broker is told, and those around it arrive', async () => {
    const row = await bridge({ produce: [{ types: ['*'], topic: topic('out') }] })
    await start()
    for (const data of ['before', 'x'.repeat(900_000), 'after']) await area.publish(caller.tenantId, { data })
    await eventually(async () => { expect((await broker.read(topic('out'))).map(({ payload }) => (JSON.parse(payload) as { data: string }).data)).toEqual(expect.arrayContaining(['before', 'after'])) })
    await eventually(async () => { expect(await stateOf(row)).toMatchObject({ counters: { produced: 2, failed: 1 }, lastError: expect.stringContaining('too large') }) })
  })

  /** What a receiver sees that drops repeats by the event's id: the numbers of each key, in the order of the topic. */
  const withoutRepeats = (messages: TopicMessage[]): Record<string, number[]> => {
    const seen = new Set<string>()
    const numbers: Record<string, number[]> = {}
    for (const { payload, key = '', properties } of messages) {
      if (seen.has(properties['interchange_event']!)) continue
      seen.add(properties['interchange_event']!)
      const { data } = JSON.parse(payload) as { data: { n: number } }
      ;(numbers[key] ??= []).push(data.n)
    }
    return numbers
  }
  const inOrder = (count: number): Record<string, number[]> => Object.fromEntries(Array.from({ length: 5 }, (_, key) => [`k${key}`, Array.from({ length: count }, (_, n) => n).filter((n) => n % 5 === key)]))

  test('the hub is killed again and again: nothing is lost either way, and each key keeps its order', async () => {
    await bridge({ consume: [{ topic: topic('in') }], produce: [{ types: ['numbered'], topic: topic('out'), key: '"k\\(.data.n % 5)"' }] })
    let running = await start()
    await subscribed('in')
    for (let round = 0; round < 4; round += 1) {
      const sent = broker.send(topic('in'), numbered(round * 100, 100))
      await eventually(async () => { expect((await ids()).length).toBeGreaterThan(round * 100 + 20) })
      await end(running, 'SIGKILL')
      running = await start()
      await sent
    }
    await isThrough('in')
    expect(await ids()).toEqual(idsUpTo(400))
    await eventually(async () => { expect(new Set((await broker.read(topic('out'))).map(({ properties }) => properties['ce_id'])).size).toBe(400) })
    const order = (await area.events(caller.tenantId)).map(({ data }) => (data as { n: number }).n)
    const expected = Object.fromEntries(Object.keys(inOrder(1)).map((key) => [key, order.filter((n) => `k${n % 5}` === key)]))
    expect(withoutRepeats(await broker.read(topic('out')))).toEqual(expected)
  })

  test('the broker is stopped and started: the bridge goes on by itself, in order, and nothing is lost', async () => {
    const row = await bridge({ consume: [{ topic: topic('in') }], produce: [{ types: ['published'], topic: topic('out'), key: '"k\\(.data.n % 5)"' }] })
    await start()
    await subscribed('in')
    let published = 0
    const publish = async (count: number): Promise<void> => {
      for (const until = published + count; published < until; published += 1) await area.publish(caller.tenantId, { type: 'published', data: { n: published } })
    }
    await broker.send(topic('in'), numbered(0, 50))
    await publish(100)
    const restarted = broker.restart()
    await publish(100)
    await eventually(async () => { expect((await stateOf(row)).links.some(({ connected }) => !connected)).toBe(true) })
    await restarted
    await broker.send(topic('in'), numbered(50, 50))
    await publish(50)
    await isThrough('in')
    expect((await area.events(caller.tenantId)).filter(({ type }) => type === 'numbered').map(({ id }) => id).sort()).toEqual(idsUpTo(100))
    await eventually(async () => { expect(withoutRepeats(await broker.read(topic('out')))).toEqual(inOrder(250)) })
    await eventually(async () => { expect((await stateOf(row)).links.filter(({ connected }) => connected).length).toBe(2) })
  })
})

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** A line to the broker on which, while it is held, nothing gets there; what comes from there passes. */
async function holdableLine(serviceUrl: string): Promise<{ url: string, hold(): void, resume(): void, close(): Promise<void> }> {
  const { hostname, port } = new URL(serviceUrl)
  const sockets = new Set<Socket>()
  let isHeld = false
  const server = createServer((socket) => {
    const out = connect(Number(port), hostname)
    sockets.add(socket)
    socket.on('data', (chunk) => { if (!isHeld) out.write(chunk) })
    out.on('data', (chunk) => { socket.write(chunk) })
    for (const [from, to] of [[socket, out], [out, socket]] as const) from.on('error', () => undefined).on('close', () => { to.destroy(); sockets.delete(socket) })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() { isHeld = true },
    resume() { isHeld = false },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
