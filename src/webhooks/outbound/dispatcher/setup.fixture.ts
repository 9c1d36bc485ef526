/** Dispatchers on a real database with a real receiver; endpoints are what a test says. */
import { buffer } from 'node:stream/consumers'
import { uuidv7 } from 'uuidv7'
import { testClient } from '../../../lib/http/test-client.ts'
import { createTestDatabase } from '../../../../test/postgres.ts'
import { startUpstream, type Upstream } from '../../../../test/upstream.ts'
import { createBlobs, type Blobs } from '../../../blobs/blobs.ts'
import { createDatabase, type Database } from '../../../db/database.ts'
import type { AcceptedEvent, CloudEvent } from '../../../events/event.ts'
import { createInbox, type RunningInbox } from '../../../events/inbox.ts'
import { createJq, type Jq } from '../../../lib/jq/jq.ts'
import { noMask } from '../../../lib/mask.ts'
import type { Webhook, Webhooks } from '../webhook.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import type { Sample } from './shipping.ts'

export interface Setup extends AsyncDisposable {
  database: Database
  tenantId: string
  receiver: Upstream
  /** What the endpoints were told of themselves: `recovered`, `failing`, `gaveUp …`, `exhausted …`. */
  told: string[]
  measured: Sample[]
  addWebhook(change?: Partial<Webhook>): Webhook
  change(id: string, change: Partial<Webhook> | undefined): void
  /** A process of its own, as far as the database can tell. */
  startHub(): Promise<Hub>
}

export interface Hub { inbox: RunningInbox, dispatcher: Dispatcher, stop(): Promise<void> }

export async function setUp(folder: string): Promise<Setup> {
  const test = await createTestDatabase()
  const database = createDatabase({ connectionString: test.connectionString, maxConnections: 12, onError: () => undefined })
  const tenantId = uuidv7()
  await database.system.query("insert into tenants (id, slug, name) values ($1, 'one', 'One')", [tenantId])
  const receiver = await startUpstream()
  const jq = createJq()
  const blobs = createBlobs({ database, folder })
  const webhooks = new Map<string, Webhook>()
  const told: string[] = []
  const measured: Sample[] = []
  const hubs = new Set<Hub>()
  const setup = { database, tenantId, receiver, told, measured, jq, blobs, webhooks }
  return {
    ...setup,
    addWebhook(change = {}) {
      const webhook = sampleWebhook(tenantId, receiver.url, change)
      webhooks.set(webhook.id, webhook)
      return webhook
    },
    change(id, change) {
      if (change === undefined) webhooks.delete(id)
      else webhooks.set(id, { ...webhooks.get(id)!, ...change })
    },
    async startHub() {
      const hub = await startHub(setup)
      hubs.add(hub)
      return { ...hub, stop: async () => { if (hubs.delete(hub)) await hub.stop() } }
    },
    async [Symbol.asyncDispose]() {
      for (const hub of hubs) await hub.stop()
      await receiver.close()
      await jq.close()
      await database.close()
      await test.drop()
    },
  }
}

function sampleWebhook(tenantId: string, url: string, change: Partial<Webhook>): Webhook {
  return {
    tenantId, id: uuidv7(), revision: 1, name: 'sample', url: `${url}/hook`, status: 'active', failingSince: null, wants: () => true, filters: [], transformations: [],
    timeoutMs: 10_000, retry: { delaysMs: [1, 1, 1], jitter: 0, overloadDelayMs: 0 }, batch: undefined, orderBy: undefined, concurrency: 64, ratePerSecond: undefined,
    disableAfterMs: 3_600_000, allowedAddresses: undefined, mask: () => noMask,
    headersFor: async ({ messageId, contentType }) => ({ 'webhook-id': messageId, 'content-type': contentType }),
    ...change,
  }
}

interface Parts extends Pick<Setup, 'database' | 'told' | 'measured'> { jq: Jq, blobs: Blobs, webhooks: Map<string, Webhook> }

async function startHub({ database, jq, blobs, webhooks, told, measured }: Parts): Promise<Hub> {
  const all: Webhooks = {
    ofTenant: () => ({ subscribed: (type) => [...webhooks.values()].filter((webhook) => webhook.status !== 'failed' && webhook.wants(type)) }),
    find: async (_tenantId, id) => webhooks.get(id),
  }
  const http = testClient()
  const dispatcher = createDispatcher({
    database, webhooks: all, jq, http,
    async readBlob(tenantId, id) {
      return (await buffer((await blobs.read(tenantId, id)).stream)).toString('utf8')
    },
    orderingKey: async ({ orderBy }, { event }) => String(await jq.first(orderBy!, event)),
    measured: (sample) => { measured.push(sample) },
    recovered: async ({ id }) => { told.push('recovered'); webhooks.set(id, { ...webhooks.get(id)!, failingSince: null }) },
    failing: async ({ id }) => { told.push('failing'); webhooks.set(id, { ...webhooks.get(id)!, failingSince: new Date() }) },
    gaveUp: async ({ id }, reason) => { told.push(`gaveUp ${reason}`); webhooks.set(id, { ...webhooks.get(id)!, status: 'failed' }) },
    exhausted: async (_webhook, { row }, { reason, attempts }) => { told.push(`exhausted ${row.eventName} ${reason} ${attempts}`) },
    onError: () => undefined,
  })
  const inbox = createInbox({ database, blobs, fanout: dispatcher.fanout, announce: () => undefined })
  await dispatcher.start()
  return {
    inbox, dispatcher,
    async stop() {
      await inbox.drain()
      await dispatcher.stop()
      await http.close()
    },
  }
}

export function sampleEvent(tenantId: string, change: Partial<CloudEvent> = {}): AcceptedEvent {
  const id = uuidv7()
  const event: CloudEvent = { specversion: '1.0', id, source: '/test', type: 'order.paid', time: new Date().toISOString(), datacontenttype: 'application/json', data: { amount: 1 }, ...change }
  const json = JSON.stringify(event)
  return { tenantId, id, event, json, sizeBytes: Buffer.byteLength(json) }
}

export interface Counts { pending: number, delivered: number, failed: number, parked: number }

export async function countDeliveries({ database }: Pick<Setup, 'database'>, webhookId?: string): Promise<Counts> {
  const { rows } = await database.system.query<Counts>(
    `select (select count(*)::int from delivery_queue where $1::uuid is null or webhook_id = $1) as pending, count(*) filter (where status = 'delivered')::int as delivered,
       count(*) filter (where status = 'failed')::int as failed, count(*) filter (where status = 'parked')::int as parked
     from deliveries where $1::uuid is null or webhook_id = $1`,
    [webhookId ?? null])
  return rows[0]!
}
