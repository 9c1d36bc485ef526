import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import { tag, toWebhook, webhook, webhookStatus } from './shapes.ts'

export const listWebhooks = defineRoute({
  method: 'GET', path: '/api/v1/webhooks', scope: 'webhooks:read', tag, summary: 'List webhooks, newest first.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().max(200).optional().describe('Text in name, description, URL or types of events.'),
    status: webhookStatus.optional(),
    wants: z.string().min(1).max(300).optional().describe('A type of events: only the webhooks that it goes to.'),
  }),
  reply: pageOf(webhook),
  handle: async ({ webhooks, webhookFigures }, { caller, query: { q, status, wants, limit, cursor } }) => {
    const page = await webhooks.list(caller, { q, status, wants }, { limit, cursor })
    const monitoring = await webhookFigures.monitoring(caller.tenantId, page.data.map(({ id }) => id))
    return { data: page.data.map((row) => toWebhook(row, monitoring.get(row.id))), nextCursor: page.nextCursor }
  },
})
