/** Deliveries as callers see them: listed, looked into, sent again. */
import type { Database } from '../../db/database.ts'
import { searchList } from '../../db/search.ts'
import { HubError } from '../../errors.ts'
import { isUuid, type PageRequest, type SearchedPage } from '../../lib/page.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import { countExhausted, countQueued, findDelivery, hastenDelivery, listDead, listDeliveries, requeue, type DeliveryFilter, type DeliveryRow, type DeliveryStatus, type ExhaustedRow, type QueueRow } from './deliveries-store.ts'
import type { AttemptRecord } from './dispatcher/outcome.ts'
import type { Webhook, Webhooks } from './webhook.ts'

export interface DeliverySummary {
  id: string
  webhookId: string
  /** The CloudEvent's id. */
  eventId: string
  /** What is sent as `webhook-id`: the same in every attempt and every replay. */
  messageId: string
  eventType: string
  status: DeliveryStatus
  success: boolean
  /** Why it was given up. */
  reason: string | null
  /** When the next attempt is due. */
  dueAt: Date | null
  finishedAt: Date | null
  attemptCount: number
  /** Of the last attempt. */
  lastStatusCode: number | null
  error: string | null
}

export interface Delivery extends DeliverySummary { attempts: AttemptRecord[] }

export interface Deliveries {
  /** Newest first. */
  list(caller: Caller, filter: DeliveryFilter & PageRequest): Promise<SearchedPage<DeliverySummary>>
  /** How much each endpoint still has to get; those with nothing are left out. */
  queues(caller: Caller): Promise<QueueRow[]>
  /** What was given up since a moment, by endpoint: of the newest 10,000. */
  exhausted(caller: Caller, since: Date, limit: number): Promise<ExhaustedRow[]>
  /** With its attempts. Throws `not_found`. */
  find(caller: Caller, id: string): Promise<Delivery>
  /** Sends it again now, ahead of its schedule or after its end. Throws `not_found`, `conflict` where its endpoint takes nothing. */
  retry(caller: Caller, id: string): Promise<{ id: string }>
  /** Puts an endpoint's dead letters back into the queue, with all attempts of its policy. Throws `not_found`, `conflict`. */
  redrive(caller: Caller, webhookId: string, range: { status?: 'failed' | 'parked' | undefined, since?: Date | undefined, until?: Date | undefined }): Promise<{ count: number }>
}

export interface DeliveriesDeps {
  database: Database
  webhooks: Webhooks
  wake(tenantId: string, webhookId: string): void
}

const REDRIVE_SLICE = 1000
const MOST_SEEN = 10_000

export function createDeliveries({ database, webhooks, wake }: DeliveriesDeps): Deliveries {
  return {
    async list({ tenantId }, { limit, cursor, ...filter }) {
      if (filter.webhookId !== undefined && !isUuid(filter.webhookId)) return { data: [], nextCursor: null, searchedUntil: null }
      return searchList(database.tenant(tenantId), { tenantId, tables: ['deliveries', 'delivery_queue'], filter, limit, cursor }, (db, page) => listDeliveries(db, tenantId, { ...filter, ...page }), (row) => summaryOf(row))
    },

    queues: ({ tenantId }) => countQueued(database.tenant(tenantId), tenantId),

    exhausted: ({ tenantId }, since, limit) => countExhausted(database.tenant(tenantId), tenantId, { since, mostSeen: MOST_SEEN, limit }),

    async find({ tenantId }, id) {
      const row = await one(database, tenantId, id)
      const attempts = JSON.parse(row.attempts) as AttemptRecord[]
      return { ...summaryOf(row, attempts), attempts }
    },

    async retry(caller, id) {
      const { tenantId } = caller
      const { webhookId, status } = await one(database, tenantId, id)
      await assertTakes(webhooks, tenantId, webhookId)
      await database.tenant(tenantId).transaction(async (db) => {
        // It may have ended, or be sent again by somebody else, since it was read.
        if (status !== 'pending' || !await hastenDelivery(db, tenantId, id)) await requeue(db, tenantId, [id], null)
        await recordChange(db, caller, { action: 'delivery.retried', targetType: 'delivery', targetId: id, detail: { webhookId } })
      })
      wake(tenantId, webhookId)
      return { id }
    },

    async redrive(caller, webhookId, { status, since, until }) {
      const { tenantId } = caller
      await assertTakes(webhooks, tenantId, webhookId)
      const db = database.tenant(tenantId)
      let count = 0
      let after: string | undefined
      for (;;) {
        const ids = await listDead(db, tenantId, { webhookId, status, from: since, to: until, after, limit: REDRIVE_SLICE })
        if (ids.length > 0) count += await requeue(db, tenantId, ids, 0)
        wake(tenantId, webhookId)
        after = ids.at(-1)
        if (ids.length < REDRIVE_SLICE) break
      }
      await recordChange(db, caller, { action: 'webhook.redriven', targetType: 'webhook', targetId: webhookId, detail: { count, status, since, until } })
      return { count }
    },
  }
}

/** Throws HubError `not_found`, or `conflict` where nothing is sent to the endpoint. A paused one collects. */
export async function assertTakes(webhooks: Webhooks, tenantId: string, webhookId: string): Promise<Webhook> {
  const webhook = isUuid(webhookId) ? await webhooks.find(tenantId, webhookId) : undefined
  if (webhook === undefined) throw new HubError('not_found', 'There is no such webhook.')
  if (webhook.status === 'failed') throw new HubError('conflict', 'The webhook has failed: set its status to `active` first.')
  return webhook
}

async function one(database: Database, tenantId: string, id: string): Promise<DeliveryRow> {
  const row = isUuid(id) ? await findDelivery(database.tenant(tenantId), tenantId, id) : undefined
  if (row === undefined) throw new HubError('not_found', 'There is no such delivery.')
  return row
}

function summaryOf({ id, webhookId, eventId, eventName, eventType, status, reason, dueAt, finishedAt, attempts: json }: DeliveryRow, attempts = JSON.parse(json) as AttemptRecord[]): DeliverySummary {
  const last = attempts.at(-1)
  return {
    id, webhookId, eventId: eventName, messageId: eventId, eventType, status, success: status === 'delivered', reason, dueAt, finishedAt, attemptCount: attempts.length,
    lastStatusCode: last?.response?.status ?? null,
    error: status === 'delivered' ? null : last?.error?.message ?? (last?.response ? `It answered ${last.response.status}.` : reason),
  }
}
