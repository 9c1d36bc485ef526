import { z } from 'zod'
import { assertRange } from '../../../webhooks/outbound/replay.ts'
import { defineRoute, moment } from '../../route.ts'

export const replayWebhook = defineRoute({
  method: 'POST', path: '/api/v1/webhooks/:id/replay', scope: 'webhooks:write', tag: 'Deliveries',
  summary: 'Send events of the past to an endpoint.',
  description: 'Those of the time that the endpoint subscribed to, whether it got them before or not: so a new endpoint can catch up too. Each comes under its first `webhook-id`.',
  params: z.object({ id: z.string().max(100) }),
  body: z.strictObject({
    since: moment.describe('Events received at this time or later (ISO 8601 with offset).'),
    until: moment.optional().describe('Events received before this time. Empty: until now.'),
    types: z.array(z.string().min(1).max(300)).max(200).optional().describe("Globs of event types, instead of the endpoint's own subscription."),
    filter: z.string().min(1).max(20_000).optional().describe("jq over the CloudEvent: only events for which it comes out true. The endpoint's own filters hold beside it."),
    dryRun: z.boolean().default(false).describe('Only count what would be sent.'),
  }),
  reply: z.object({ count: z.int().describe("Deliveries queued. The endpoint's own filters may leave some of them out.") }),
  status: 202,
  creates: true,
  handle: ({ replay }, { caller, params, body: { since, until, ...request } }) => {
    const range = { since: new Date(since), until: until === undefined ? undefined : new Date(until) }
    assertRange(range)
    return replay.replay(caller, params.id, { ...request, ...range })
  },
})
