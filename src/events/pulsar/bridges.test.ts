import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { withClient } from '../../../test/everything.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import type { Caller } from '../../tenants/caller.ts'
import { openPulsarArea, type PulsarArea } from './area.fixture.ts'
import type { BridgeInput, ShownBridge } from './bridges.ts'
import { startPulsarServer, type PulsarServer } from './pulsar-server.fixture.ts'

let testDatabase: TestDatabase
let folder: string
let area: PulsarArea
let server: PulsarServer
let caller: Caller
let made: ShownBridge[]

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'interchange-pulsar-'))
  area = await openPulsarArea(testDatabase.connectionString, folder)
  area.run({ leaseSeconds: 5 })
})
afterAll(async () => {
  await area.close()
  await testDatabase.drop()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  server = await startPulsarServer()
  caller = await area.addTenant()
  made = []
})
afterEach(async () => {
  for (const { id } of made) await area.bridges.remove(caller, id)
  await vi.waitFor(() => { expect(server.connections()).toBe(0) }, patience)
  await server.close()
  expect(area.errors).toEqual([])
})

const patience = { timeout: 50_000, interval: 20 }
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')
const whole = (topic: string): string => `persistent://public/default/${topic}`

async function bridge(input: Partial<BridgeInput>): Promise<ShownBridge> {
  const row = await area.bridges.create(caller, { name: 'b', serviceUrl: server.url, ...input })
  made.push(row)
  return row
}

const show = (row: ShownBridge): Promise<ShownBridge> => area.bridges.find(caller, row.id)
const types = async (): Promise<string[]> => (await area.events(caller.tenantId)).map(({ type }) => type)
/** What a topic holds, without repeats: a message may be sent twice when its acknowledgement is lost or late. */
function messages(topic: string): ReturnType<PulsarServer['topic']> {
  const seen = new Set<unknown>()
  return server.topic(whole(topic)).filter((each) => {
    const event = each.properties['interchange_event'] ?? each
    return !seen.has(event) && seen.add(event)
  })
}
/** Bodies of them. */
const sentTo = (topic: string): unknown[] => messages(topic).map(({ payload }) => JSON.parse(Buffer.from(payload, 'base64').toString()))
/** Until a bridge listens: a new subscription begins with what comes then. */
const subscribed = (topic: string): Promise<void> => vi.waitFor(() => { expect(server.asked.some(({ url }) => url.includes(`/consumer/persistent/public/default/${topic}/`))).toBe(true) }, patience)

