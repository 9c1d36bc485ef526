import { HubError } from '../../../errors.ts'
import { firstSentence } from '../describe.ts'
import { dereferenced, operationsOf, parametersOf, type OperationPlace } from '../normalise/path-parameters.ts'
import { isObject } from '../normalise/reading.ts'
import type {
  Json, ParameterLocation, ResolvedEncoding, ResolvedMediaType, ResolvedOperation, ResolvedParameter, ResolvedRequestBody,
  ResolvedResponse, SecurityRequirement, Server,
} from '../types.ts'
import { Bundle } from './bundle.ts'

/** A normal form, ready to be asked for single operations. */
export interface OpenDocument { normal: Json, operations: Map<string, OperationPlace> }

export function openDocument(normal: Json): OpenDocument {
  return { normal, operations: new Map(operationsOf(normal).map(place => [place.operation['operationId'] as string, place])) }
}

/**
 * How many schemas an operation takes along, so that it stays small enough to keep (some 100 KB) and to check quickly.
 * 99 of 100 operations of the catalogue refer to fewer than 25; Microsoft Graph's would take along 10,000.
 */
const maxInputSchemas = 1500
const maxOutputSchemas = 1000

/** Throws HubError `operation_not_found`, or `invalid_document` for an operation that the import marked as unusable. */
export function resolve({ normal, operations }: OpenDocument, operationId: string): ResolvedOperation {
  const place = operations.get(operationId)
  if (place === undefined) throw new HubError('operation_not_found', `The document has no operation ${operationId.slice(0, 200)}.`)
  const { method, path, item, operation } = place
  if (operation['x-unusable'] !== undefined) throw unusable(operationId, String(operation['x-unusable']))
  const input = new Bundle(normal, 'readOnly', maxInputSchemas)
  const output = new Bundle(normal, 'writeOnly', maxOutputSchemas)
  const parameters = mergedParameters(normal, place).map(parameter => resolveParameter(normal, parameter, input))
  const requestBody = resolveBody(normal, operation, operationId, input)
  const responses = resolveResponses(normal, operation, output)
  input.finish()
  output.finish()
  const text = (key: string) => [operation[key], item[key]].find(value => typeof value === 'string' && value !== '') as string | undefined
  const description = text('description')
  return {
    id: operationId, method, path,
    summary: text('summary') ?? firstSentence(description) ?? `${method} ${path}`,
    ...(description !== undefined && { description }),
    ...(operation['tags'] !== undefined && { tags: operation['tags'] as string[] }),
    ...(operation['deprecated'] === true && { deprecated: true }),
    servers: serversOf(normal, place),
    security: operation['security'] as SecurityRequirement[] | undefined ?? normal['security'] as SecurityRequirement[] | undefined ?? [],
    parameters,
    ...(requestBody !== undefined && { requestBody }),
    responses,
    inputDefs: input.defs,
    outputDefs: output.defs,
    ...((input.truncated || output.truncated) && { truncated: true }),
  }
}

function unusable(id: string, reason: string): HubError {
  return new HubError('invalid_document', `The operation ${id.slice(0, 200)} cannot be used: ${reason}`, { errors: [{ pointer: '', detail: reason }] })
}

function serversOf(normal: Json, { item, operation }: OperationPlace): Server[] {
  for (const holder of [operation, item, normal]) {
    const servers = holder['servers'] as Server[] | undefined
    if (servers !== undefined && servers.length > 0) return servers
  }
  return []
}

/** OpenAPI says that the first three are described elsewhere: by content types, responses and security. The others are HTTP's own. */
const ignoredHeaders = new Set(['accept', 'content-type', 'authorization', 'host', 'content-length', 'transfer-encoding', 'connection'])

function mergedParameters(normal: Json, { item, operation }: OperationPlace): Json[] {
  const merged = new Map<string, Json>()
  for (const parameter of [...parametersOf(normal, item), ...parametersOf(normal, operation)]) {
    const name = String(parameter['name'])
    const isHeader = parameter['in'] === 'header'
    if (parameter['x-unresolved'] !== undefined || (isHeader && ignoredHeaders.has(name.toLowerCase()))) continue
    merged.set(`${String(parameter['in'])} ${isHeader ? name.toLowerCase() : name}`, parameter)
  }
  return [...merged.values()]
}

function resolveParameter(normal: Json, source: Json, bundle: Bundle): ResolvedParameter {
  const location = source['in'] as ParameterLocation
  const style = typeof source['style'] === 'string' ? source['style'] : location === 'query' || location === 'cookie' ? 'form' : 'simple'
  const [mediaType, media] = contentOf(normal, source)[0] ?? []
  const example = exampleOf(normal, media ?? source)
  return {
    name: source['name'] as string, in: location,
    ...(typeof source['description'] === 'string' && { description: source['description'] }),
    required: source['required'] === true,
    ...(source['deprecated'] === true && { deprecated: true }),
    style,
    explode: typeof source['explode'] === 'boolean' ? source['explode'] : style === 'form' || style === 'cookie',
    ...(source['allowReserved'] === true && { allowReserved: true }),
    ...(source['allowEmptyValue'] === true && { allowEmptyValue: true }),
    ...(typeof source['x-delimiter'] === 'string' && { delimiter: source['x-delimiter'] }),
    ...(source['x-multi-segment'] === true && { multiSegment: true }),
    schema: bundle.add((media ?? source)['schema'] ?? {}),
    ...(mediaType !== undefined && { mediaType }),
    ...(media?.['encoding'] !== undefined && { encoding: resolveEncodings(normal, media['encoding'] as Json) }),
    ...(example !== undefined && { example }),
  }
}

