import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { sourceId, tag } from './shapes.ts'

export const deleteWebhookSource = defineRoute({
  method: 'DELETE', path: '/api/v1/webhook-sources/:id', scope: 'webhooks:write', tag, status: 204,
  summary: 'Delete a webhook source.',
  description: 'Its URL answers 404 from then on. Its events stay.',
  conditional: true, params: sourceId, reply: z.undefined(),
  handle: async ({ webhookSources }, { caller, params, request }) => {
    await webhookSources.remove(caller, params.id, { ifMatch: request.ifMatch })
    return new Answer({})
  },
})
