import { z } from 'zod'
import { defineRoute, pageOf, pageQuery, timestamp } from '../../route.ts'
import { range, rangeOf, tag } from './shapes.ts'

export const listWebhookFigures = defineRoute({
  method: 'GET', path: '/api/v1/figures/webhooks', scope: 'webhooks:read', tag,
  summary: 'List how the deliveries of each webhook went, hour by hour.',
  description: 'In the order of `GET /api/v1/webhooks`.',
  query: z.strictObject({ ...pageQuery, ...range }),
  reply: pageOf(z.object({
    webhookId: z.uuid(), series: z.array(z.object({ at: timestamp, delivered: z.number(), failed: z.number(), attempts: z.number(), failedAttempts: z.number() })).describe('In UTC; hours without any are left out.'),
  })),
  async handle({ webhooks, webhookFigures }, { caller, query: { limit, cursor, ...query } }) {
    const page = await webhooks.list(caller, { q: undefined, status: undefined }, { limit, cursor })
    const courses = await webhookFigures.courses(caller.tenantId, page.data.map(({ id }) => id), rangeOf(query))
    const toRow = (id: string) => ({ webhookId: id, series: (courses.get(id) ?? []).map(({ at, delivered, failed, attempts, failedAttempts }) => ({ at, delivered, failed, attempts, failedAttempts })) })
    return { data: page.data.map(({ id }) => toRow(id)), nextCursor: page.nextCursor }
  },
})
