import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { delivery } from './shapes.ts'

export const getDelivery = defineRoute({
  method: 'GET', path: '/api/v1/deliveries/:id', scope: 'webhooks:read', tag: 'Deliveries',
  summary: 'Get a delivery with its attempts.',
  params: z.object({ id: z.string().max(100) }),
  reply: delivery,
  handle: ({ deliveries }, { caller, params }) => deliveries.find(caller, params.id),
})