describe('settings', () => {
  const refused = (input: object, pointer: string) => expect(bridge(input)).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer }] })

  test('are checked, and a mistake is told with its place', async () => {
    await refused({ serviceUrl: 'pulsar://broker:6650' }, '/serviceUrl')
    await refused({ consume: [{ topic: 'a/../b' }] }, '/consume/0/topic')
    await refused({ consume: [{ topic: 'a', subscription: 'b/c' }] }, '/consume/0/subscription')
    await refused({ consume: [{ topic: 'a', type: { jq: '.data |' } }] }, '/consume/0/type/jq')
    await refused({ consume: [{ topic: 'a' }, { topic: 'b' }, { topic: 'a' }] }, '/consume/2/subscription')
    await refused({ produce: [{ types: [], topic: 'a' }] }, '/produce/0/types')
    await refused({ produce: [{ types: ['*'], topic: 'a', filter: 'nonsense(' }] }, '/produce/0/filter')
    await refused({ produce: [{ types: ['*'], topic: { jq: '$undefined' } }] }, '/produce/0/topic/jq')
    await refused({ tls: { ca: 'nothing' } }, '/tls/ca')
    expect((await area.bridges.list(caller, { limit: 10 })).data).toEqual([])
  })

  test('get their defaults, and the token is kept where nobody reads it', async () => {
    server.faults.token = 'a-token-of-some-length'
    const row = await bridge({ authentication: { token: 'a-token-of-some-length' }, consume: [{ topic: 'in' }], produce: [{ types: ['*'], topic: 'out' }] })
    expect(row).toMatchObject({
      name: 'b', status: 'active', revision: 1, hasToken: true,
      settings: { consume: [{ topic: 'in', subscription: 'interchange', maxRedeliveries: 3, initialPosition: 'latest', receiverQueueSize: 100 }], produce: [{ types: ['*'], topic: 'out' }] },
    })
    await vi.waitFor(() => { expect(server.connections()).toBe(1) }, patience)
    expect(server.asked.at(-1)!.headers.authorization).toBe('Bearer a-token-of-some-length')
    expect(JSON.stringify(await area.bridges.list(caller, { limit: 10 }))).not.toContain('a-token-of-some-length')
    const dump = await withClient(testDatabase.connectionString, async (client) => {
      await client.query('set role interchange_system')
      return JSON.stringify((await client.query('select t::text from pulsar_bridges t union all select t::text from pulsar_bridge_states t union all select t::text from credentials t union all select t::text from audit_log t')).rows)
    })
    expect(dump).not.toContain('a-token-of-some-length')
  })

  test('what a broker says is told without the token', async () => {
    server.faults.refuse = { status: 401, html: '<title>{&quot;errorMsg&quot;:&quot;Bearer a-token-of-some-length is wrong&quot;}</title>' }
    const row = await bridge({ authentication: { token: 'a-token-of-some-length' }, consume: [{ topic: 'in' }] })
    await vi.waitFor(async () => {
      expect((await show(row)).state).toMatchObject({
        lastError: 'persistent://public/default/in: The broker answered 401 Refused: Bearer [secret] is wrong',
        links: [{ direction: 'consume', topic: whole('in'), connected: false, error: expect.stringContaining('401') }],
      })
    }, patience)
  })

  test('a token does not go to a broker that it was not given for', async () => {
    const other = await startPulsarServer()
    const row = await bridge({ authentication: { token: 'a-token-of-some-length' }, consume: [{ topic: 'in' }] })
    const move = (more: object) => area.bridges.patch(caller, row.id, { serviceUrl: other.url, ...more }, { ifMatch: undefined })
    await expect(move({})).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/authentication/token' }] })
    expect(other.asked).toEqual([])
    await move({ authentication: { token: null } })
    await vi.waitFor(() => { expect(other.connections()).toBe(1) }, patience)
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
    await move({ serviceUrl: server.url })
    await vi.waitFor(() => { expect(other.connections()).toBe(0) }, patience)
    await other.close()
  })

  test('a change that somebody else was faster with is refused', async () => {
    const row = await bridge({ status: 'paused' })
    await area.bridges.patch(caller, row.id, { name: 'c' }, { ifMatch: '1' })
    await expect(area.bridges.patch(caller, row.id, { name: 'd' }, { ifMatch: '1' })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(await show(row)).toMatchObject({ name: 'c', revision: 2, status: 'paused' })
  })
})

