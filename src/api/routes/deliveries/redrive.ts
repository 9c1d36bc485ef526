import { z } from 'zod'
import { defineRoute, moment } from '../../route.ts'

export const redriveWebhook = defineRoute({
  method: 'POST', path: '/api/v1/webhooks/:id/redrive', scope: 'webhooks:write', tag: 'Deliveries',
  summary: "Put an endpoint's dead letters back into its queue.",
  description: 'Each gets all attempts of the retry policy again.',
  params: z.object({ id: z.string().max(100) }),
  body: z.strictObject({
    status: z.enum(['failed', 'parked']).optional().describe('Only those. Empty: both.'),
    since: moment.optional().describe('Planned at this time or later (ISO 8601 with offset).'),
    until: moment.optional().describe('Planned before this time.'),
  }),
  reply: z.object({ count: z.int() }),
  status: 202,
  creates: true,
  handle: ({ deliveries }, { caller, params, body: { status, since, until } }) =>
    deliveries.redrive(caller, params.id, { status, since: since === undefined ? undefined : new Date(since), until: until === undefined ? undefined : new Date(until) }),
})
