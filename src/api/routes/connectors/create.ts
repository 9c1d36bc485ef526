import { defineRoute } from '../../route.ts'
import { importRequest, sourceOfFields } from './import-body.ts'
import { connector, tag, toConnector } from './shapes.ts'

export const createConnector = defineRoute({
  method: 'POST', path: '/api/v1/connectors', scope: 'connectors:write', tag, creates: true, status: 201,
  summary: 'Register a connector from an OpenAPI document.',
  description: 'The document is checked first: what is wrong with it is told with pointers, and nothing is stored. For documents beyond the usual size of a body use `POST /api/v1/connectors/import`.',
  body: importRequest, freeText: ['/document'], reply: connector,
  handle: async ({ connectors }, { caller, body }) => toConnector(await connectors.import(caller, { id: body.id, name: body.name, source: sourceOfFields(body) })),
})
