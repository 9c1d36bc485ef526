/** Sends a test event to one endpoint, and waits a little for what comes of it. */
import { setTimeout as pause } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import type { CloudEvent, Inbox } from '../../events/event.ts'
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import { assertTakes, type Deliveries, type Delivery } from './deliveries.ts'
import type { Webhooks } from './webhook.ts'

export interface TestEvents {
  /** Answers the delivery as it stands when it is over or `waitMs` is. Throws `not_found`, `conflict` where the endpoint is not active. */
  send(caller: Caller, webhookId: string, event: { type?: string | undefined, data?: unknown, subject?: string | undefined, repeats?: string | undefined }, waitMs: number): Promise<Delivery>
}

export interface TestEventsDeps { webhooks: Webhooks, inbox: Inbox, deliveries: Deliveries, repeated(tenantId: string, id: string, ofId: string): Promise<void> }

const FIRST_LOOK_MS = 20
const LONGEST_PAUSE_MS = 500

export function createTestEvents({ webhooks, inbox, deliveries, repeated }: TestEventsDeps): TestEvents {
  return {
    async send(caller, webhookId, { type = 'webhook.test', data = { message: 'A test event of Interchange.' }, subject, repeats }, waitMs) {
      const { tenantId } = caller
      const { status } = await assertTakes(webhooks, tenantId, webhookId)
      if (status === 'paused') throw new HubError('conflict', 'The webhook is paused: nothing is sent to it.')
      const id = uuidv7()
      const event: CloudEvent = { specversion: '1.0', id, source: 'interchange', type, ...subject !== undefined && { subject }, time: new Date().toISOString(), datacontenttype: 'application/json', data }
      const json = JSON.stringify(event)
      await inbox.accept({ tenantId, id, event, json, sizeBytes: Buffer.byteLength(json), onlyTo: webhookId })
      if (repeats !== undefined) await repeated(tenantId, id, repeats)
      return settled(deliveries, caller, { webhookId, eventId: id }, Date.now() + waitMs)
    },
  }
}

async function settled(deliveries: Deliveries, caller: Caller, of: { webhookId: string, eventId: string }, until: number): Promise<Delivery> {
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_PAUSE_MS)) {
    const { data: [found] } = await deliveries.list(caller, { ...of, from: new Date(until - 3_600_000), limit: 1 })
    // The endpoint's filters may have left the event out: then there is nothing to tell of.
    if (found === undefined) throw new HubError('conflict', "The webhook's filters leave this event out: nothing was sent.")
    if (found.status !== 'pending' || found.attemptCount > 0 || Date.now() + waitMs > until) return deliveries.find(caller, found.id)
    await pause(waitMs)
  }
}
