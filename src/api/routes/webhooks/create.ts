import { webhookInput } from '../../../webhooks/outbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { tag, toWebhook, webhook } from './shapes.ts'

export const createWebhook = defineRoute({
  method: 'POST', path: '/api/v1/webhooks', scope: 'webhooks:write', tag, creates: true, shownOnce: ['/security/secret'], status: 201,
  summary: 'Have events delivered to a URL.',
  description: 'All fields may stand side by side, as in `{ "name", "url", "events": ["order.*"], "timeout": 5000 }`, or in the long form in which the answer has them: `events.subscribedEvents`, `security`, `delivery`. `security.secret` is shown in this answer and never again.',
  body: webhookInput, reply: webhook,
  handle: async ({ webhooks }, { caller, body }) => {
    const { row, secret } = await webhooks.create(caller, body)
    return toWebhook(row, undefined, secret)
  },
})
