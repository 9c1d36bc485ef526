import { z } from 'zod'
import { defineRoute, pageOf, searchQuery } from '../../route.ts'
import { credential, tag, toCredential } from './shapes.ts'

export const listCredentials = defineRoute({
  method: 'GET', path: '/api/v1/credentials', scope: 'credentials:read', tag,
  summary: 'List credentials by id, without their secrets.',
  query: z.strictObject({ ...searchQuery, connector: z.string().max(300).optional().describe('Only those for this connector.'), endUserId: z.string().max(300).optional().describe('Only those that this user of a product connected.') }),
  reply: pageOf(credential),
  handle: async ({ credentials }, { caller, query }) => {
    const { data, nextCursor } = await credentials.list(caller, query)
    return { data: data.map(toCredential), nextCursor }
  },
})
