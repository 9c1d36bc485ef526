import { z } from 'zod'
import { defineRoute, timestamp } from '../../route.ts'
import { webhookStatus } from '../webhooks/shapes.ts'
import { tag } from './shapes.ts'

export const getQueues = defineRoute({
  method: 'GET', path: '/api/v1/figures/queues', scope: 'webhooks:read', tag,
  summary: 'Count what is still to be delivered, by endpoint.',
  reply: z.object({
    pending: z.number().describe('Over all endpoints.'), due: z.number().describe('Those of them whose time has come.'),
    webhooks: z.array(z.object({ webhookId: z.uuid(), name: z.string(), status: webhookStatus, pending: z.number(), due: z.number(), oldestDueAt: timestamp }))
      .describe('The longest queue first; endpoints with nothing to get are left out.'),
  }),
  async handle({ deliveries }, { caller }) {
    const webhooks = await deliveries.queues(caller)
    return { pending: webhooks.reduce((sum, { pending }) => sum + pending, 0), due: webhooks.reduce((sum, { due }) => sum + due, 0), webhooks }
  },
})
