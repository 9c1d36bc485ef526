import { defineRoute } from '../../route.ts'
import { tag, toWebhook, webhook, webhookId } from './shapes.ts'

export const getWebhook = defineRoute({
  method: 'GET', path: '/api/v1/webhooks/:id', scope: 'webhooks:read', tag, summary: 'Get a webhook.',
  params: webhookId, reply: webhook,
  handle: async ({ webhooks, webhookFigures }, { caller, params }) => {
    const row = await webhooks.find(caller, params.id)
    return toWebhook(row, (await webhookFigures.monitoring(caller.tenantId, [row.id])).get(row.id))
  },
})
