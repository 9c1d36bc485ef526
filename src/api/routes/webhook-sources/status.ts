import { z } from 'zod'
import { defineRoute, type Route } from '../../route.ts'
import { sourceId, tag, toWebhookSource, webhookSource } from './shapes.ts'

function statusRoute(verb: 'activate' | 'pause', status: 'active' | 'paused', texts: { summary: string, description: string }): Route {
  return defineRoute({
    method: 'POST', path: `/api/v1/webhook-sources/:id/${verb}`, scope: 'webhooks:write', tag, ...texts,
    params: sourceId, body: z.strictObject({}).optional(), reply: webhookSource,
    handle: async ({ webhookSources, publicUrl }, { caller, params }) => toWebhookSource(await webhookSources.setStatus(caller, params.id, status), publicUrl()),
  })
}

export const pauseWebhookSource = statusRoute('pause', 'paused', {
  summary: 'Take no events at a webhook source for a while.', description: 'Requests are answered 503 with `Retry-After`, so that senders come again: nothing is lost as long as they do.',
})

export const activateWebhookSource = statusRoute('activate', 'active', {
  summary: 'Let a paused webhook source take events again.', description: 'Senders come again by their own schedules.',
})
