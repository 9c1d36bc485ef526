import { z } from 'zod'
import type { DocumentDifference } from '../../../catalog/openapi/types.ts'
import { defineRoute } from '../../route.ts'
import { contentTypeOf } from './import.ts'
import { importRequest, readImportBody } from './import-body.ts'
import { connector, connectorId, tag, toConnector } from './shapes.ts'

const operation = { id: z.string(), method: z.string(), path: z.string(), summary: z.string() }
const change = z.object({ sentence: z.string(), breaking: z.boolean().describe('What worked before may stop working.') })

const reimported = z.object({
  applied: z.boolean(), breaking: z.boolean().describe('Something that worked before may stop working.'),
  changes: z.array(z.object({
    kind: z.enum(['added', 'removed', 'changed', 'document']), operation: z.string().nullable(), breaking: z.boolean(), text: z.string().describe('One sentence.'),
  })).describe('All of the difference, one line each.'),
  difference: z.object({
    added: z.array(z.object(operation)), removed: z.array(z.object(operation)),
    changed: z.array(z.object({ ...operation, breaking: z.boolean(), changes: z.array(change) })),
    document: z.array(change).describe('Servers, security schemes and the like.'),
  }),
  integrations: z.array(z.object({
    id: z.string(), name: z.string(), uses: z.array(z.string()).describe('Operations among those removed or incompatibly changed that it has run lately.'),
  })).describe('The integrations of this connector, those that have run what breaks first.'),
  warnings: z.array(z.string()).describe('What the new document gets wrong without doing harm.'),
  connector: connector.describe('As it is now.'),
  etag: z.string().nullable(),
}).meta({ id: 'Reimport' })

export const reimportConnector = defineRoute({
  method: 'POST', path: '/api/v1/connectors/:id/reimport', scope: 'connectors:write', tag,
  summary: 'Compare a newer document with the one that is there, and apply it with `apply=true`.',
  description: 'Takes what an import takes. Without a body the document is fetched again from where it came.',
  bodyKind: 'bytes', params: connectorId, body: importRequest.optional(), reply: reimported,
  query: z.strictObject({ apply: z.enum(['true', 'false']).default('false').describe('Whether to replace the document, or only to say what would change.') }),
  handle: async ({ connectors }, { caller, params, query, body, request }) => {
    const read = await readImportBody(body, contentTypeOf(request.headers))
    const { difference, connector, ...rest } = await connectors.reimport(caller, params.id, { source: read?.source, apply: query.apply === 'true', ifMatch: request.ifMatch })
    const { breaking, ...parts } = difference
    const shown = toConnector(connector)
    return { ...rest, breaking, changes: linesOf(difference), difference: parts, connector: shown, etag: shown.etag }
  },
})

type Line = z.input<typeof reimported>['changes'][number]

function linesOf({ added, removed, changed, document }: DocumentDifference): Line[] {
  return [
    ...document.map(({ sentence, breaking }): Line => ({ kind: 'document', operation: null, breaking, text: sentence })),
    ...removed.map(({ id, method, path }): Line => ({ kind: 'removed', operation: id, breaking: true, text: `${id} is gone (${method} ${path}).` })),
    ...changed.flatMap(({ id, changes }) => changes.map(({ sentence, breaking }): Line => ({ kind: 'changed', operation: id, breaking, text: `${id}: ${sentence}` }))),
    ...added.map(({ id, method, path }): Line => ({ kind: 'added', operation: id, breaking: false, text: `${id} is new (${method} ${path}).` })),
  ]
}