function contentOf(normal: Json, holder: Json): [string, Json][] {
  const content = isObject(holder['content']) ? holder['content'] : {}
  return Object.keys(content).map(type => [type, dereferenced(normal, content[type]) ?? {}])
}

function exampleOf(normal: Json, holder: Json): unknown {
  if (holder['example'] !== undefined) return holder['example']
  if (!isObject(holder['examples'])) return undefined
  for (const entry of Object.values(holder['examples'])) {
    const value = dereferenced(normal, entry)?.['value']
    if (value !== undefined) return value
  }
  return undefined
}

function resolveBody(normal: Json, operation: Json, id: string, bundle: Bundle): ResolvedRequestBody | undefined {
  const body = dereferenced(normal, operation['requestBody'])
  if (body === undefined) return undefined
  if (body['x-unresolved'] !== undefined) throw unusable(id, `${String(body['x-unresolved'])} is not in the document`)
  const content: Record<string, ResolvedMediaType> = {}
  for (const [type, media] of contentOf(normal, body)) content[type] = resolveMediaType(normal, media, bundle)
  if (Object.keys(content).length === 0) return undefined
  return {
    ...(typeof body['description'] === 'string' && { description: body['description'] }),
    required: body['required'] === true,
    content,
  }
}

function resolveMediaType(normal: Json, media: Json, bundle: Bundle): ResolvedMediaType {
  const example = exampleOf(normal, media)
  const { encoding, prefixEncoding, itemEncoding } = media
  const schema = media['schema'] === undefined && media['itemSchema'] !== undefined ? { type: 'array', items: media['itemSchema'] } : media['schema'] ?? {}
  return {
    schema: bundle.add(schema),
    ...(isObject(encoding) && { encoding: resolveEncodings(normal, encoding) }),
    ...(Array.isArray(prefixEncoding) && { prefixEncoding: prefixEncoding.map(entry => resolveEncoding(normal, entry as Json)) }),
    ...(isObject(itemEncoding) && { itemEncoding: resolveEncoding(normal, itemEncoding) }),
    ...(example !== undefined && { example }),
  }
}

function resolveEncodings(normal: Json, encodings: Json): Record<string, ResolvedEncoding> {
  return Object.fromEntries(Object.keys(encodings).map(name => [name, resolveEncoding(normal, encodings[name] as Json)]))
}

function resolveEncoding(normal: Json, source: Json): ResolvedEncoding {
  const { headers: declared, ...encoding } = source
  const headers: Record<string, string> = {}
  for (const name of isObject(declared) ? Object.keys(declared) : []) {
    const schema = dereferenced(normal, dereferenced(normal, (declared as Json)[name])?.['schema'])
    const value = schema?.['const'] ?? (Array.isArray(schema?.['enum']) && schema['enum'].length === 1 ? schema['enum'][0] : schema?.['default'])
    if (value !== undefined && name.toLowerCase() !== 'content-type') headers[name] = String(value)
  }
  return { ...encoding as ResolvedEncoding, ...(Object.keys(headers).length > 0 && { headers }) }
}

function resolveResponses(normal: Json, operation: Json, bundle: Bundle): Record<string, ResolvedResponse> {
  const responses: Record<string, ResolvedResponse> = {}
  const source = isObject(operation['responses']) ? operation['responses'] : {}
  for (const status of Object.keys(source)) {
    const response = dereferenced(normal, source[status]) ?? {}
    const headers = isObject(response['headers']) ? response['headers'] : {}
    const content = contentOf(normal, response)
    responses[status] = {
      description: typeof response['description'] === 'string' ? response['description'] : '',
      ...(Object.keys(headers).length > 0 && { headers: resolveHeaders(normal, headers, bundle) }),
      ...(content.length > 0 && { content: Object.fromEntries(content.map(([type, media]) => [type, { schema: bundle.add(media['schema'] ?? {}) }])) }),
    }
  }
  return responses
}

function resolveHeaders(normal: Json, headers: Json, bundle: Bundle): NonNullable<ResolvedResponse['headers']> {
  return Object.fromEntries(Object.keys(headers).map(name => {
    const header = dereferenced(normal, headers[name]) ?? {}
    const description = typeof header['description'] === 'string' ? { description: header['description'] } : {}
    return [name, { ...description, schema: bundle.add(header['schema'] ?? {}) }]
  }))
}
