import { z } from 'zod'
import { assertRepeatable } from '../../repeats.ts'
import { defineRoute } from '../../route.ts'
import { delivery } from './shapes.ts'

export const testWebhook = defineRoute({
  method: 'POST', path: '/api/v1/webhooks/:id/test', scope: 'webhooks:write', tag: 'Deliveries',
  summary: 'Send a test event to an endpoint, and see what it answers.',
  description: 'The event is stored like any other and goes to this endpoint alone. A first attempt that fails is retried by the policy, as any delivery is.',
  params: z.object({ id: z.string().max(100) }),
  body: z.strictObject({
    type: z.string().min(1).max(300).optional().describe('Type of the event. Empty: `webhook.test`.'),
    subject: z.string().min(1).max(1000).optional(),
    data: z.unknown().optional().describe('Data of the event. Empty: a short message.'),
    repeats: z.uuid().optional().describe('`messageId` of an event that this one is once more: the two are shown as related.'),
    wait: z.number().min(0).max(60).default(10).describe('How long to wait for the first attempt, in seconds.'),
  }),
  freeText: ['/data'],
  reply: delivery,
  async handle({ testEvents, events }, { caller, params, body: { wait, ...event } }) {
    if (event.repeats !== undefined) assertRepeatable('event', await events.look(caller, event.repeats))
    return testEvents.send(caller, params.id, event, wait * 1000)
  },
})
