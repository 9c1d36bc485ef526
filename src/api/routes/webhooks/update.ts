import { webhookPatch } from '../../../webhooks/outbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { tag, toWebhook, webhook, webhookId } from './shapes.ts'

export const updateWebhook = defineRoute({
  method: 'PATCH', path: '/api/v1/webhooks/:id', scope: 'webhooks:write', tag,
  summary: 'Change some settings of a webhook.',
  description: 'A JSON merge patch (RFC 7396), in the short form or the long one: null puts the default back. `retryPolicy`, `authentication`, `headers` and `metadata` are replaced whole. What was read may be written back as it is.',
  params: webhookId, body: webhookPatch, reply: webhook,
  handle: async ({ webhooks, webhookFigures }, { caller, params, body, request }) => {
    const row = await webhooks.patch(caller, params.id, body, { ifMatch: request.ifMatch })
    return toWebhook(row, (await webhookFigures.monitoring(caller.tenantId, [row.id])).get(row.id))
  },
})