describe('consuming', () => {
  test('messages become events, each once, and are acknowledged', async () => {
    const row = await bridge({ consume: [{ topic: 'in', type: { jq: '.data.kind' } }] })
    await subscribed('in')
    for (const kind of ['a', 'b', 'c']) server.add(whole('in'), { payload: base64({ kind }) })
    await vi.waitFor(() => { expect(server.acknowledged(`${whole('in')}/interchange`).length).toBe(3) }, patience)
    expect((await types()).sort()).toEqual(['a', 'b', 'c'])
    await vi.waitFor(async () => { expect((await show(row)).state).toMatchObject({ isHeld: true, counters: { consumed: 3, repeated: 0 }, lastError: null, lastConsumedAt: expect.any(Date) }) }, patience)
  })

  test('a message is acknowledged after the commit, and what is lost with the connection meanwhile makes no second event', async () => {
    await bridge({ consume: [{ topic: 'in' }] })
    await subscribed('in')
    await withClient(testDatabase.connectionString, async (client) => {
      await client.query('begin')
      await client.query('lock table events in exclusive mode')
      server.add(whole('in'), { payload: base64({}) })
      await vi.waitFor(async () => {
        // Of another transaction: whoever waits for the table.
        const { rows } = await area.database.owner.query<{ n: number }>("select count(*)::int as n from pg_locks where not granted and relation = 'events'::regclass")
        expect(rows[0]!.n).toBeGreaterThan(0)
      }, patience)
      expect(server.acknowledged(`${whole('in')}/interchange`)).toEqual([])
      server.breakAll()
      await vi.waitFor(() => { expect(server.connections()).toBe(1) }, patience)
      await client.query('commit')
    })
    await vi.waitFor(() => { expect(server.acknowledged(`${whole('in')}/interchange`).length).toBe(1) }, patience)
    expect((await types()).length).toBe(1)
  })

  test('what cannot be made an event goes to the dead letter topic after its redeliveries, with the reason, and holds up nothing', async () => {
    const row = await bridge({ consume: [{ topic: 'in', type: { jq: '.data.kind' }, maxRedeliveries: 2, redeliveryDelay: 100 }] })
    await subscribed('in')
    const id = server.add(whole('in'), { payload: base64({ no: 'kind' }), key: 'k', properties: { p: 'x' } })
    server.add(whole('in'), { payload: base64({ kind: 'good' }) })
    await vi.waitFor(() => { expect(server.acknowledged(`${whole('in')}/interchange`).length).toBe(2) }, patience)
    expect(await types()).toEqual(['good'])
    expect(server.topic(whole('in-interchange-DLQ'))).toMatchObject([{
      payload: base64({ no: 'kind' }), key: 'k',
      properties: { p: 'x', REAL_TOPIC: whole('in'), ORIGIN_MESSAGE_ID: id, interchange_reason: 'The jq program for `type` gave null, and not a text.', interchange_redeliveries: '2' },
    }])
    await vi.waitFor(async () => { expect((await show(row)).state.counters).toMatchObject({ consumed: 1, redelivered: 2, deadLettered: 1 }) }, patience)
  })

  test('a message is not acknowledged before the broker has its dead letter', async () => {
    await bridge({ consume: [{ topic: 'in', type: { jq: '.data.kind' }, maxRedeliveries: 0, deadLetterTopic: 'bad' }] })
    await subscribed('in')
    server.faults.withholds = true
    server.add(whole('in'), { payload: base64({}) })
    await vi.waitFor(() => { expect(server.topic(whole('bad')).length).toBe(1) }, patience)
    expect(server.acknowledged(`${whole('in')}/interchange`)).toEqual([])
    server.faults.withholds = false
    server.breakAll()
    await vi.waitFor(() => { expect(server.acknowledged(`${whole('in')}/interchange`).length).toBe(1) }, patience)
  })
})

