import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { connectorId, tag } from './shapes.ts'

export const deleteConnector = defineRoute({
  method: 'DELETE', path: '/api/v1/connectors/:id', scope: 'connectors:write', tag, status: 204,
  summary: 'Delete an imported connector that no integration uses.',
  params: connectorId, reply: z.undefined(),
  handle: async ({ connectors }, { caller, params }) => {
    await connectors.remove(caller, params.id)
    return new Answer({})
  },
})
