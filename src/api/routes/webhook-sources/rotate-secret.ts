import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { sourceId, tag, toWebhookSource, webhookSource } from './shapes.ts'

const MONTH_SECONDS = 30 * 86_400

export const rotateSourceSecret = defineRoute({
  method: 'POST', path: '/api/v1/webhook-sources/:id/rotate-secret', scope: 'webhooks:write', tag, creates: true, shownOnce: ['/verification/secret'],
  summary: 'Give a webhook source a new secret, and let the old one hold for a while.',
  description: 'Where the hub makes it, `verification.secret` is shown in this answer and never again.',
  params: sourceId,
  body: z.strictObject({
    secret: z.string().min(1).max(4096).optional().describe('The new secret. Empty: one is made; not for Stripe, Slack, Shopify and Twilio, which have their own, nor for basic authentication.'),
    overlapSeconds: z.number().int().min(0).max(MONTH_SECONDS).default(86_400).describe('How long requests by the old secret pass beside the new one. 0: no earlier secret holds any longer.'),
  }),
  reply: webhookSource,
  handle: async ({ webhookSources, publicUrl }, { caller, params, body }) => {
    const { row, secret } = await webhookSources.rotateSecret(caller, params.id, body)
    return toWebhookSource(row, publicUrl(), secret)
  },
})
