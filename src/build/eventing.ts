/** Events and webhooks: what takes events in, delivers them, and lets callers see both. */
import { buffer } from 'node:stream/consumers'
import type { Logger } from 'pino'
import type { Services } from '../api/services.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { CloudEvent } from '../events/event.ts'
import { createHubEvents, type HubEvents } from '../events/hub-events.ts'
import { createInbox, type RunningInbox, type Sequels } from '../events/inbox.ts'
import type { Jq } from '../lib/jq/jq.ts'
import type { Metrics } from '../metrics.ts'
import { createDeliveries } from '../webhooks/outbound/deliveries.ts'
import { createDispatcher, type Dispatcher } from '../webhooks/outbound/dispatcher/dispatcher.ts'
import { createLoadedWebhooks, type LoadedWebhooks } from '../webhooks/outbound/loaded.ts'
import { createWebhookFigures } from '../webhooks/outbound/monitoring.ts'
import { createPreviews } from '../webhooks/outbound/preview.ts'
import { createReplay } from '../webhooks/outbound/replay.ts'
import { createTestEvents } from '../webhooks/outbound/test-event.ts'
import type { Webhook } from '../webhooks/outbound/webhook.ts'
import { createEndpoints } from '../webhooks/outbound/webhooks.ts'
import type { Storage } from './storage.ts'

export interface Eventing {
  inbox: RunningInbox
  dispatcher: Dispatcher
  loadedWebhooks: LoadedWebhooks
  services: Pick<Services, 'webhooks' | 'webhookFigures' | 'deliveries' | 'replay' | 'testEvents' | 'previews'>
  /** What the hub tells of itself. */
  hubEvents: HubEvents
  /** For /metrics. */
  deliveries(): Promise<{ held: number, underWay: number, queued: number }>
  close(): Promise<void>
}

export interface EventingDeps {
  storage: Storage
  logger: Logger
  jq: Jq
  credentials: Credentials
  metrics: Metrics
  /** What else begins with events: runs of flows. */
  sequels: Sequels
  /** Events of the tenant were committed here: those who follow them need not wait for the notice. */
  wakeReaders(tenantId: string): void
}

export function createEventing(deps: EventingDeps): Eventing {
  const { storage: { database, blobs, guard }, logger, jq, credentials, metrics } = deps
  const onError = (error: unknown): void => { logger.warn({ err: error }, 'the delivery of events stumbled') }
  const readBlob = (tenantId: string, id: string): Promise<string> => textOf(blobs, tenantId, id)
  const webhooks = createLoadedWebhooks({ database, credentials, onError })
  const figures = createWebhookFigures({ database })
  const endpoints = createEndpoints({
    database, credentials, loaded: webhooks, jq, guard, publish: ({ tenantId, ...event }) => hubEvents.publish(tenantId, event),
    activated: ({ tenantId, id }) => { dispatcher.wake(tenantId, id) },
  })
  const dispatcher = createDispatcher({
    database, webhooks, jq, readBlob, onError, http: deps.storage.http,
    orderingKey: (webhook, { event }) => orderingKeyOf(jq, webhook, () => event),
    measured: (sample) => {
      figures.record(sample)
      metrics.attempt({ succeeded: sample.failedAttempts === 0, seconds: sample.latencyMs / 1000 })
    },
    recovered: (webhook) => endpoints.noteSuccess(webhook),
    failing: (webhook) => endpoints.noteFailure(webhook),
    gaveUp: (webhook, reason) => endpoints.markFailed(webhook, reason),
    async exhausted({ tenantId, id, name }, { row }, { reason, attempts }) {
      // Telling of what tells of failures would never end.
      if (row.eventType.startsWith('delivery.')) return
      await hubEvents.publish(tenantId, { type: 'delivery.exhausted', subject: row.id, data: { deliveryId: row.id, webhookId: id, webhook: name, eventId: row.eventName, eventType: row.eventType, reason, attempts } })
    },
  })
  const inbox = createInbox({ database, blobs, fanout: dispatcher.fanout, sequels: deps.sequels, observe: (result) => { metrics.event(result) }, announce: (tenantIds) => { announce(deps.storage, tenantIds).catch(onError) } })
  const hubEvents = createHubEvents({ inbox, wake: deps.wakeReaders, onError })
  const wake = (tenantId: string, webhookId: string): void => { dispatcher.wake(tenantId, webhookId) }
  const deliveries = createDeliveries({ database, webhooks, wake })
  return {
    inbox, dispatcher, loadedWebhooks: webhooks, hubEvents,
    services: {
      webhooks: endpoints, webhookFigures: figures, deliveries, testEvents: createTestEvents({ webhooks, inbox, deliveries, repeated: deps.storage.links.repeated }), previews: createPreviews({ jq, readBlob }),
      replay: createReplay({ database, webhooks, jq, readBlob, wake, orderingKey: (webhook, _tenantId, event) => orderingKeyOf(jq, webhook, event) }),
    },
    async deliveries() {
      const { rows: [row] } = await database.system.query<{ queued: number }>('select count(*)::int as queued from delivery_queue')
      const { held, inFlight } = dispatcher.stats()
      return { held, underWay: inFlight, queued: row!.queued }
    },
    async close() {
      await hubEvents.settle()
      await inbox.drain()
      await dispatcher.stop()
      await figures.flush().catch(onError)
    },
  }
}

/** Where the program fails, the event goes in no order rather than not at all. */
async function orderingKeyOf(jq: Jq, { tenantId, orderBy }: Webhook, event: () => CloudEvent): Promise<string | null> {
  try {
    const key = await jq.first(orderBy!, event(), { batchKey: tenantId })
    return key === undefined || key === null ? null : typeof key === 'string' ? key.slice(0, 1000).replaceAll('\0', '') : JSON.stringify(key).slice(0, 1000)
  } catch {
    return null
  }
}

async function announce({ database }: Storage, tenantIds: string[]): Promise<void> {
  await database.system.query("select pg_notify('interchange_events', t) from unnest($1::text[]) t", [tenantIds])
}

async function textOf(blobs: Pick<Blobs, 'read'>, tenantId: string, id: string): Promise<string> {
  const { stream } = await blobs.read(tenantId, id)
  return (await buffer(stream)).toString('utf8')
}
