import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { event, eventId, tag } from './shapes.ts'

export const getEvent = defineRoute({
  method: 'GET', path: '/api/v1/events/:id', scope: 'events:read', tag,
  summary: 'Get an event, whole.',
  description: "By the CloudEvent's id or by the `messageId`. Ids are unique within their source alone: of several, the newest is answered.",
  params: eventId, query: z.strictObject({ source: z.string().min(1).max(1000).optional().describe('Of this source.') }), reply: event,
  handle: ({ events }, { caller, params, query }) => events.find(caller, params.id, query),
})
