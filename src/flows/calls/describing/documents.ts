/** Calls that a document describes: OpenAPI, AsyncAPI. */
import { z } from 'zod'
import { readAsyncApi } from '../../../catalog/asyncapi/document.ts'
import { isHubError } from '../../../errors.ts'
import type { EffectContext } from '../../effect.ts'
import { externalResource } from '../arguments.ts'
import { DOCUMENTS, type OpenApiOperations } from '../openapi.ts'
import type { Resources } from '../resources.ts'
import { summaryOf, type Described } from './described.ts'

const MAX_BYTES = 16 * 1024 * 1024

export const openApiTarget = z.object({ document: externalResource, operationId: z.string().optional() })

export async function describeOpenApi({ resources, operations }: { resources: Resources, operations: OpenApiOperations }, { document, operationId }: z.output<typeof openApiTarget>, context: EffectContext): Promise<Described> {
  const resource = await resources.load(document, context, { maxBytes: MAX_BYTES, accept: DOCUMENTS })
  const known = await operations.list(resource)
  return {
    offers: known.map(({ id, summary, description, method, path }) => ({ kind: 'operation', name: id, summary: summaryOf(summary, description, `${method} ${path}`) })),
    input: known.some(({ id, resolvable }) => id === operationId && resolvable) ? await inputOf(operations, resource, operationId!) : undefined,
  }
}

/** One that cannot be compiled is told when it is called; the others can be chosen all the same. */
async function inputOf(operations: OpenApiOperations, resource: Parameters<OpenApiOperations['find']>[0], operationId: string): Promise<Described['input']> {
  try {
    return (await operations.find(resource, operationId)).compiled.input
  } catch (error) {
    if (isHubError(error)) return undefined
    throw error
  }
}

export const asyncApiTarget = z.object({ document: externalResource, operation: z.string().optional(), channel: z.string().optional() })

export async function describeAsyncApi({ resources }: { resources: Resources }, { document, operation, channel }: z.output<typeof asyncApiTarget>, context: EffectContext): Promise<Described> {
  const { bytes, contentType, url } = await resources.load(document, context, { maxBytes: MAX_BYTES, accept: DOCUMENTS })
  const listed = readAsyncApi(bytes, { contentType, sourceUrl: url }).list()
  const chosen = operation === undefined ? { kind: 'channel', name: channel } : { kind: 'operation', name: operation }
  return {
    offers: listed.map(({ kind, name, summary }) => ({ kind, name, summary: summaryOf(summary) })),
    input: listed.find(({ kind, name }) => kind === chosen.kind && name === chosen.name)?.payload(),
  }
}
