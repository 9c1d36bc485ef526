import { z } from 'zod'
import type { OperationSummary } from '../../../connectors/connector.ts'
import { pageWithin } from '../../../lib/page.ts'
import { defineRoute, pageOf, pageQuery, wholeListQuery } from '../../route.ts'
import { connectorId, tag } from './shapes.ts'

export const operationSummary = z.object({
  id: z.string().describe('What to run it by.'), summary: z.string(), description: z.string().optional(), tags: z.array(z.string()).optional(), deprecated: z.boolean().optional(),
  method: z.string().optional().describe('For operations over HTTP.'), path: z.string().optional(),
}).meta({ id: 'OperationSummary' })

/** What there is to choose by. */
export function toOperationSummary({ id, summary, description, tags, deprecated, method, path }: OperationSummary): z.input<typeof operationSummary> {
  return { id, summary, description, tags, deprecated, method, path }
}

export const listOperations = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/operations', scope: 'connectors:read', tag,
  summary: "List a connector's operations, in the document's order.",
  params: connectorId,
  query: z.strictObject({
    ...pageQuery, q: z.string().max(200).optional().describe('Text in id, summary, path or description.'), tag: z.string().max(300).optional().describe('Of this tag.'),
  }),
  reply: pageOf(operationSummary),
  handle: async ({ connectors }, { caller, params, query: { q, tag, limit, cursor } }) => {
    const page = await connectors.operations(caller, params.id, { q, tag }, { limit, cursor })
    return { nextCursor: page.nextCursor, data: page.data.map(toOperationSummary) }
  },
})

export const listTags = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/tags', scope: 'connectors:read', tag,
  summary: "List the tags of a connector's operations.",
  params: connectorId, query: z.strictObject(wholeListQuery), reply: pageOf(z.object({ tag: z.string(), operations: z.number().int() })),
  handle: async ({ connectors }, { caller, params, query }) => pageWithin(await connectors.tags(caller, params.id), query),
})

export const getOperation = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/operations/:operation', scope: 'connectors:read', tag,
  summary: 'Get an operation with its schemas and an example.',
  params: connectorId.extend({ operation: z.string().max(500).describe('Id of the operation.') }),
  reply: z.object({
    id: z.string(), summary: z.string(), description: z.string().optional(),
    input: z.record(z.string(), z.unknown()).describe('JSON Schema of what to run it with.'),
    output: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of what comes back, where it is known.'),
    example: z.unknown().describe('An input to begin with.'),
    retrySafe: z.boolean().optional().describe('May be sent again although the first try may have taken effect. Left out where it depends on the input.'),
    readOnly: z.boolean().optional().describe('Changes nothing: its answers may be cached. Left out where it depends on the input.'),
  }).meta({ id: 'Operation' }),
  handle: ({ connectors }, { caller, params }) => connectors.operation(caller, params.id, params.operation),
})
