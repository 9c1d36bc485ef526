import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { tag, webhookId } from './shapes.ts'

export const deleteWebhook = defineRoute({
  method: 'DELETE', path: '/api/v1/webhooks/:id', scope: 'webhooks:write', tag, status: 204, summary: 'Delete a webhook.',
  description: 'What was still to be delivered to it is dropped; what was delivered stays on record until its retention ends.',
  conditional: true, params: webhookId, reply: z.undefined(),
  handle: async ({ webhooks }, { caller, params, request }) => {
    await webhooks.remove(caller, params.id, { ifMatch: request.ifMatch })
    return new Answer({})
  },
})
