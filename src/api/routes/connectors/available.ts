import { z } from 'zod'
import { cardOrigins } from '../../../catalog/available.ts'
import { pageWithin } from '../../../lib/page.ts'
import { defineRoute, pageOf, pageQuery, wholeListQuery } from '../../route.ts'
import { card, tag, toCard } from './shapes.ts'

export const listAvailable = defineRoute({
  method: 'GET', path: '/api/v1/integrations/available', scope: 'connectors:read', tag,
  summary: "List everything that can be connected: the tenant's own connectors, the hub's, and the catalogue's services.",
  description: 'Best matches first. A service of the catalogue is installed by its first integration.',
  query: z.strictObject({
    ...pageQuery, q: z.string().max(200).optional().describe('Words that must all be found, in name, vendor, id, description or categories.'),
    category: z.string().max(100).optional().describe('One of `GET /api/v1/catalog/categories`.'), origin: z.enum(cardOrigins).optional(),
  }),
  reply: pageOf(card).extend({ total: z.number().int().describe('Over all pages.') }),
  handle: async ({ connectors }, { caller, query: { limit, cursor, ...filter } }) => {
    const { data, nextCursor, total } = await connectors.available(caller, filter, { limit, cursor })
    return { data: data.map(toCard), nextCursor, total }
  },
})

export const listCategories = defineRoute({
  method: 'GET', path: '/api/v1/catalog/categories', scope: 'connectors:read', tag,
  summary: "List the catalogue's categories, those with the most services first.",
  query: z.strictObject(wholeListQuery), reply: pageOf(z.object({ name: z.string(), count: z.number().int() })),
  handle: async ({ connectors }, { query }) => pageWithin(await connectors.categories(), query),
})
