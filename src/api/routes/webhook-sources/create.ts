import { sourceInput } from '../../../webhooks/inbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { tag, toWebhookSource, webhookSource } from './shapes.ts'

export const createWebhookSource = defineRoute({
  method: 'POST', path: '/api/v1/webhook-sources', scope: 'webhooks:write', tag, creates: true, status: 201,
  summary: 'Make a URL that another service can post its webhooks to.',
  description: 'Give its `url` to the sender. `verification` says how a request shows that it comes from there.',
  body: sourceInput, reply: webhookSource,
  handle: async ({ webhookSources, publicUrl }, { caller, body }) => toWebhookSource(await webhookSources.create(caller, body), publicUrl()),
})
