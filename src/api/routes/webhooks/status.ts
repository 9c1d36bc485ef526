import { z } from 'zod'
import { defineRoute, type Route } from '../../route.ts'
import { tag, toWebhook, webhook, webhookId } from './shapes.ts'

function statusRoute(verb: 'activate' | 'pause', status: 'active' | 'paused', texts: { summary: string, description: string }): Route {
  return defineRoute({
    method: 'POST', path: `/api/v1/webhooks/:id/${verb}`, scope: 'webhooks:write', tag, ...texts,
    params: webhookId, body: z.strictObject({}).optional(), reply: webhook,
    handle: async ({ webhooks, webhookFigures }, { caller, params, request }) => {
      const row = await webhooks.setStatus(caller, params.id, status, { ifMatch: request.ifMatch })
      return toWebhook(row, (await webhookFigures.monitoring(caller.tenantId, [row.id])).get(row.id))
    },
  })
}

export const pauseWebhook = statusRoute('pause', 'paused', {
  summary: 'Hold back what is to be delivered to a webhook.', description: 'Events are collected, and sent once it is active again.',
})

export const activateWebhook = statusRoute('activate', 'active', {
  summary: 'Let a webhook that is paused or has failed be delivered to again.',
  description: 'What was collected goes out now. Of a failed one, what came meanwhile was not collected, and what it failed to take is in its deliveries: `redrive` and `replay` send that.',
})
