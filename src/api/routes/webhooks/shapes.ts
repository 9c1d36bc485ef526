/** The endpoint as the API takes and gives it. */
import { z } from 'zod'
import type { Monitoring } from '../../../webhooks/outbound/monitoring.ts'
import { webhookSettings } from '../../../webhooks/outbound/settings.ts'
import type { WebhookRow } from '../../../webhooks/outbound/webhooks.ts'
import { timestamp } from '../../route.ts'

export const tag = 'Webhooks'
export const webhookId = z.object({ id: z.string().max(100).describe('Id of the webhook.') })

export const measured = {
  deliveryRate: z.number().describe('Percent of the deliveries that are over which succeeded; 100 before the first.'),
  averageLatency: z.number().nullable().describe('ms an attempt; null without one.'),
  errorRate: z.number().describe('Percent of the attempts that failed; 0 before the first.'),
  delivered: z.number().describe('Deliveries that succeeded.'), failed: z.number().describe('Deliveries that were given up.'),
  attempts: z.number(), failedAttempts: z.number(),
}

export const webhookStatus = z.enum(['active', 'paused', 'failed'])

export const webhook = z.object({
  id: z.uuid(), name: z.string(), description: z.string(), url: z.string(),
  ...webhookSettings,
  monitoring: z.object({ ...measured, lastDelivery: timestamp.nullable().describe('When something was last delivered; null before the first.') }).describe('Measured, of the last 24 hours.'),
  status: webhookStatus.describe('`paused`: events are collected. `failed`: set by the hub; nothing is sent nor collected.'),
  statusReason: z.string().nullable().describe('Why it was set to `failed`.'),
  failingSince: timestamp.nullable().describe('Since when every attempt failed; null while the last one succeeded.'),
  metadata: z.record(z.string(), z.string()),
  integrationId: z.uuid().nullable().describe('The integration that it was registered with.'),
  createdAt: timestamp, updatedAt: timestamp,
  etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}).meta({ id: 'Webhook' })

const unmeasured: Monitoring = { deliveryRate: 100, averageLatency: null, errorRate: 0, delivered: 0, failed: 0, attempts: 0, failedAttempts: 0, lastDelivery: null }

/** `secret` where it is shown, which is once. */
export function toWebhook(row: WebhookRow, monitoring: Monitoring = unmeasured, secret?: string): z.input<typeof webhook> {
  const { id, name, description, url, events, security, delivery, status, statusReason, failingSince, metadata, integrationId, createdAt, updatedAt, revision } = row
  return {
    id, name, description, url, events: inOrder('events', events), security: inOrder('security', secret === undefined ? security : { ...security, secret }), delivery: inOrder('delivery', delivery),
    monitoring, status, statusReason, failingSince, metadata, integrationId, createdAt, updatedAt, etag: String(revision),
  }
}

/** As the reference lists them; the database keeps them in an order of its own. */
function inOrder<Group extends object>(group: keyof typeof webhookSettings, values: Group): Group {
  return Object.fromEntries(Object.keys(webhookSettings[group].shape).filter((name) => name in values).map((name) => [name, values[name as keyof Group]])) as Group
}
