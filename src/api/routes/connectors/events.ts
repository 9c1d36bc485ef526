import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { connectorId, tag } from './shapes.ts'

export const listEvents = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/events', scope: 'connectors:read', tag,
  summary: 'List what a connector tells of by itself, with the schemas of its events.',
  params: connectorId,
  reply: z.object({
    data: z.array(z.object({ eventType: z.string(), description: z.string(), schemaPath: z.string(), schema: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of the payload.') })),
    nextCursor: z.null(),
  }),
  handle: async ({ connectors }, { caller, params }) => ({ data: await connectors.events(caller, params.id), nextCursor: null }),
})
