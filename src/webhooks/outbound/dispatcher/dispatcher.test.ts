import { mkdtemp, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { json, type Asked } from '../../../../test/upstream.ts'
import { eventually } from '../../../lib/http/test-client.ts'
import { HubError } from '../../../errors.ts'
import type { AttemptRecord } from './outcome.ts'
import { countDeliveries, sampleEvent, setUp, type Setup } from './setup.fixture.ts'

async function withSetup(work: (setup: Setup) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-dispatcher-'))
  try {
    await using setup = await setUp(folder)
    await work(setup)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const messageOf = ({ headers }: Asked): string => String(headers['webhook-id'])

async function attemptsOf({ database }: Setup): Promise<{ status: string, reason: string | null, attempts: AttemptRecord[] }[]> {
  const { rows } = await database.system.query<{ status: string, reason: string | null, attempts: string }>('select status, reason, attempts from deliveries order by id')
  return rows.map((row) => ({ ...row, attempts: JSON.parse(row.attempts) as AttemptRecord[] }))
}

test('an accepted event reaches each endpoint that wants it, whole, and each attempt is recorded', () => withSetup(async (setup) => {
  const [one, two] = [setup.addWebhook(), setup.addWebhook({ wants: (type) => type.startsWith('order.') })]
  setup.addWebhook({ wants: () => false })
  const { inbox } = await setup.startHub()
  const event = sampleEvent(setup.tenantId)
  await inbox.accept(event)
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 2, failed: 0, parked: 0 })
  expect(setup.receiver.asked.map(({ body, headers }) => ({ body, id: headers['webhook-id'], type: headers['content-type'] })))
    .toEqual([one, two].map(() => ({ body: event.json, id: event.id, type: 'application/cloudevents+json' })))
  expect((await attemptsOf(setup))[0]!.attempts).toMatchObject([{
    request: { method: 'POST', url: one.url, headers: { 'webhook-id': event.id }, sizeBytes: event.sizeBytes }, response: { status: 200, body: '{"ok":true}' }, error: null,
  }])
}))

test('a delivery that fails is tried again by the policy, always as the same message, and given up after the last', () => withSetup(async (setup) => {
  setup.addWebhook()
  setup.receiver.answer((_asked, response) => json(response, 500, { broken: true }))
  const { inbox } = await setup.startHub()
  const event = sampleEvent(setup.tenantId)
  await inbox.accept(event)
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 0, failed: 1, parked: 0 })
  expect(setup.receiver.asked.map(messageOf)).toEqual([event.id, event.id, event.id, event.id])
  expect(await attemptsOf(setup)).toMatchObject([{ status: 'failed', reason: 'status_500', attempts: [1, 2, 3, 4].map(() => ({ response: { status: 500 } })) }])
  expect(setup.told).toEqual(['failing', `exhausted ${event.id} status_500 4`])
  expect(setup.measured.reduce((sum, { failedAttempts }) => sum + failedAttempts, 0)).toBe(4)
}))

test('what broke on the way is recorded by its type, and a success later ends it', () => withSetup(async (setup) => {
  setup.addWebhook()
  setup.receiver.answer((_asked, response) => {
    if (setup.receiver.asked.length < 3) response.destroy()
    else json(response, 204, {})
  })
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup)).toMatchObject({ delivered: 1 })
  expect(await attemptsOf(setup)).toMatchObject([{ attempts: [{ response: null, error: { type: 'upstream_unavailable' } }, { error: { type: 'upstream_unavailable' } }, { response: { status: 204 } }] }])
  await eventually(() => setup.told).toEqual(['failing', 'recovered'])
}))

test('a redirect is not followed: it is a failure', () => withSetup(async (setup) => {
  setup.addWebhook({ retry: { delaysMs: [], jitter: 0, overloadDelayMs: 0 } })
  setup.receiver.answer((_asked, response) => { response.writeHead(302, { location: '/elsewhere' }).end() })
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup)).toMatchObject({ failed: 1 })
  expect(setup.receiver.asked.map(({ url }) => url)).toEqual(['/hook'])
}))

