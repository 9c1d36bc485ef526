import { z } from 'zod'
import { defineRoute } from '../../route.ts'

export const retryDelivery = defineRoute({
  method: 'POST', path: '/api/v1/deliveries/:id/retry', scope: 'webhooks:write', tag: 'Deliveries',
  summary: 'Send a delivery again now, ahead of its schedule or after its end.',
  description: 'One that is over gets one more attempt. The receiver sees the same `webhook-id` again.',
  params: z.object({ id: z.string().max(100) }),
  reply: z.object({ id: z.uuid() }),
  status: 202,
  handle: ({ deliveries }, { caller, params }) => deliveries.retry(caller, params.id),
})
