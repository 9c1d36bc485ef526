import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import type { Caller } from '../../../tenants/caller.ts'
import { defineRoute, timestamp } from '../../route.ts'
import type { Services } from '../../services.ts'
import { measured, tag, webhookId } from './shapes.ts'

const DAY_MS = 86_400_000
const MOST_POINTS = 10_000
const stepMs = { minute: 60_000, hour: 3_600_000, day: DAY_MS }

export const webhookMetrics = z.object({
  webhookId: z.uuid(), from: timestamp, to: timestamp, ...measured, lastDelivery: timestamp.nullable().describe('Of all times.'), series: z.array(z.object({ at: timestamp, ...measured })),
})

interface MetricsQuery { from?: string | undefined, to?: string | undefined, step: keyof typeof stepMs }

export async function readWebhookMetrics({ webhooks, webhookFigures }: Services, caller: Caller, id: string, { step, ...query }: MetricsQuery): Promise<z.input<typeof webhookMetrics>> {
  const row = await webhooks.find(caller, id)
  const to = query.to === undefined ? new Date() : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from)
  if ((to.getTime() - from.getTime()) / stepMs[step] > MOST_POINTS) {
    throw new HubError('invalid_request', 'These are too many points. Take a longer `step`, or a shorter time.', { errors: [{ pointer: '?step', detail: `would make more than ${MOST_POINTS} points` }] })
  }
  return { webhookId: row.id, from, to, ...await webhookFigures.performance(caller.tenantId, row.id, { from, to, step }) }
}

export const getWebhookMetrics = defineRoute({
  method: 'GET', path: '/api/v1/webhooks/:id/metrics', scope: 'webhooks:read', tag, summary: 'Get measured figures of a webhook, also over time.',
  params: webhookId,
  query: z.strictObject({
    from: z.iso.datetime({ offset: true }).optional().describe('Empty: a day before `to`.'), to: z.iso.datetime({ offset: true }).optional().describe('Empty: now.'),
    step: z.enum(['minute', 'hour', 'day']).default('hour').describe('Of the points in `series`. Steps begin in UTC; those without deliveries are left out.'),
  }),
  reply: webhookMetrics,
  handle: (services, { caller, params, query }) => readWebhookMetrics(services, caller, params.id, query),
})
