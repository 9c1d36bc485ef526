import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { eventId, tag } from './shapes.ts'

export const getEventContent = defineRoute({
  method: 'GET', path: '/api/v1/events/:id/content', scope: 'events:read', tag,
  summary: 'Get an event as it is sent, byte for byte.',
  description: 'The CloudEvent alone, as text that no reader has written anew: the body of its deliveries, where these neither transform nor batch it, and so what their signatures are over.',
  params: eventId, reply: z.unknown().describe('The CloudEvent as JSON.'),
  handle: async ({ events }, { caller, params }) => new Answer({
    body: await events.content(caller, params.id), headers: { 'content-type': 'application/cloudevents+json', 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store' },
  }),
})
