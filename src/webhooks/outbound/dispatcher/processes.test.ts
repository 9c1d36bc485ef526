import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { expect, test } from 'vitest'
import { json } from '../../../../test/upstream.ts'
import { eventually } from '../../../lib/http/test-client.ts'
import { createInbox, type NewDeliveryRow } from '../../../events/inbox.ts'
import { countDeliveries, sampleEvent, setUp, type Setup } from './setup.fixture.ts'

async function withSetup(work: (setup: Setup) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-processes-'))
  try {
    await using setup = await setUp(folder)
    await work(setup)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Rows in the queue that nobody has in hand, as a process leaves them that accepted and did not deliver. */
async function queue(setup: Setup, count: number, claimedBy: string | null = null): Promise<string[]> {
  const webhook = setup.addWebhook()
  const inbox = createInbox({
    database: setup.database, blobs: { write: () => Promise.reject(new Error('not here')) }, announce: () => undefined,
    fanout: {
      plan: ({ tenantId, id, event }) => [{ tenantId, id: uuidv7(), webhookId: webhook.id, eventId: id, eventName: event.id, eventType: event.type, orderingKey: null, claimedBy }],
      committed: () => undefined, dropped: () => undefined, uncertain: () => undefined,
    },
  })
  const events = Array.from({ length: count }, () => sampleEvent(setup.tenantId))
  await Promise.all(events.map((event) => inbox.accept(event)))
  return events.map(({ id }) => id)
}

test('two processes on one database deliver each delivery once', () => withSetup(async (setup) => {
  const events = await queue(setup, 2000)
  await Promise.all([setup.startHub(), setup.startHub()])
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 2000, failed: 0, parked: 0 })
  expect(setup.receiver.asked.map(({ headers }) => String(headers['webhook-id'])).sort()).toEqual(events.sort())
}))

test('events that two processes accept at the same time are delivered once each', () => withSetup(async (setup) => {
  setup.addWebhook()
  const hubs = await Promise.all([setup.startHub(), setup.startHub()])
  const events = Array.from({ length: 1000 }, () => sampleEvent(setup.tenantId))
  await Promise.all(events.map((event, at) => hubs[at % 2]!.inbox.accept(event)))
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 1000, failed: 0, parked: 0 })
  expect(setup.receiver.asked.map(({ headers }) => String(headers['webhook-id'])).sort()).toEqual(events.map(({ id }) => id).sort())
}))

test('what a process had in hand when it died is delivered by another one', () => withSetup(async (setup) => {
  const dead = uuidv7()
  await setup.database.system.query("insert into delivery_workers (id, heartbeat_at) values ($1, now() - interval '1 minute')", [dead])
  const events = await queue(setup, 50, dead)
  await setup.startHub()
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 50, failed: 0, parked: 0 })
  expect(new Set(setup.receiver.asked.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(events))
}))

test('what a living process has in hand is left to it', () => withSetup(async (setup) => {
  const alive = uuidv7()
  await setup.database.system.query('insert into delivery_workers (id) values ($1)', [alive])
  await queue(setup, 5, alive)
  const { dispatcher } = await setup.startHub()
  dispatcher.wake(setup.tenantId, setup.addWebhook().id)
  await dispatcher.stop()
  expect(await countDeliveries(setup)).toMatchObject({ pending: 5, delivered: 0 })
}))

test('a process that stops gives back what it did not send, and nothing is sent twice', () => withSetup(async (setup) => {
  setup.addWebhook({ concurrency: 2 })
  setup.receiver.answer(async (_asked, response) => {
    await new Promise((resolve) => { setTimeout(resolve, 2) })
    json(response, 200, {})
  })
  const first = await setup.startHub()
  const events = Array.from({ length: 200 }, () => sampleEvent(setup.tenantId))
  await Promise.all(events.map((event) => first.inbox.accept(event)))
  await first.stop()
  const sent = setup.receiver.asked.length
  expect(sent).toBeLessThan(200)
  expect(await countDeliveries(setup)).toMatchObject({ pending: 200 - sent, delivered: sent })
  expect((await setup.database.system.query('select from delivery_workers')).rowCount).toBe(0)
  await setup.startHub()
  await eventually(() => countDeliveries(setup)).toMatchObject({ pending: 0, delivered: 200 })
  expect(setup.receiver.asked).toHaveLength(200)
}))

/** Holds a table against everybody, until it is let go. */
async function lock(setup: Setup, table: string): Promise<{ release(): Promise<void> }> {
  const client = await setup.database.ownerPool.connect()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  return {
    async release() {
      await client.query('rollback')
      client.release()
    },
  }
}

test('a process that could give no sign of life for a while sends what came meanwhile once it can', () => withSetup(async (setup) => {
  setup.addWebhook()
  const { inbox, dispatcher } = await setup.startHub()
  const locked = await lock(setup, 'delivery_workers')
  // Until it no longer knows whether its claims are its own.
  await eventually(() => {
    const rows = dispatcher.fanout.plan(sampleEvent(setup.tenantId)) as NewDeliveryRow[]
    dispatcher.fanout.dropped(rows)
    return rows.map(({ claimedBy }) => claimedBy)
  }).toEqual([null])
  const event = sampleEvent(setup.tenantId)
  await inbox.accept(event)
  await eventually(() => dispatcher.stats()).toMatchObject({ held: 1, inFlight: 0 })
  expect(setup.receiver.asked).toEqual([])
  await locked.release()
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 1, failed: 0, parked: 0 })
  expect(setup.receiver.asked.map(({ headers }) => headers['webhook-id'])).toEqual([event.id])
}))

test('what a process has claimed and does not know of, since the answer got lost with a connection, is delivered all the same', () => withSetup(async (setup) => {
  await setup.startHub()
  const { rows: [worker] } = await setup.database.system.query<{ id: string }>('select id from delivery_workers')
  const events = await queue(setup, 5, worker!.id)
  const locked = await lock(setup, 'delivery_queue')
  const blocked = `application_name = 'interchange system' and wait_event_type = 'Lock' and datname = current_database()`
  await eventually(async () => (await setup.database.owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${blocked}`)).rowCount).toBeGreaterThan(0)
  await locked.release()
  await eventually(() => countDeliveries(setup)).toEqual({ pending: 0, delivered: 5, failed: 0, parked: 0 })
  expect(setup.receiver.asked.map(({ headers }) => String(headers['webhook-id'])).sort()).toEqual(events.sort())
}))
