import { defineRoute } from '../../route.ts'
import { sourceId, tag, toWebhookSource, webhookSource } from './shapes.ts'

export const getWebhookSource = defineRoute({
  method: 'GET', path: '/api/v1/webhook-sources/:id', scope: 'webhooks:read', tag,
  summary: 'Get a webhook source, without its secret.',
  params: sourceId, reply: webhookSource,
  handle: async ({ webhookSources, publicUrl }, { caller, params }) => toWebhookSource(await webhookSources.find(caller, params.id), publicUrl()),
})
