import type { JsonSchema } from '../../../connectors/connector.ts'
import type { ParameterLocation, ResolvedOperation, ResolvedParameter, SecurityScheme } from '../types.ts'
import { behind, type BodyVariant } from './body.ts'
import { isWildcard } from './media-type.ts'

export interface InputParameter {
  /** Name in the operation's input. */
  key: string
  parameter: ResolvedParameter
  /** Sent when the input has none: what a required parameter with a single possible value is. */
  fixed: unknown
  /** The hub's own `Idempotency-Key` goes here. */
  isIdempotencyKey: boolean
  required: boolean
}

const order: ParameterLocation[] = ['path', 'query', 'querystring', 'header', 'cookie']

/**
 * Parameters with their names in the input: their own, unless one of the same name is already there. Then, in the order
 * path, query, header, cookie, the first keeps the plain name and the others are called `query_name` and so on.
 * With a request body `body` and `contentType` are taken from the start.
 */
export function inputParameters(operation: ResolvedOperation, schemes: Record<string, SecurityScheme>): InputParameter[] {
  const taken = new Set(operation.requestBody === undefined ? [] : ['body', 'contentType'])
  const sorted = [...operation.parameters].sort((a, b) => order.indexOf(a.in) - order.indexOf(b.in))
  return sorted.map(parameter => {
    const key = unique(parameter, taken)
    taken.add(key)
    const fixed = parameter.required ? onlyValue(behind(parameter.schema, operation.inputDefs)) : undefined
    const isIdempotencyKey = parameter.in === 'header' && /^(?:x-)?idempotency[-_]?key$/i.test(parameter.name)
    const given = fixed !== undefined || isIdempotencyKey || isCredential(parameter, operation, schemes)
    return { key, parameter, fixed, isIdempotencyKey, required: parameter.required && !given }
  })
}

function unique({ name, in: location }: ResolvedParameter, taken: Set<string>): string {
  if (!taken.has(name)) return name
  let key = `${location}_${name}`
  for (let number = 2; taken.has(key); number++) key = `${location}_${name}_${number}`
  return key
}

function onlyValue(schema: JsonSchema): unknown {
  if (schema['const'] !== undefined) return schema['const']
  const values = schema['enum']
  return Array.isArray(values) && values.length === 1 ? values[0] as unknown : undefined
}

/** Some documents describe an API key twice, as a security scheme and as a parameter. */
function isCredential({ name, in: location }: ResolvedParameter, { security }: ResolvedOperation, schemes: Record<string, SecurityScheme>): boolean {
  return security.some(requirement => Object.keys(requirement).some(schemeName => {
    const scheme = Object.hasOwn(schemes, schemeName) ? schemes[schemeName] : undefined
    return scheme?.type === 'apiKey' && scheme.in === location && scheme.name?.toLowerCase() === name.toLowerCase()
  }))
}

export interface InputSchemaOptions {
  operation: ResolvedOperation
  parameters: InputParameter[]
  variants: BodyVariant[]
  /** The body's schema; that of all variants together when left out. */
  body?: JsonSchema | boolean
}

/** The JSON Schema of the whole input. */
export function inputSchema({ operation, parameters, variants, body }: InputSchemaOptions): JsonSchema {
  const properties: Record<string, unknown> = {}
  const required: string[] = []
  for (const entry of parameters) {
    properties[entry.key] = parameterSchema(entry)
    if (entry.required) required.push(entry.key)
  }
  const { requestBody, inputDefs } = operation
  if (requestBody !== undefined) {
    properties['body'] = withDescription(body ?? bodySchema(variants), requestBody.description)
    if (requestBody.required) required.push('body')
    if (variants.length > 1 || variants.some(({ declared }) => isWildcard(declared))) properties['contentType'] = contentTypeSchema(variants)
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(Object.keys(inputDefs).length > 0 && { $defs: inputDefs }),
  }
}

function parameterSchema({ parameter, fixed }: InputParameter): JsonSchema | boolean {
  const { schema, description, deprecated, allowEmptyValue } = parameter
  const own = allowEmptyValue === true ? { anyOf: [schema, { const: '' }] } : schema
  const extra = { ...(deprecated === true && { deprecated }), ...(fixed !== undefined && { default: fixed }) }
  return withDescription(Object.keys(extra).length > 0 ? { ...asObject(own), ...extra } : own, description)
}

function withDescription(schema: JsonSchema | boolean, description: string | undefined): JsonSchema | boolean {
  return description === undefined || description === '' ? schema : { ...asObject(schema), description }
}

function asObject(schema: JsonSchema | boolean): JsonSchema {
  return schema === true ? {} : schema === false ? { not: {} } : schema
}

function bodySchema(variants: BodyVariant[]): JsonSchema | boolean {
  const distinct = [...new Map(variants.map(({ schema }) => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0] as JsonSchema : { anyOf: distinct }
}

function contentTypeSchema(variants: BodyVariant[]): JsonSchema {
  const names = variants.map(({ declared }) => declared)
  const description = `How the body is written: ${names.join(', ')}.`
  if (!names.some(isWildcard)) return { type: 'string', enum: names, default: names[0], description }
  const plain = names.find(name => !isWildcard(name))
  return { type: 'string', ...(plain !== undefined && { default: plain }), description }
}
