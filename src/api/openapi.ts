/** The OpenAPI 3.1 document of the hub's own API, made from the route table. */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { errorCodes } from '../errors.ts'
import { operationIdOf } from './openapi-names.ts'
import { createSchemaCollection, type JsonObject, type SchemaCollection } from './openapi-schemas.ts'
import { proxyMethods, type Route } from './route.ts'

export interface ApiParameter { name: string, in: 'path' | 'query' | 'header', required: boolean, description?: string, schema: JsonObject }
export interface ApiContent { schema: JsonObject, examples?: Record<string, { value: unknown }> }
export interface ApiResponse { description: string, headers?: Record<string, JsonObject>, content?: Record<string, ApiContent> }
export interface ApiOperation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: { apiKey?: string[] }[]
  parameters?: ApiParameter[]
  requestBody?: { required: boolean, content: Record<string, ApiContent> }
  responses: Record<string, ApiResponse | { $ref: string }>
}

export interface ApiDocument {
  openapi: '3.1.1'
  info: { title: string, version: string, description: string, license: { name: string, identifier: string } }
  servers: { url: string }[]
  tags: { name: string }[]
  /** Path → method in lower case → operation. */
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, JsonObject>, responses: Record<string, ApiResponse>, securitySchemes: Record<string, JsonObject> }
}

const description = `Connect any API, run its operations, see what happened.

Send \`Authorization: Bearer <API key>\` with every request. Errors are problem details (RFC 9457) with a stable \`code\`.
Lists answer \`{ "data": […], "nextCursor": … }\`: give \`nextCursor\` back as \`cursor\` for the next page.
Creating calls honour \`Idempotency-Key\`: the same key and request answer the first result again. A trailing slash is accepted everywhere.`

/** Throws where two routes, or two shapes, share a name: the tests build it. Made in small pieces, for calls must not wait until all of it is made. */
export async function createApiDocument(routes: Route[], { version }: { version: string }): Promise<ApiDocument> {
  const schemas = createSchemaCollection()
  const taken = new Set<string>()
  const paths: ApiDocument['paths'] = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')
    for (const method of route.method === 'ANY' ? proxyMethods : [route.method]) {
      const operationId = operationIdOf({ method, path: route.path, lists: isPage(route.reply), creates: route.creates ?? false, passesOn: route.method === 'ANY' }, taken)
      const item = paths[path] ??= {}
      if (item[method.toLowerCase()] !== undefined) throw new Error(`${method} ${path} is there twice.`)
      item[method.toLowerCase()] = { operationId, ...await describe(route, method, schemas) }
    }
  }
  const problem = schemas.output(problemSchema)
  return {
    openapi: '3.1.1',
    info: { title: 'Interchange', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      responses: Object.fromEntries(Object.entries(problems).map(([name, text]) => [name, { description: text, content: { 'application/problem+json': { schema: problem } } }])),
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the tenant. A browser in which somebody signed in sends the cookie of the session instead, and names the tenant in `X-Interchange-Tenant`.' } },
    },
  }
}

const problemSchema = z.object({
  type: z.string(), title: z.string(), status: z.number().int(),
  code: z.enum(Object.keys(errorCodes) as [string, ...string[]]).describe('Stable: programs may rely on it.'),
  detail: z.string().describe('What happened, for people.'),
  instance: z.string().describe('Names the request; the log has it too.'),
  errors: z.array(z.object({ pointer: z.string().describe('JSON Pointer into the body, `?name` for a query parameter.'), detail: z.string() })).optional(),
  findings: z.array(z.record(z.string(), z.unknown())).optional().describe('Of a flow that is not valid: all that was found, with lines and columns.'),
  plan: z.record(z.string(), z.unknown()).optional().describe('Of flows that could not be applied: what is in the way.'),
  execution: z.record(z.string(), z.unknown()).optional().describe('Of a call that was tried and failed: its record.'),
}).meta({ id: 'Problem' })

const problems = {
  InvalidRequest: 'The request is not valid. `errors` says where.',
  Unauthorized: 'The API key is missing, unknown, expired or revoked.',
  Forbidden: "The key's role or scopes do not allow it.",
  NotFound: 'There is no such thing in this tenant.',
  Conflict: 'It clashes with what is there.',
  PreconditionFailed: '`If-Match` names an older version.',
  TooLarge: 'The body is too large.',
  InvalidInput: 'The input does not fit. `errors` says where.',
  Problem: 'Any other failure.',
} as const

type Described = Omit<ApiOperation, 'operationId'>

async function describe(route: Route, method: string, schemas: SchemaCollection): Promise<Described> {
  const parameters = parametersOf(route, schemas)
  await setImmediate()
  const body = bodyOf(route, method, schemas)
  await setImmediate()
  return {
    tags: [route.tag], summary: route.summary, ...route.description && { description: route.description },
    security: securityOf(route),
    ...parameters.length > 0 && { parameters },
    ...body && { requestBody: body },
    responses: responsesOf(route, schemas, { hasBody: body !== undefined, hasParameters: parameters.length > 0, conditional: parameters.some(({ name }) => name === 'If-Match') }),
  }
}

