/** Sends events of the past to an endpoint once more, or for the first time: those of a time that it subscribed to. */
import { uuidv7 } from 'uuidv7'
import type { Database } from '../../db/database.ts'
import { lowestId } from '../../db/partitions.ts'
import { HubError } from '../../errors.ts'
import type { CloudEvent } from '../../events/event.ts'
import { matchesAnyGlob } from '../../lib/glob.ts'
import { checkAt } from '../../lib/jq/check-at.ts'
import { isTrue, type Jq } from '../../lib/jq/jq.ts'
import { recordChange } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'
import { assertTakes } from './deliveries.ts'
import { insertQueued, listEventsToReplay, type QueuedDelivery, type ReplayedEvent } from './deliveries-store.ts'
import type { Webhook, Webhooks } from './webhook.ts'

export interface ReplayRequest {
  since: Date
  /** Exclusive; now unless given. */
  until?: Date | undefined
  /** Globs instead of the endpoint's own subscription. */
  types?: string[] | undefined
  /** jq over the CloudEvent; the endpoint's own filters hold beside it. */
  filter?: string | undefined
  /** Count only. */
  dryRun?: boolean | undefined
}

export interface Replay {
  /**
   * Queues the deliveries and answers how many. The endpoint gets each event under its first `webhook-id`, so that a receiver can tell a repeat.
   * Throws `not_found`, `conflict`, `invalid_expression`, and `expression_failed` or `expression_timeout` for a filter that fails on an event: then nothing of the slice at hand is queued.
   */
  replay(caller: Caller, webhookId: string, request: ReplayRequest): Promise<{ count: number }>
}

export interface ReplayDeps {
  database: Database
  webhooks: Webhooks
  jq: Jq
  readBlob(tenantId: string, id: string): Promise<string>
  orderingKey(webhook: Webhook, tenantId: string, event: () => CloudEvent): Promise<string | null>
  wake(tenantId: string, webhookId: string): void
}

const SLICE = 500

export function createReplay(deps: ReplayDeps): Replay {
  const { database, webhooks, jq, wake } = deps
  return {
    async replay(caller, webhookId, { since, until = new Date(), types, filter, dryRun = false }) {
      const { tenantId } = caller
      const webhook = await assertTakes(webhooks, tenantId, webhookId)
      if (filter !== undefined) await checkAt(jq, '/filter', filter, { batchKey: tenantId })
      const db = database.tenant(tenantId)
      const before = lowestId(until)
      let after = lowestId(since)
      let count = 0
      for (;;) {
        const slice = await listEventsToReplay(db, tenantId, { after, before, limit: SLICE })
        const subscribed = slice.filter(({ type }) => (types === undefined ? webhook.wants(type) : matchesAnyGlob(types, type)))
        const rows = (await Promise.all(subscribed.map((event) => rowFor(deps, { tenantId, webhook, filter, event })))).filter((row) => row !== undefined)
        if (rows.length > 0 && !dryRun) {
          await insertQueued(db, tenantId, rows)
          wake(tenantId, webhookId)
        }
        count += rows.length
        if (slice.length < SLICE) break
        after = slice.at(-1)!.id
      }
      if (!dryRun) await recordChange(db, caller, { action: 'webhook.replayed', targetType: 'webhook', targetId: webhookId, detail: { count, since, until, ...types && { types } } })
      return { count }
    },
  }
}

interface Candidate { tenantId: string, webhook: Webhook, filter: string | undefined, event: ReplayedEvent }

async function rowFor(deps: ReplayDeps, { tenantId, webhook, filter, event }: Candidate): Promise<QueuedDelivery | undefined> {
  let parsed: CloudEvent | undefined
  const cloudEvent = (): CloudEvent => { parsed ??= JSON.parse(event.text) as CloudEvent; return parsed }
  if (filter !== undefined) {
    if (event.blobId !== null) parsed = JSON.parse(await deps.readBlob(tenantId, event.blobId)) as CloudEvent
    const verdict = await deps.jq.first(filter, cloudEvent(), { batchKey: tenantId })
    if (!isTrue(verdict)) return undefined
  }
  const orderingKey = webhook.orderBy === undefined ? null : await deps.orderingKey(webhook, tenantId, cloudEvent)
  return { id: uuidv7(), webhookId: webhook.id, eventId: event.id, eventName: event.eventId, eventType: event.type, orderingKey }
}

/** A time that makes no sense is said before anything is looked for. */
export function assertRange({ since, until }: Pick<ReplayRequest, 'since' | 'until'>): void {
  if (until !== undefined && until <= since) throw new HubError('invalid_request', '`until` must be after `since`.', { errors: [{ pointer: '/until', detail: 'must be after `since`' }] })
}