test('an endpoint that answers 410 gets nothing any more, and what waited for it is kept as failed', () => withSetup(async (setup) => {
  const webhook = setup.addWebhook({ concurrency: 1 })
  setup.receiver.answer((_asked, response) => json(response, 410, {}))
  const { inbox } = await setup.startHub()
  await Promise.all(Array.from({ length: 5 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 0, failed: 5, parked: 0 })
  expect(setup.told).toContain('gaveUp It answered 410: it is gone.')
  expect(webhook.id).toBeDefined()
  expect((await attemptsOf(setup)).map(({ reason }) => reason)).toContain('endpoint_failed')
}))

test('an endpoint of which every attempt fails for longer than it may is given up', () => withSetup(async (setup) => {
  setup.addWebhook({ disableAfterMs: 0, failingSince: new Date(Date.now() - 60_000) })
  setup.receiver.answer((_asked, response) => json(response, 503, {}))
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => setup.told.join()).toContain('gaveUp Every attempt failed since')
  await eventually(() => countDeliveries(setup)).toMatchObject({ pending: 0, failed: 1 })
}))

test('filters leave events out, transformations make what is sent', () => withSetup(async (setup) => {
  setup.addWebhook({ filters: ['.data.amount > 10', '.subject != "no"'], transformations: ['{ paid: .data.amount }', '. + { by: "hub" }'] })
  const { inbox } = await setup.startHub()
  for (const [amount, subject] of [[5, 'yes'], [50, 'no'], [70, 'yes']] as const) await inbox.accept(sampleEvent(setup.tenantId, { subject, data: { amount } }))
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 1, failed: 0, parked: 0 })
  expect(setup.receiver.asked.map(({ body, headers }) => [JSON.parse(body), headers['content-type']])).toEqual([[{ paid: 70, by: 'hub' }, 'application/json']])
}))

test.each([
  ['a filter that fails', { filters: ['error("no such thing")'] }, 'filter_failed: filters[0]: '],
  ['a filter that never ends', { filters: ['def f: f; f'] }, 'filter_failed: filters[0]: '],
  ['a transformation that makes a gigabyte', { transformations: ['[range(1000000000)]'] }, 'transformation_failed: transformations[0]: '],
])('%s parks that delivery with the reason, and others go on', (_what, change, reason) => withSetup(async (setup) => {
  const [bad, good] = [setup.addWebhook(change), setup.addWebhook()]
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup, good.id)).toMatchObject({ delivered: 1 })
  await eventually(() => countDeliveries(setup, bad.id)).toEqual({ pending: 0, delivered: 0, failed: 0, parked: 1 })
  expect((await attemptsOf(setup)).find(({ status }) => status === 'parked')!.reason).toMatch(reason)
}))

test('an event that lies in a blob is delivered whole', () => withSetup(async (setup) => {
  setup.addWebhook({ orderBy: '.subject' })
  const { inbox } = await setup.startHub()
  const event = sampleEvent(setup.tenantId, { subject: 's', data: 'ü'.repeat(80_000) })
  await inbox.accept(event)
  await eventually(() => countDeliveries(setup)).toMatchObject({ delivered: 1 })
  expect(setup.receiver.asked[0]!.body).toBe(event.json)
}))

test('ordered deliveries of one key go one after another, and a stuck key holds only itself', () => withSetup(async (setup) => {
  setup.addWebhook({ orderBy: '.subject', retry: { delaysMs: Array.from({ length: 1000 }, () => 20), jitter: 0, overloadDelayMs: 0 } })
  let stuck = true
  const seen: Record<string, number[]> = { a: [], b: [], c: [] }
  const underWay = new Set<string>()
  let overlaps = 0
  setup.receiver.answer(async ({ body }, response) => {
    const { subject, data: { at } } = JSON.parse(body) as { subject: string, data: { at: number } }
    if (underWay.has(subject)) overlaps += 1
    underWay.add(subject)
    await new Promise((resolve) => { setImmediate(resolve) })
    underWay.delete(subject)
    if (subject === 'a' && stuck) return json(response, 500, {})
    seen[subject]!.push(at)
    return json(response, 200, {})
  })
  const { inbox } = await setup.startHub()
  for (let at = 0; at < 20; at += 1) for (const subject of ['a', 'b', 'c']) await inbox.accept(sampleEvent(setup.tenantId, { subject, data: { at } }))
  const inOrder = Array.from({ length: 20 }, (_, at) => at)
  await eventually(() => [seen['b'], seen['c']]).toEqual([inOrder, inOrder])
  expect(seen['a']).toEqual([])
  stuck = false
  await eventually(() => seen['a']).toEqual(inOrder)
  expect(overlaps).toBe(0)
}))

