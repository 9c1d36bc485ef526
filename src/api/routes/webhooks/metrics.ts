import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { defineRoute, timestamp } from '../../route.ts'
import { measured, tag, webhookId } from './shapes.ts'

const DAY_MS = 86_400_000
const MOST_POINTS = 10_000
const stepMs = { minute: 60_000, hour: 3_600_000, day: DAY_MS }

export const getWebhookMetrics = defineRoute({
  method: 'GET', path: '/api/v1/webhooks/:id/metrics', scope: 'webhooks:read', tag, summary: 'Get measured figures of a webhook, also over time.',
  params: webhookId,
  query: z.strictObject({
    from: z.iso.datetime({ offset: true }).optional().describe('Empty: a day before `to`.'), to: z.iso.datetime({ offset: true }).optional().describe('Empty: now.'),
    step: z.enum(['minute', 'hour', 'day']).default('hour').describe('Of the points in `series`. Steps begin in UTC; those without deliveries are left out.'),
  }),
  reply: z.object({ webhookId: z.uuid(), from: timestamp, to: timestamp, ...measured, lastDelivery: timestamp.nullable().describe('Of all times.'), series: z.array(z.object({ at: timestamp, ...measured })) }),
  handle: async ({ webhooks, webhookFigures }, { caller, params, query: { step, ...query } }) => {
    const row = await webhooks.find(caller, params.id)
    const to = query.to === undefined ? new Date() : new Date(query.to)
    const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from)
    if ((to.getTime() - from.getTime()) / stepMs[step] > MOST_POINTS) {
      throw new HubError('invalid_request', 'These are too many points. Take a longer `step`, or a shorter time.', { errors: [{ pointer: '?step', detail: `would make more than ${MOST_POINTS} points` }] })
    }
    return { webhookId: row.id, from, to, ...await webhookFigures.performance(caller.tenantId, row.id, { from, to, step }) }
  },
})
