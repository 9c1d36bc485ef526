import { z } from 'zod'
import type { CloudEvent } from '../../../events/event.ts'
import { programs } from '../../../webhooks/outbound/settings.ts'
import { defineRoute } from '../../route.ts'
import { cloudEvent } from '../events/shapes.ts'
import { tag } from './shapes.ts'

export const previewWebhook = defineRoute({
  method: 'POST', path: '/api/v1/webhooks/preview', scope: 'webhooks:write', tag,
  summary: 'See what filters and transformations make of an event.',
  description: 'Nothing is stored and nothing is sent.',
  body: z.strictObject({
    event: cloudEvent.describe('The CloudEvent that they see.'),
    filters: programs.default([]).describe('As an endpoint has them.'), transformations: programs.default([]).describe('As an endpoint has them.'),
  }),
  reply: z.object({
    outcome: z.enum(['sent', 'left_out', 'parked']).describe('`left_out`: a filter did not come out true, or a transformation gave nothing. `parked`: a program fails on the event; a delivery of it would be set aside.'),
    body: z.string().nullable().describe('What would be sent. Null where nothing would.'),
    reason: z.string().nullable().describe('Which program fails, and why.'),
  }),
  handle: ({ previews }, { caller, body: { event, ...given } }) => previews.preview(caller, { event: event as CloudEvent, ...given }),
})
