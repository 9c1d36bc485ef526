/** Events with what they stand on, and nothing else of the hub. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { uuidv7 } from 'uuidv7'
import { createBlobs, type Blobs } from '../blobs/blobs.ts'
import { builtInConnectors } from '../connectors/index.ts'
import type { Database } from '../db/database.ts'
import { createJq, type Jq } from '../lib/jq/jq.ts'
import { systemCaller, type Caller } from '../tenants/caller.ts'
import type { CloudEvent } from './event.ts'
import { createEvents, type Events, type EventsDeps } from './events.ts'
import { createFeed, type Feed, type FeedRow } from './feed.ts'
import { createInbox, type RunningInbox } from './inbox.ts'
import { createPublishing, type Command, type Publishing } from './publishing.ts'
import { createEventTypes, type EventTypes } from './types.ts'

export interface EventsArea {
  database: Database
  blobs: Blobs
  jq: Jq
  inbox: RunningInbox
  feed: Feed
  types: EventTypes
  publishing: Publishing
  events: Events
  errors: unknown[]
}

export interface AreaOptions extends Partial<Pick<EventsDeps, 'mostScanned' | 'searchMs'>> {
  commands?: Command[]
  /** Of the feed. */
  pollMs?: number
  /** Without: who follows learns of events by looking. */
  wakes?: boolean
}

export async function withEvents<Result>(database: Database, work: (area: EventsArea) => Promise<Result>, { commands = [], pollMs = 50, wakes = true, ...options }: AreaOptions = {}): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'interchange-events-'))
  const blobs = createBlobs({ database, folder })
  // Longer than usual, lest a busy machine makes a plain program look endless.
  const jq = createJq({ threads: 2, timeoutMs: 1500 })
  const errors: unknown[] = []
  const feed = createFeed({ database, pollMs, onError: (error) => { errors.push(error) } })
  const inbox = createInbox({ database, blobs, announce: () => undefined, fanout: { plan: () => [], committed: () => undefined, dropped: () => undefined, uncertain: () => undefined } })
  const types = createEventTypes({ database, connectors: builtInConnectors })
  const publishing = createPublishing({ inbox, types, commands, wake: (tenantId) => { if (wakes) feed.wake(tenantId) } })
  try {
    return await work({ database, blobs, jq, inbox, feed, types, publishing, events: createEvents({ database, blobs, jq, publishing, repeated: async () => undefined, onError: (error) => { errors.push(error) }, ...options }), errors })
  } finally {
    await inbox.drain()
    await jq.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The owner of a new tenant. */
export async function addTenant(database: Database): Promise<Caller> {
  const id = uuidv7()
  await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, id])
  return systemCaller(id)
}

export function read(event: Partial<CloudEvent> = {}): { event: CloudEvent, json: string } {
  const whole = { specversion: '1.0' as const, id: uuidv7(), source: '/test', type: 'test', ...event }
  return { event: whole, json: JSON.stringify(whole) }
}

/** Accepts an event as it stands. Answers the hub's id of it. */
export async function accept({ inbox }: Pick<EventsArea, 'inbox'>, { tenantId }: Pick<Caller, 'tenantId'>, given: Partial<CloudEvent> = {}, more: { webhookSourceId?: string } = {}): Promise<string> {
  const { event, json } = read(given)
  const id = uuidv7()
  await inbox.accept({ tenantId, id, event, json, sizeBytes: Buffer.byteLength(json), ...more })
  return id
}

export interface OpenTransaction {
  insert(type: string): Promise<string>
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** A writer that takes its time. */
export async function openTransaction(connectionString: string, tenantId: string): Promise<OpenTransaction> {
  const client = new Client({ connectionString, options: '-c role=interchange_writer' })
  await client.connect()
  await client.query('begin')
  const end = async (how: string): Promise<void> => {
    await client.query(how)
    await client.end()
  }
  return {
    async insert(type) {
      const id = uuidv7()
      await client.query(
        `insert into events (tenant_id, id, event_id, source, type, time, size_bytes, event) values ($1, $2::uuid, $2::text, '/open', $3, now(), 10, $4)`,
        [tenantId, id, type, JSON.stringify({ specversion: '1.0', id, source: '/open', type })])
      return id
    },
    commit: () => end('commit'),
    rollback: () => end('rollback'),
  }
}

export interface Follower { rows: FeedRow[], stop(): Promise<void> }

/** Collects what is followed. */
export function collect(feed: Feed, tenantId: string, options: Parameters<Feed['follow']>[1] = {}): Follower {
  const controller = new AbortController()
  const rows: FeedRow[] = []
  const running = (async () => { for await (const page of feed.follow(tenantId, options, controller.signal)) rows.push(...page) })()
  return { rows, stop: () => { controller.abort(); return running } }
}
