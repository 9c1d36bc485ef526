/** `call: openapi`: one operation of a document that is known by its address. */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { compileOperation, type CompiledOperation } from '../../catalog/openapi/compile/operation.ts'
import { inputParameters } from '../../catalog/openapi/compile/input.ts'
import { importDocument, resolveOperation } from '../../catalog/openapi/engine.ts'
import type { ImportedDocument, ImportedOperation, ResolvedOperation } from '../../catalog/openapi/types.ts'
import { encodeBody } from '../../integrations/encode-body.ts'
import type { HttpRequest } from '../../lib/http/http.ts'
import type { Effect } from '../effect.ts'
import { fault } from '../fault.ts'
import { authentication, externalResource, output, readArguments } from './arguments.ts'
import type { CallDeps } from './deps.ts'
import { readAnswer } from './http-answer.ts'
import type { Resource, Resources } from './resources.ts'
import { send } from './sending.ts'

const openApiArguments = z.object({
  document: externalResource, output,
  operationId: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
  authentication: authentication.optional(),
  redirect: z.boolean().default(false),
})

/** As an import takes them. */
const MAX_BYTES = 64 * 1024 * 1024
const KEPT_BYTES = 64 * 1024 * 1024
const KEPT_MS = 600_000
const KEPT_OPERATIONS = 500

/** What documents are asked for as. */
export const DOCUMENTS = 'application/json, application/yaml;q=0.9, */*;q=0.5'

export interface OpenApiOperations {
  /** Throws HubError `operation_not_found`, and as an import does. */
  find(resource: Resource, operationId: string): Promise<FoundOperation>
  list(resource: Resource): Promise<ImportedOperation[]>
}

interface Opened { key: string, document: ImportedDocument }

export function createOpenApiCall(deps: Pick<CallDeps, 'http' | 'blobs' | 'authentication'> & { resources: Resources, operations: OpenApiOperations }): Effect {
  return async (given, context) => {
    const args = readArguments(openApiArguments, given, 'call: openapi')
    const resource = await deps.resources.load(args.document, context, { maxBytes: MAX_BYTES, accept: DOCUMENTS })
    const operation = await deps.operations.find(resource, args.operationId)
    const input = inputOf(operation, args.parameters)
    operation.compiled.validateInput(input)
    const { method, url, ...rest } = operation.compiled.buildRequest({ input, credentials: operation.keys(args.parameters), configuration: {}, idempotencyKey: context.idempotencyKey })
    const { headers, body } = encodeBody(rest, {})
    if (operation.compiled.readOnly !== true) headers['idempotency-key'] ??= context.idempotencyKey
    const sent = await send(deps, { method, url, headers, body: body as HttpRequest['body'], redirect: args.redirect, authentication: args.authentication }, context)
    return readAnswer(deps, sent, { output: args.output, redirect: args.redirect, expectJson: rest.expectJson ?? false }, context)
  }
}

export interface FoundOperation {
  compiled: CompiledOperation
  /** Names in the operation's input. */
  known: ReadonlySet<string>
  takesBody: boolean
  /** Of the given parameters those that are API keys of the document, by security scheme. */
  keys(parameters: Record<string, unknown>): Record<string, unknown>
}

/** Documents and operations by the document's content. Large documents are read in a worker. */
export function createOpenApiOperations(): OpenApiOperations {
  const documents = new LRUCache<string, Opened>({ max: 100, maxSize: KEPT_BYTES, ttl: KEPT_MS, sizeCalculation: ({ document }) => Math.min(document.normalised.length + 1, KEPT_BYTES) })
  const operations = new LRUCache<string, FoundOperation>({ max: KEPT_OPERATIONS, ttl: KEPT_MS })
  const opening = new Map<string, Promise<Opened>>()

  const open = async (resource: Resource): Promise<Opened> => {
    // Its own address is part of it: relative servers are relative to that.
    const key = `${resource.sha256} ${resource.url}`
    const known = documents.get(key)
    if (known !== undefined) return known
    const running = opening.get(key) ?? readDocument(key, resource).finally(() => { opening.delete(key) })
    opening.set(key, running)
    const opened = await running
    documents.set(key, opened)
    return opened
  }

  const find = async (resource: Resource, operationId: string): Promise<FoundOperation> => {
    const name = `${resource.sha256} ${resource.url} ${operationId}`
    const known = operations.get(name)
    if (known !== undefined) return known
    const { key, document } = await open(resource)
    const found = compile(await resolveOperation(key, () => Promise.resolve(document.normalised), operationId), document)
    operations.set(name, found)
    return found
  }
  return { find, list: async (resource) => (await open(resource)).document.operations }
}

async function readDocument(key: string, { bytes, contentType, url }: Resource): Promise<Opened> {
  return { key, document: await importDocument({ bytes, ...contentType !== undefined && { contentType }, sourceUrl: url, assumeSecurity: false }) }
}

/** The task says how to authenticate. Of the document's own schemes only API keys are served, as parameters by their names. */
function compile(resolved: ResolvedOperation, { securitySchemes }: ImportedDocument): FoundOperation {
  const apiKeys = Object.fromEntries(Object.entries(securitySchemes).filter(([, { type }]) => type === 'apiKey'))
  const security = resolved.security.map((requirement) => Object.fromEntries(Object.entries(requirement).filter(([scheme]) => apiKeys[scheme] !== undefined)))
  const operation = { ...resolved, security: [...security, {}] }
  const known = new Set(inputParameters(operation, apiKeys).map(({ key }) => key))
  const takesBody = resolved.requestBody !== undefined
  return {
    compiled: compileOperation(operation, { securitySchemes: apiKeys }), known, takesBody,
    keys: (parameters) => Object.fromEntries(Object.entries(apiKeys).flatMap(([scheme, { name = '' }]) => (typeof parameters[name] === 'string' && !known.has(name) ? [[scheme, parameters[name]]] : []))),
  }
}

/** What is no parameter belongs to the body, unless a whole body is given: the DSL has parameters only. */
function inputOf({ compiled, known, takesBody, keys }: FoundOperation, parameters: Record<string, unknown>): Record<string, unknown> {
  const apiKeys = new Set(Object.values(keys(parameters)))
  const entries = Object.entries(parameters).filter(([, value]) => !apiKeys.has(value))
  const taken = entries.filter(([name]) => known.has(name) || takesBody && (name === 'body' || name === 'contentType'))
  const input = Object.fromEntries(taken.map(([name, value]) => [name, isList(compiled, name) && !Array.isArray(value) ? [value] : value]))
  const rest = entries.filter(([name]) => !Object.hasOwn(input, name))
  if (rest.length === 0) return input
  if (!takesBody || input['body'] !== undefined) throw fault('validation', `The operation ${compiled.id} has no parameter ${JSON.stringify(rest[0]![0])}.`)
  return { ...input, body: Object.fromEntries(rest) }
}

/** A list of one is written like its only item: flows may give that. */
function isList({ input: { properties } }: CompiledOperation, name: string): boolean {
  return (properties as Record<string, { type?: unknown }> | undefined)?.[name]?.type === 'array'
}
