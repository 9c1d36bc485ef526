import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { connectorId, tag } from './shapes.ts'

export const getDocument = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/document', scope: 'connectors:read', tag,
  summary: 'Download the document that a connector was made from.',
  params: connectorId,
  query: z.strictObject({ form: z.enum(['original', 'normal']).default('original').describe('`original`: as it came. `normal`: as OpenAPI 3.2 in JSON, which is what the hub works with.') }),
  reply: z.string().meta({ contentMediaType: 'application/octet-stream', description: 'JSON or YAML, as `content-type` says.' }),
  handle: async ({ connectors }, { caller, params, query }) => {
    const { bytes, contentType, filename } = await connectors.document(caller, params.id, query.form)
    // A document is a stranger's text: never shown as a page of ours.
    return new Answer({ body: bytes, headers: { 'content-type': contentType, 'content-disposition': `attachment; filename="${filename}"`, 'x-content-type-options': 'nosniff' } })
  },
})