function securityOf({ scope, keyScope }: Route): ApiOperation['security'] {
  if (scope === 'session') return []
  if (scope !== 'public') return [{ apiKey: [scope] }]
  return keyScope === undefined ? [] : [{}, { apiKey: [keyScope] }]
}

function parametersOf(route: Route, schemas: SchemaCollection): ApiParameter[] {
  const inPath = propertiesOf(route.params, schemas)
  const path = [...route.path.matchAll(/:(\w+)|\*$/g)].map(([, name = 'path']): ApiParameter => {
    return { name, in: 'path', required: true, ...described(inPath.properties[name] ?? inPath.properties['*'] ?? { type: 'string' }) }
  })
  const inQuery = propertiesOf(route.query, schemas)
  const query = Object.entries(inQuery.properties).map(([name, schema]): ApiParameter => ({ name, in: 'query', required: inQuery.required.includes(name), ...described(schema) }))
  return [...path, ...query, ...headersOf(route)]
}

/** Takes the description out of the schema itself: a copy would miss the settling of its references. */
function described(schema: JsonObject): Pick<ApiParameter, 'description' | 'schema'> {
  const { description } = schema
  if (typeof description !== 'string') return { schema }
  delete schema['description']
  return { description, schema }
}

function headersOf(route: Route): ApiParameter[] {
  const header = (name: string, description: string): ApiParameter => ({ name, in: 'header', required: false, description, schema: { type: 'string' } })
  return [
    ...route.creates ? [header('Idempotency-Key', 'Makes a repeat safe: the same key and request answer the first result again, for a day.')] : [],
    ...changesVersion(route) ? [header('If-Match', 'The `etag` that was read: the change is refused with 412 where somebody else was faster.')] : [],
  ]
}

/** It changes something that has versions. */
function changesVersion({ method, path, reply, conditional = false }: Route): boolean {
  return conditional || method !== 'GET' && path.includes(':') && reply instanceof z.ZodObject && 'etag' in reply.shape
}

function propertiesOf(schema: z.ZodType | undefined, schemas: SchemaCollection): { properties: Record<string, JsonObject>, required: string[] } {
  const { properties = {}, required = [] } = schema === undefined ? {} : schemas.input(schema)
  return { properties: properties as Record<string, JsonObject>, required: required as string[] }
}

function bodyOf(route: Route, method: string, schemas: SchemaCollection): ApiOperation['requestBody'] | undefined {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined
  const anything = { description: 'Any content type, as it is.', type: 'string', contentMediaType: 'application/octet-stream' }
  if (route.bodyKind === 'stream') return { required: false, content: { '*/*': { schema: anything } } }
  if (route.bodyKind === 'bytes') {
    return {
      required: route.body === undefined,
      content: { ...route.body && { 'application/json': { schema: schemas.input(route.body) } }, '*/*': { schema: anything } },
    }
  }
  if (route.body === undefined) return undefined
  return { required: !route.body.safeParse({}).success, content: { 'application/json': { schema: schemas.input(route.body) } } }
}

interface Traits { hasBody: boolean, hasParameters: boolean, conditional: boolean }

function responsesOf(route: Route, schemas: SchemaCollection, { hasBody, hasParameters, conditional }: Traits): ApiOperation['responses'] {
  const problem = (name: keyof typeof problems): { $ref: string } => ({ $ref: `#/components/responses/${name}` })
  return {
    [String(route.status ?? 200)]: successOf(route, schemas),
    ...(hasBody || hasParameters) && { 400: problem('InvalidRequest') },
    ...securityOf(route).length > 0 && { 401: problem('Unauthorized'), 403: problem('Forbidden') },
    ...route.path.includes(':') && { 404: problem('NotFound') },
    ...route.creates && { 409: problem('Conflict') },
    ...conditional && { 412: problem('PreconditionFailed') },
    ...hasBody && { 413: problem('TooLarge'), 422: problem('InvalidInput') },
    default: problem('Problem'),
  }
}

function successOf(route: Route, schemas: SchemaCollection): ApiResponse {
  if (route.reply instanceof z.ZodUndefined) return { description: 'Done. There is nothing to say.' }
  const schema = schemas.output(route.reply)
  // Answers other than JSON say so in their shape: `z.string().meta({ contentMediaType: 'image/svg+xml' })`.
  const mediaType = typeof schema['contentMediaType'] === 'string' ? schema['contentMediaType'] : schema['type'] === 'string' ? 'text/plain' : 'application/json'
  return {
    description: typeof schema['description'] === 'string' ? schema['description'] : 'Done.',
    headers: { 'x-request-id': { description: 'Names the request; the log has it too.', schema: { type: 'string' } } },
    content: { [mediaType]: { schema } },
  }
}

function isPage(reply: z.ZodType): boolean {
  return reply instanceof z.ZodObject && 'nextCursor' in reply.shape
}
