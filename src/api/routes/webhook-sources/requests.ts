import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import { hookRequest, sourceId, tag, toHookRequest } from './shapes.ts'

export const listHookRequests = defineRoute({
  method: 'GET', path: '/api/v1/webhook-sources/:id/requests', scope: 'webhooks:read', tag,
  summary: 'See what came to a webhook source and was refused, or all that came to an inspector, newest first.',
  description: 'The newest 500 are kept, for 30 days, and of many in one second not all.',
  params: sourceId,
  query: z.strictObject({ ...pageQuery, status: z.coerce.number().int().min(100).max(599).optional().describe('Only those that were answered with this status.') }),
  reply: pageOf(hookRequest),
  handle: async ({ webhookSources, hookRequests }, { caller, params, query }) => {
    const { id } = await webhookSources.find(caller, params.id)
    const { data, nextCursor } = await hookRequests.list(caller.tenantId, id, query)
    return { data: data.map(toHookRequest), nextCursor }
  },
})