test('in order, a message that cannot be delivered is parked, and those behind it go on', () => withSetup(async (setup) => {
  setup.addWebhook({ orderBy: '.subject' })
  setup.receiver.answer(({ body }, response) => json(response, (JSON.parse(body) as { data: { at: number } }).data.at === 0 ? 500 : 200, {}))
  const { inbox } = await setup.startHub()
  for (let at = 0; at < 5; at += 1) await inbox.accept(sampleEvent(setup.tenantId, { subject: 'a', data: { at } }))
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 4, failed: 0, parked: 1 })
  expect(setup.receiver.asked.map(({ body }) => (JSON.parse(body) as { data: { at: number } }).data.at)).toEqual([0, 0, 0, 0, 1, 2, 3, 4])
}))

test('batches go out full at once, a rest after its wait, and a batch that fails comes again as it was', () => withSetup(async (setup) => {
  setup.addWebhook({ batch: { maxSize: 10, maxWaitMs: 200 } })
  let failures = 1
  setup.receiver.answer((_asked, response) => json(response, failures-- > 0 ? 500 : 200, {}))
  const { inbox } = await setup.startHub()
  const events = Array.from({ length: 25 }, (_, at) => sampleEvent(setup.tenantId, { data: { at } }))
  for (const event of events) await inbox.accept(event)
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 25, failed: 0, parked: 0 })
  const batches = setup.receiver.asked.map((asked) => ({ id: messageOf(asked), ids: (JSON.parse(asked.body) as { id: string }[]).map(({ id }) => id), type: asked.headers['content-type'] }))
  expect(batches.map((batch) => batch.ids.length).sort((one, other) => one - other)).toEqual([5, 10, 10, 10])
  const [failed, ...others] = batches
  expect(others.find(({ id }) => id === failed!.id)).toEqual(failed)
  expect(new Set(batches.flatMap((batch) => batch.ids))).toEqual(new Set(events.map(({ id }) => id)))
  expect(failed!.type).toBe('application/cloudevents-batch+json')
}))

