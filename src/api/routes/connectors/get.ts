import { defineRoute } from '../../route.ts'
import { connector, connectorId, tag, toConnector } from './shapes.ts'

export const getConnector = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id', scope: 'connectors:read', tag,
  summary: 'Get a connector: its manifest, and how to set it up.',
  params: connectorId, reply: connector,
  handle: async ({ connectors }, { caller, params }) => toConnector(await connectors.find(caller, params.id)),
})
