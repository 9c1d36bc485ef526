import { z } from 'zod'
import { defineRoute, moment, searchedPageOf, pageQuery } from '../../route.ts'
import { deliveryStatus, deliverySummary } from './shapes.ts'

export const listDeliveries = defineRoute({
  method: 'GET', path: '/api/v1/deliveries', scope: 'webhooks:read', tag: 'Deliveries',
  summary: 'List deliveries, newest first.',
  description: 'A search that takes longer than 3 seconds is refused with `invalid_request`; `from` and `to` narrow it. Without their attempts: get a single one for those. What has failed or is parked are the dead letters.',
  query: z.strictObject({
    ...pageQuery,
    webhookId: z.uuid().optional().describe('To this endpoint.'),
    status: deliveryStatus.optional(),
    eventType: z.string().min(1).max(300).optional().describe('Of events of this type.'),
    eventId: z.string().min(1).max(1000).optional().describe("Of this event: the CloudEvent's id, or the `messageId`."),
    q: z.string().min(1).max(200).optional().describe('Text in the event, or in what was asked and answered, in upper or lower case. The data of events over 64 KiB is not searched.'),
    from: moment.optional().describe('Planned at this time or later (ISO 8601 with offset).'),
    to: moment.optional().describe('Planned before this time.'),
  }),
  reply: searchedPageOf(deliverySummary),
  handle: ({ deliveries }, { caller, query: { from, to, ...query } }) =>
    deliveries.list(caller, { ...query, ...from !== undefined && { from: new Date(from) }, ...to !== undefined && { to: new Date(to) } }),
})