test("an endpoint's rate is kept", () => withSetup(async (setup) => {
  setup.addWebhook({ ratePerSecond: 20 })
  const { inbox } = await setup.startHub()
  const start = performance.now()
  await Promise.all(Array.from({ length: 50 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  await eventually(() => countDeliveries(setup)).toMatchObject({ delivered: 50 })
  // A second's worth goes at once, the rest by the rate.
  expect(performance.now() - start).toBeGreaterThan(1400)
}))

test('no more requests are under way to an endpoint than it allows', () => withSetup(async (setup) => {
  setup.addWebhook({ concurrency: 3 })
  let [now, most] = [0, 0]
  setup.receiver.answer(async (_asked, response) => {
    most = Math.max(most, now += 1)
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    now -= 1
    json(response, 200, {})
  })
  const { inbox } = await setup.startHub()
  await Promise.all(Array.from({ length: 40 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  await eventually(() => countDeliveries(setup)).toMatchObject({ delivered: 40 })
  expect(most).toBe(3)
}))

test('an endpoint that never answers holds up nobody else', () => withSetup(async (setup) => {
  const hanging = setup.addWebhook({ url: `${setup.receiver.url}/hang`, timeoutMs: 300, retry: { delaysMs: [60_000], jitter: 0, overloadDelayMs: 0 } })
  const good = setup.addWebhook()
  setup.receiver.answer(({ url }, response) => { if (url !== '/hang') json(response, 200, {}) })
  const { inbox } = await setup.startHub()
  for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 50 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  await eventually(() => countDeliveries(setup, good.id)).toEqual({ pending: 0, delivered: 1000, failed: 0, parked: 0 })
  expect(await countDeliveries(setup, hanging.id)).toMatchObject({ pending: 1000 })
}))

test('an endpoint of which nothing comes back keeps its backlog in the database, not in memory', () => withSetup(async (setup) => {
  setup.addWebhook({ concurrency: 2 })
  const hanging: ServerResponse[] = []
  setup.receiver.answer((_asked, response) => { hanging.push(response) })
  const { inbox } = await setup.startHub()
  await eventually(async () => {
    for (let more = 0; more < 5; more += 1) await inbox.accept(sampleEvent(setup.tenantId))
    return (await setup.database.system.query('select from delivery_queue where claimed_by is null')).rowCount
  }).toBeGreaterThan(100)
  setup.receiver.answer((_asked, response) => json(response, 200, {}))
  for (const response of hanging) json(response, 200, {})
  await eventually(() => countDeliveries(setup)).toMatchObject({ pending: 0, failed: 0 })
}))

test('a paused endpoint collects, and gets all of it when it is active again; a deleted one gets nothing', () => withSetup(async (setup) => {
  const [paused, deleted] = [setup.addWebhook({ status: 'paused' }), setup.addWebhook({ status: 'paused' })]
  const { inbox } = await setup.startHub()
  await Promise.all(Array.from({ length: 30 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  expect(await countDeliveries(setup)).toMatchObject({ pending: 60 })
  expect(setup.receiver.asked).toEqual([])
  setup.change(paused.id, { status: 'active' })
  setup.change(deleted.id, undefined)
  await eventually(() => countDeliveries(setup, paused.id)).toEqual({ pending: 0, delivered: 30, failed: 0, parked: 0 })
  await eventually(() => countDeliveries(setup, deleted.id)).toEqual({ pending: 0, delivered: 0, failed: 0, parked: 0 })
}))

test('the backlogs of many endpoints drain side by side', () => withSetup(async (setup) => {
  const webhooks = Array.from({ length: 12 }, () => setup.addWebhook({ status: 'paused' }))
  const { inbox, dispatcher } = await setup.startHub()
  await Promise.all(Array.from({ length: 20 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  expect(await countDeliveries(setup)).toMatchObject({ pending: 240 })
  for (const { id } of webhooks) setup.change(id, { status: 'active' })
  for (const { id } of webhooks) dispatcher.wake(setup.tenantId, id)
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 240, failed: 0, parked: 0 })
  // Nothing is remembered of them: each delivery gave its place back.
  await eventually(() => dispatcher.stats()).toEqual({ held: 0, inFlight: 0, lanes: 0 })
}))

test('a backlog drains while more comes, in lanes of its own for nobody', () => withSetup(async (setup) => {
  const webhook = setup.addWebhook({ status: 'paused', concurrency: 4 })
  let [now, most] = [0, 0]
  setup.receiver.answer(async (_asked, response) => {
    most = Math.max(most, now += 1)
    await new Promise((resolve) => { setImmediate(resolve) })
    now -= 1
    json(response, 200, {})
  })
  const { inbox, dispatcher } = await setup.startHub()
  await Promise.all(Array.from({ length: 1500 }, () => inbox.accept(sampleEvent(setup.tenantId))))
  setup.change(webhook.id, { status: 'active' })
  dispatcher.wake(setup.tenantId, webhook.id)
  for (let more = 0; more < 100; more += 1) await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 1600, failed: 0, parked: 0 })
  expect(most).toBeLessThanOrEqual(4)
  expect(setup.receiver.asked).toHaveLength(1600)
  await eventually(() => dispatcher.stats()).toEqual({ held: 0, inFlight: 0, lanes: 0 })
}))

test('where a token for the endpoint cannot be had, the attempt fails and is recorded', () => withSetup(async (setup) => {
  setup.addWebhook({ headersFor: async () => { throw new HubError('upstream_unavailable', 'The token endpoint failed.') } })
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup)).toMatchObject({ failed: 1 })
  expect(await attemptsOf(setup)).toMatchObject([{ reason: 'upstream_unavailable', attempts: [1, 2, 3, 4].map(() => ({ error: { message: 'The token endpoint failed.' } })) }])
}))

test('an endpoint that answers 401 gets another token with the next attempt', () => withSetup(async (setup) => {
  let token = 'old'
  setup.addWebhook({ headersFor: async () => ({ authorization: token }), refused: async ({ authorization }) => { if (authorization === token) token = 'new' } })
  setup.receiver.answer(({ headers }, response) => json(response, headers.authorization === 'new' ? 200 : 401, {}))
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup)).toMatchObject({ delivered: 1 })
  expect(setup.receiver.asked.map(({ headers }) => headers.authorization)).toEqual(['old', 'new'])
}))

test("an endpoint's host must resolve to an address that the endpoint may have", () => withSetup(async (setup) => {
  setup.addWebhook({ allowedAddresses: ['127.0.0.9/32'], retry: { delaysMs: [], jitter: 0, overloadDelayMs: 0 } })
  const open = setup.addWebhook({ allowedAddresses: ['127.0.0.0/30'] })
  const named = setup.addWebhook({ url: setup.receiver.url.replace('127.0.0.1', 'localhost'), allowedAddresses: ['10.0.0.0/8'], retry: { delaysMs: [], jitter: 0, overloadDelayMs: 0 } })
  const { inbox } = await setup.startHub()
  await inbox.accept(sampleEvent(setup.tenantId))
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 1, failed: 2, parked: 0 })
  expect(await countDeliveries(setup, open.id)).toMatchObject({ delivered: 1 })
  expect(await countDeliveries(setup, named.id)).toMatchObject({ failed: 1 })
  expect((await attemptsOf(setup)).filter(({ reason }) => reason === 'address_refused')).toHaveLength(2)
}))
