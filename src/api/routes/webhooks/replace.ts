import { webhookInput } from '../../../webhooks/outbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { tag, toWebhook, webhook, webhookId } from './shapes.ts'

export const replaceWebhook = defineRoute({
  method: 'PUT', path: '/api/v1/webhooks/:id', scope: 'webhooks:write', tag,
  summary: 'Replace the settings of a webhook.',
  description: 'What is left out falls back to its default; the secret and the status stay. What was read may be written back as it is. Secrets of its authentication and headers go to the host only that they were given for: with another URL they are to be given again.',
  params: webhookId, body: webhookInput, reply: webhook,
  handle: async ({ webhooks, webhookFigures }, { caller, params, body, request }) => {
    const row = await webhooks.replace(caller, params.id, body, { ifMatch: request.ifMatch })
    return toWebhook(row, (await webhookFigures.monitoring(caller.tenantId, [row.id])).get(row.id))
  },
})
