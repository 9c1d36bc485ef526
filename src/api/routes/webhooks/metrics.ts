import { z } from 'zod'
import type { Caller } from '../../../tenants/caller.ts'
import { defineRoute, timestamp } from '../../route.ts'
import type { Services } from '../../services.ts'
import { assertFewPoints, range, rangeOf, step as stepOf } from '../figures/shapes.ts'
import { measured, tag, webhookId } from './shapes.ts'

export const webhookMetrics = z.object({
  webhookId: z.uuid(), from: timestamp, to: timestamp, ...measured, lastDelivery: timestamp.nullable().describe('Of all times.'), series: z.array(z.object({ at: timestamp, ...measured })),
})

interface MetricsQuery { from?: string | undefined, to?: string | undefined, step: z.output<typeof stepOf> }

export async function readWebhookMetrics({ webhooks, webhookFigures }: Services, caller: Caller, id: string, { step, ...query }: MetricsQuery): Promise<z.input<typeof webhookMetrics>> {
  const row = await webhooks.find(caller, id)
  const { from, to } = rangeOf(query)
  assertFewPoints({ from, to }, step)
  return { webhookId: row.id, from, to, ...await webhookFigures.performance(caller.tenantId, row.id, { from, to, step }) }
}

export const getWebhookMetrics = defineRoute({
  method: 'GET', path: '/api/v1/webhooks/:id/metrics', scope: 'webhooks:read', tag, summary: 'Get measured figures of a webhook, also over time.',
  params: webhookId,
  query: z.strictObject({
    ...range,
    step: stepOf.default('hour').describe('Of the points in `series`. Steps begin in UTC; those without deliveries are left out.'),
  }),
  reply: webhookMetrics,
  handle: (services, { caller, params, query }) => readWebhookMetrics(services, caller, params.id, query),
})
