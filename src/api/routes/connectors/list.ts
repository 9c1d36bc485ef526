import { z } from 'zod'
import { defineRoute, pageOf, pageQuery } from '../../route.ts'
import { connectorSummary, tag, toSummary } from './shapes.ts'

export const listConnectors = defineRoute({
  method: 'GET', path: '/api/v1/connectors', scope: 'connectors:read', tag,
  summary: "List the tenant's connectors: the hub's own and the imported ones, by id.",
  description: 'What the catalogue has besides is in `GET /api/v1/integrations/available`.',
  query: z.strictObject({ ...pageQuery, q: z.string().max(200).optional().describe('Text in id, name or description.') }),
  reply: pageOf(connectorSummary),
  handle: async ({ connectors }, { caller, query: { q, limit, cursor } }) => {
    const page = await connectors.list(caller, { q }, { limit, cursor })
    return { data: page.data.map(toSummary), nextCursor: page.nextCursor }
  },
})
