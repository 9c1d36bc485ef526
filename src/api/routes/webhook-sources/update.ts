import { sourceInput, sourcePatch } from '../../../webhooks/inbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { sourceId, tag, toWebhookSource, webhookSource, writtenBack } from './shapes.ts'

export const replaceWebhookSource = defineRoute({
  method: 'PUT', path: '/api/v1/webhook-sources/:id', scope: 'webhooks:write', tag,
  summary: 'Replace a webhook source.',
  description: 'What is left out falls back to its default; the URL stays, and so do secrets unless others are given. What was read may be written back as it is.',
  params: sourceId, body: writtenBack(sourceInput), reply: webhookSource,
  handle: async ({ webhookSources, publicUrl }, { caller, params, body, request }) =>
    toWebhookSource(await webhookSources.replace(caller, params.id, body, { ifMatch: request.ifMatch }), publicUrl()),
})

export const patchWebhookSource = defineRoute({
  method: 'PATCH', path: '/api/v1/webhook-sources/:id', scope: 'webhooks:write', tag,
  summary: 'Change some of a webhook source.',
  description: 'Each given field is replaced as a whole, but `verification`, which is merged into what is there. Null puts the default back. A secret that is given here takes the place of the old one at once: `rotate-secret` lets both hold for a while.',
  params: sourceId, body: writtenBack(sourcePatch), reply: webhookSource,
  handle: async ({ webhookSources, publicUrl }, { caller, params, body, request }) =>
    toWebhookSource(await webhookSources.patch(caller, params.id, body, { ifMatch: request.ifMatch }), publicUrl()),
})
