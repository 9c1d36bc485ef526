import { z } from 'zod'
import { signingSecret } from '../../../webhooks/outbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { tag, toWebhook, webhook, webhookId } from './shapes.ts'

const WEEK_SECONDS = 604_800

export const rotateWebhookSecret = defineRoute({
  method: 'POST', path: '/api/v1/webhooks/:id/rotate-secret', scope: 'webhooks:write', tag, creates: true, shownOnce: ['/security/secret'],
  summary: 'Give a webhook a new secret, and let the old one sign too for a while.',
  description: 'The new `security.secret` is shown in this answer and never again.',
  params: webhookId,
  body: z.strictObject({
    secret: signingSecret.optional().describe('The new secret, as `security.secret` takes it. Empty: one is made, of the kind of the old one.'),
    overlapSeconds: z.number().int().min(0).max(WEEK_SECONDS).default(86_400).describe('How long the old secret goes on signing beside the new one. A rotation within that time ends it for the one before.'),
  }),
  reply: webhook,
  handle: async ({ webhooks, webhookFigures }, { caller, params, body, request }) => {
    const { row, secret } = await webhooks.rotateSecret(caller, params.id, { ...body, ifMatch: request.ifMatch })
    return toWebhook(row, (await webhookFigures.monitoring(caller.tenantId, [row.id])).get(row.id), secret)
  },
})
