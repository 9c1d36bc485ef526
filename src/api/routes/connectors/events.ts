import { z } from 'zod'
import { pageWithin } from '../../../lib/page.ts'
import { defineRoute, pageOf, wholeListQuery } from '../../route.ts'
import { connectorId, tag } from './shapes.ts'

export const listEvents = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/events', scope: 'connectors:read', tag,
  summary: 'List what a connector tells of by itself, with the schemas of its events.',
  params: connectorId,
  query: z.strictObject(wholeListQuery),
  reply: pageOf(z.object({ eventType: z.string(), description: z.string(), schemaPath: z.string(), schema: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of the payload.') })),
  handle: async ({ connectors }, { caller, params, query }) => pageWithin(await connectors.events(caller, params.id), query),
})
