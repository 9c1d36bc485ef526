import { defineRoute } from '../../route.ts'
import { connector, connectorId, tag, toConnector } from './shapes.ts'

export const installConnector = defineRoute({
  method: 'POST', path: '/api/v1/connectors/:id/install', scope: 'connectors:write', tag,
  summary: 'Bring a service of the catalogue into the tenant.',
  description: 'What is there already is answered as it is. Making an integration does this by itself.',
  params: connectorId, reply: connector,
  handle: async ({ connectors }, { caller, params }) => toConnector(await connectors.installFromCatalogue(caller, params.id)),
})
