import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { defineRoute } from '../../route.ts'
import { importRequest, readImportBody } from './import-body.ts'
import { connector, importFields, tag, toConnector } from './shapes.ts'

export const importConnector = defineRoute({
  method: 'POST', path: '/api/v1/connectors/import', scope: 'connectors:write', tag, creates: true, status: 201,
  summary: 'Import an OpenAPI document as a connector: versions 2.0 to 3.2, JSON or YAML, up to 64 MiB.',
  description: 'Send the file as it is (`curl --data-binary @openapi.yaml`, with `id` and `name` in the query), or JSON with `url` or `document`.',
  bodyKind: 'bytes', query: z.strictObject(importFields), body: importRequest, reply: connector,
  handle: async ({ connectors }, { caller, body, query, request }) => {
    const read = await readImportBody(body, contentTypeOf(request.headers))
    if (read === undefined) throw new HubError('invalid_input', 'Send the document, or JSON with `url` or `document`.', { errors: [{ pointer: '', detail: 'is empty' }] })
    return toConnector(await connectors.import(caller, { id: read.id ?? query.id, name: read.name ?? query.name, source: read.source }))
  },
})

export function contentTypeOf(headers: Record<string, string | string[] | undefined>): string | undefined {
  const value = headers['content-type']
  return Array.isArray(value) ? value[0] : value
}
