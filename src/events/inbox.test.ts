import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { createBlobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import type { AcceptedEvent, CloudEvent } from './event.ts'
import { createInbox, type NewDeliveryRow, type RunningInbox } from './inbox.ts'

interface Bench { database: Database, tenantId: string, inbox: RunningInbox, other: RunningInbox, planned: NewDeliveryRow[], committed: string[], dropped: NewDeliveryRow[], uncertain: NewDeliveryRow[], told: string[][] }

async function withInbox(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-inbox-'))
  try {
    await withDatabase(async (database) => {
      const tenantId = uuidv7()
      await database.system.query("insert into tenants (id, slug, name) values ($1, 'one', 'One')", [tenantId])
      const [planned, committed, dropped, uncertain, told]: [NewDeliveryRow[], string[], NewDeliveryRow[], NewDeliveryRow[], string[][]] = [[], [], [], [], []]
      const open = (): RunningInbox => createInbox({
        database, blobs: createBlobs({ database, folder }), announce: (tenants) => { told.push(tenants) },
        fanout: {
          plan: ({ id, event, tenantId: owner }) => {
            const row = { tenantId: owner, id: uuidv7(), webhookId: uuidv7(), eventId: id, eventName: event.id, eventType: event.type, orderingKey: null, claimedBy: null }
            planned.push(row)
            return [row]
          },
          committed: ({ id }) => { committed.push(id) },
          dropped: (rows) => { dropped.push(...rows) },
          uncertain: (rows) => { uncertain.push(...rows) },
        },
      })
      await work({ database, tenantId, inbox: open(), other: open(), planned, committed, dropped, uncertain, told })
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function eventOf(tenantId: string, change: Partial<CloudEvent> = {}, more: Partial<AcceptedEvent> = {}): AcceptedEvent {
  const id = uuidv7()
  const event: CloudEvent = { specversion: '1.0', id, source: '/test', type: 'order.paid', time: '2026-01-02T03:04:05.678Z', data: { amount: 17 }, ...change }
  const json = JSON.stringify(event)
  return { tenantId, id, event, json, sizeBytes: Buffer.byteLength(json), ...more }
}

async function stored({ system }: Database): Promise<{ events: string[], deliveries: string[] }> {
  const { rows: events } = await system.query<{ id: string }>('select id from events order by id')
  const { rows: deliveries } = await system.query<{ id: string }>('select event_id as id from delivery_queue order by event_id')
  return { events: events.map(({ id }) => id), deliveries: deliveries.map(({ id }) => id) }
}

test('an event whose acceptance is answered stands in the store, together with its deliveries', () => withInbox(async ({ database, tenantId, inbox, committed, told }) => {
  const events = Array.from({ length: 450 }, (_, at) => eventOf(tenantId, { subject: `order ${at}` }))
  await Promise.all(events.map(async (event) => {
    expect(await inbox.accept(event)).toEqual({ id: event.id, repeated: false })
  }))
  const ids = events.map(({ id }) => id).sort()
  expect(await stored(database)).toEqual({ events: ids, deliveries: ids })
  expect(committed.sort()).toEqual(ids)
  const { rows } = await database.system.query('select event_id, source, type, subject, time, size_bytes, event, blob_id from events where id = $1', [events[3]!.id])
  expect(rows).toEqual([{ event_id: events[3]!.id, source: '/test', type: 'order.paid', subject: 'order 3', time: new Date('2026-01-02T03:04:05.678Z'), size_bytes: events[3]!.sizeBytes, event: events[3]!.json, blob_id: null }])
  await expect.poll(() => told.flat()).toContain(tenantId)
}))

test('of events with the same key one is stored, whoever takes them in, and the others are told to be repeats', () => withInbox(async ({ database, tenantId, inbox, other, dropped }) => {
  const once = { scope: 'source', key: 'delivery-1', windowSeconds: 60 }
  const results = await Promise.all(Array.from({ length: 40 }, (_, at) => [inbox, other][at % 2]!.accept(eventOf(tenantId, {}, { once }))))
  expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1)
  expect(await inbox.accept(eventOf(tenantId, {}, { once }))).toEqual({ id: undefined, repeated: true })
  expect(await inbox.accept(eventOf(tenantId, {}, { once: { ...once, key: 'delivery-2' } }))).toMatchObject({ repeated: false })
  expect(await inbox.accept(eventOf(tenantId, {}, { once: { ...once, scope: 'another' } }))).toMatchObject({ repeated: false })
  const { events, deliveries } = await stored(database)
  expect(events).toHaveLength(3)
  expect(deliveries).toEqual(events)
  expect(dropped).toHaveLength(40)
}))

test('keys that many writers take in any order end in no deadlock', () => withInbox(async ({ database, tenantId, inbox, other }) => {
  const keys = Array.from({ length: 120 }, (_, at) => `key-${at}`)
  const accept = (into: RunningInbox, key: string): Promise<unknown> => into.accept(eventOf(tenantId, {}, { once: { scope: 's', key, windowSeconds: 60 } }))
  await Promise.all([...keys.map((key) => accept(inbox, key)), ...keys.toReversed().map((key) => accept(other, key))])
  expect((await stored(database)).events).toHaveLength(120)
}))

test('a key is free again when its window is over', () => withInbox(async ({ database, tenantId, inbox }) => {
  const once = { scope: 'source', key: 'delivery-1', windowSeconds: 60 }
  await inbox.accept(eventOf(tenantId, {}, { once }))
  await database.system.query("update event_keys set expires_at = now() - interval '1 second'")
  expect(await inbox.accept(eventOf(tenantId, {}, { once }))).toMatchObject({ repeated: false })
  expect(await inbox.accept(eventOf(tenantId, {}, { once }))).toMatchObject({ repeated: true })
}))

test("a large event's data lies in a blob, and its row says which event it is", () => withInbox(async ({ database, tenantId, inbox }) => {
  const event = eventOf(tenantId, { subject: 'large', data: { text: 'ü'.repeat(50_000) } })
  await inbox.accept(event)
  const { rows: [row] } = await database.system.query<{ event: string, blobId: string, sizeBytes: number }>('select event, blob_id as "blobId", size_bytes as "sizeBytes" from events')
  expect(JSON.parse(row!.event)).toEqual({ specversion: '1.0', id: event.id, source: '/test', type: 'order.paid', subject: 'large', time: '2026-01-02T03:04:05.678Z' })
  expect(row!.sizeBytes).toBe(event.sizeBytes)
  expect((await database.system.query('select size_bytes::int as size from blobs where id = $1', [row!.blobId])).rows).toEqual([{ size: event.sizeBytes }])
}))

test('an event that Postgres refuses does not take its neighbours along', () => withInbox(async ({ database, tenantId, inbox, uncertain }) => {
  const bad = eventOf(tenantId, { subject: 'nul \0' })
  const results = await Promise.allSettled([eventOf(tenantId), bad, eventOf(tenantId)].map((event) => inbox.accept(event)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const { events, deliveries } = await stored(database)
  expect(events).toHaveLength(2)
  expect(deliveries).toEqual(events)
  expect(uncertain.map(({ eventId }) => eventId)).toEqual([bad.id])
}))

test('an event of a day without a partition gets one', () => withInbox(async ({ database, tenantId, inbox }) => {
  const { rows } = await database.owner.query<{ name: string }>("select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relname like 'events_%' and c.relkind = 'r'")
  for (const { name } of rows) await database.owner.query(`drop table ${name}`)
  await inbox.accept(eventOf(tenantId))
  expect((await stored(database)).events).toHaveLength(1)
}))

test('who follows the stream is told of all that was committed before the inbox is drained', () => withInbox(async ({ tenantId, inbox, told }) => {
  await inbox.accept(eventOf(tenantId))
  await inbox.drain()
  expect(told).toEqual([[tenantId]])
}))
