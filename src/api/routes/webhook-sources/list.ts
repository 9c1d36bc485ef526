import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import { tag, toWebhookSource, webhookSource } from './shapes.ts'

export const listWebhookSources = defineRoute({
  method: 'GET', path: '/api/v1/webhook-sources', scope: 'webhooks:read', tag,
  summary: 'List webhook sources, newest first.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().min(1).max(200).optional().describe('Only those with this text in name or description.'),
    scheme: z.string().min(1).max(50).optional().describe('Only those with this verification scheme.'),
    status: z.enum(['active', 'paused']).optional(),
  }),
  reply: pageOf(webhookSource),
  handle: async ({ webhookSources, publicUrl }, { caller, query }) => {
    const { data, nextCursor } = await webhookSources.list(caller, query)
    return { data: data.map((row) => toWebhookSource(row, publicUrl())), nextCursor }
  },
})
