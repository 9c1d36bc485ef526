import { z } from 'zod'
import { defineRoute, moment, pageOf, pageQuery } from '../../route.ts'
import { deliveryStatus, deliverySummary } from './shapes.ts'

export const listDeliveries = defineRoute({
  method: 'GET', path: '/api/v1/deliveries', scope: 'webhooks:read', tag: 'Deliveries',
  summary: 'List deliveries, newest first.',
  description: 'Without their attempts: get a single one for those. What has failed or is parked are the dead letters.',
  query: z.strictObject({
    ...pageQuery,
    webhookId: z.uuid().optional().describe('To this endpoint.'),
    status: deliveryStatus.optional(),
    eventType: z.string().min(1).max(300).optional().describe('Of events of this type.'),
    eventId: z.string().min(1).max(1000).optional().describe("Of this event: the CloudEvent's id, or the `messageId`."),
    from: moment.optional().describe('Planned at this time or later (ISO 8601 with offset).'),
    to: moment.optional().describe('Planned before this time.'),
  }),
  reply: pageOf(deliverySummary),
  handle: ({ deliveries }, { caller, query: { from, to, ...query } }) =>
    deliveries.list(caller, { ...query, ...from !== undefined && { from: new Date(from) }, ...to !== undefined && { to: new Date(to) } }),
})