describe('producing', () => {
  test('events become messages in the order of the stream where they have the same key, from the bridge\'s making on', async () => {
    await area.publish(caller.tenantId, { type: 'order.before', data: { key: 'a', n: -1 } })
    const row = await bridge({ produce: [{ types: ['order.*'], filter: '.data.n != 13', topic: 'out', key: '.data.key' }, { types: ['*'], topic: { jq: '"all-" + .type' } }] })
    for (let n = 0; n < 60; n += 1) await area.publish(caller.tenantId, { type: n % 3 === 0 ? 'other' : 'order.paid', data: { key: n % 2 === 0 ? 'a' : 'b', n } })
    await vi.waitFor(() => { expect([sentTo('out').length, sentTo('all-other').length, sentTo('all-order.paid').length]).toEqual([39, 20, 40]) }, patience)
    for (const key of ['a', 'b']) {
      const sequences = messages('out').filter((each) => each.key === key).map(({ properties }) => properties['interchange_sequence']!)
      expect(sequences).toEqual([...sequences].sort())
    }
    await vi.waitFor(async () => {
      const { produced, failed } = (await show(row)).state.counters
      expect(produced).toBeGreaterThanOrEqual(99)
      expect(failed).toBe(0)
    }, patience)
  })

  test('an event that cannot become a message is told, and the others go on', async () => {
    const row = await bridge({ produce: [{ types: ['*'], topic: { jq: '.data.topic' } }] })
    for (const topic of ['out', '../..', 'out']) await area.publish(caller.tenantId, { data: { topic } })
    await vi.waitFor(() => { expect(sentTo('out').length).toBe(2) }, patience)
    await vi.waitFor(async () => { expect((await show(row)).state).toMatchObject({ counters: { produced: 2, failed: 1 }, lastError: expect.stringMatching(/^Event \S+ was not sent: .*"\.\.\/\.\."/) }) }, patience)
  })

  test('while it is paused nothing is sent, and nothing is lost', async () => {
    const row = await bridge({ produce: [{ types: ['*'], topic: 'out' }] })
    await area.publish(caller.tenantId, { data: 1 })
    await vi.waitFor(() => { expect(sentTo('out').length).toBe(1) }, patience)
    await area.bridges.patch(caller, row.id, { status: 'paused' }, { ifMatch: undefined })
    await vi.waitFor(() => { expect(server.connections()).toBe(0) }, patience)
    await area.publish(caller.tenantId, { data: 2 })
    await area.bridges.patch(caller, row.id, { status: 'active' }, { ifMatch: undefined })
    await vi.waitFor(() => { expect(sentTo('out')).toMatchObject([{ data: 1 }, { data: 2 }]) }, patience)
  })

  test('topics that events name do not keep a connection each', async () => {
    await bridge({ produce: [{ types: ['*'], topic: { jq: '.data' } }] })
    for (let n = 0; n < 40; n += 1) await area.publish(caller.tenantId, { data: `t${n}` })
    await vi.waitFor(() => { for (let n = 0; n < 40; n += 1) expect(sentTo(`t${n}`).length).toBe(1) }, patience)
    await vi.waitFor(() => { expect(server.connections()).toBeLessThanOrEqual(20) }, patience)
  })
})

describe('both ways', () => {
  test('from topic to event to another topic and back, nothing goes round for ever', async () => {
    await bridge({ consume: [{ topic: 'a', initialPosition: 'earliest' }, { topic: 'b', initialPosition: 'earliest' }], produce: [{ types: ['*'], topic: 'a' }, { types: ['*'], topic: 'b' }] })
    await subscribed('a')
    await subscribed('b')
    server.add(whole('a'), { payload: base64({ from: 'outside' }) })
    await vi.waitFor(() => { expect(sentTo('b')).toMatchObject([{ data: { from: 'outside' } }]) }, patience)
    const id = await area.publish(caller.tenantId, { data: { from: 'inside' } })
    await vi.waitFor(() => { expect([sentTo('a').length, sentTo('b').length]).toEqual([2, 2]) }, patience)
    await vi.waitFor(() => { expect([server.acknowledged(`${whole('a')}/interchange`).length, server.acknowledged(`${whole('b')}/interchange`).length]).toEqual([2, 2]) }, patience)
    // A further event shows that all before it are through.
    await area.publish(caller.tenantId, { data: { from: 'last' } })
    await vi.waitFor(() => { expect([sentTo('a').length, sentTo('b').length]).toEqual([3, 3]) }, patience)
    expect((await area.events(caller.tenantId)).map(({ data }) => data)).toEqual([{ from: 'outside' }, { from: 'inside' }, { from: 'last' }])
    expect(server.topic(whole('b')).map(({ properties }) => properties['interchange_event'])).toContain(id)
  })

  test('a bridge that is deleted lets go of everything', async () => {
    const row = await bridge({ consume: [{ topic: 'in' }], produce: [{ types: ['*'], topic: 'out' }], authentication: { token: 'a-token-of-some-length' } })
    await subscribed('in')
    await area.bridges.remove(caller, row.id)
    made = []
    await vi.waitFor(() => { expect(server.connections()).toBe(0) }, patience)
    const left = await area.database.system.query('select name from event_followers where tenant_id = $1 union all select id from credentials where tenant_id = $1', [caller.tenantId])
    expect(left.rows).toEqual([])
    await expect(area.bridges.find(caller, row.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
