import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { defineRoute } from '../../route.ts'
import { importRequest, readImportBody } from './import-body.ts'
import { contentTypeOf } from './import.ts'
import { tag } from './shapes.ts'

const preview = z.object({
  title: z.string(), version: z.string(), specification: z.string().describe('Of OpenAPI, that it is written in.'), description: z.string(), servers: z.array(z.string()), authentication: z.array(z.string()),
  operationCount: z.number().int(), operations: z.array(z.object({ id: z.string(), method: z.string(), path: z.string(), summary: z.string() })).describe('The first 200.'), warnings: z.array(z.string()).describe('What the document gets wrong without doing harm.'),
}).meta({ id: 'DocumentPreview' })

export const previewConnector = defineRoute({
  method: 'POST', path: '/api/v1/connectors/preview', scope: 'connectors:write', tag,
  summary: 'Look into an OpenAPI document as an import would read it, without storing anything.',
  description: 'Takes what `POST /api/v1/connectors/import` takes, and refuses what that refuses.',
  bodyKind: 'bytes', body: importRequest, reply: preview,
  async handle({ connectors }, { body, request }) {
    const read = await readImportBody(body, contentTypeOf(request.headers))
    if (read === undefined) throw new HubError('invalid_input', 'Send the document, or JSON with `url` or `document`.', { errors: [{ pointer: '', detail: 'is empty' }] })
    return connectors.preview(read.source)
  },
})

export const previewOfCatalogue = defineRoute({
  method: 'GET', path: '/api/v1/catalog/services/:id', scope: 'connectors:read', tag,
  summary: "Look into a service of the catalogue: its operations, before it is the tenant's.",
  params: z.object({ id: z.string().max(300) }), reply: preview,
  handle: ({ connectors }, { params }) => connectors.previewOfCatalogue(params.id),
})
