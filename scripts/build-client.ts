/** Writes src/client/types.ts from the route table. A test holds the two together. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createApiDocument, type ApiContent, type ApiDocument, type ApiOperation, type ApiParameter } from '../src/api/openapi.ts'

type Schema = Record<string, unknown>

const head = `/* oxlint-disable max-lines */
/** Made by \`npm run build-client\` from the route table. Change the routes, not this file. */
`

/** The text of src/client/types.ts. */
export function clientTypes({ components, paths }: ApiDocument): string {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => `${comment(schema['description'], '')}export type ${name} = ${typeOf(schema, '')}\n`)
  const routes = Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => routeType(`${method.toUpperCase()} ${path}`, operation)))
  return `${head}\n${schemas.join('\n')}\n/** Method and path → what goes in and what comes out. */\nexport interface Routes {\n${routes.join('')}}\n`
}

function routeType(key: string, operation: ApiOperation): string {
  const { parameters = [], requestBody } = operation
  const part = (name: string, place: ApiParameter['in']): string => {
    const some = parameters.filter((parameter) => parameter.in === place)
    if (some.length === 0) return ''
    const optional = some.every(({ required }) => !required)
    const properties = some.map(({ name, required, description, schema }) => `${comment(description, '      ')}      ${propertyName(name)}${required ? '' : '?'}: ${typeOf(schema, '      ')}\n`)
    return `    ${name}${optional ? '?' : ''}: {\n${properties.join('')}    }\n`
  }
  const body = requestBody === undefined ? '' : `    body${requestBody.required ? '' : '?'}: ${bodyType(requestBody.content)}\n`
  return `${comment(operation.summary, '  ')}  '${key}': {\n${part('path', 'path')}${part('query', 'query')}${body}    reply: ${replyType(operation)}\n  }\n`
}

function bodyType(content: Record<string, ApiContent>): string {
  return Object.entries(content).map(([type, { schema }]) => (type === '*/*' ? 'RawBody' : typeOf(schema, '    '))).join(' | ').replace('RawBody', 'string | Uint8Array | Blob | ReadableStream')
}

function replyType({ responses }: ApiOperation): string {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
  if (success === undefined || '$ref' in success || success.content === undefined) return 'undefined'
  return Object.entries(success.content).map(([type, { schema }]) => (type.includes('json') ? typeOf(schema, '    ') : 'string')).join(' | ')
}

function typeOf(schema: unknown, indent: string): string {
  if (schema === null || typeof schema !== 'object') return 'unknown'
  const { $ref, enum: values, const: constant, anyOf, oneOf, allOf, type } = schema as Schema
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1)
  if (constant !== undefined) return JSON.stringify(constant)
  if (Array.isArray(values)) return values.map((value) => (typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value))).join(' | ')
  const union = anyOf ?? oneOf
  if (Array.isArray(union)) return unique(union.map((member) => typeOf(member, indent))).join(' | ')
  if (Array.isArray(allOf)) return allOf.map((member) => `(${typeOf(member, indent)})`).join(' & ')
  return unique((Array.isArray(type) ? type : [type]).map((each) => simpleType(each, schema as Schema, indent))).join(' | ')
}

function simpleType(type: unknown, schema: Schema, indent: string): string {
  switch (type) {
    case 'string': return 'string'
    case 'integer': case 'number': return 'number'
    case 'boolean': return 'boolean'
    case 'null': return 'null'
    case 'array': return listType(typeOf(schema['items'], indent))
    case 'object': return objectType(schema, indent)
    default: return 'unknown'
  }
}

function listType(item: string): string {
  return /^[\w.]+$/.test(item) ? `${item}[]` : `(${item})[]`
}

function objectType({ properties, required, additionalProperties }: Schema, indent: string): string {
  const entries = Object.entries((properties ?? {}) as Record<string, Schema>)
  if (entries.length === 0) return `Record<string, ${typeOf(additionalProperties, indent)}>`
  const inner = `${indent}  `
  const members = entries.map(([name, schema]) => {
    const optional = Array.isArray(required) && required.includes(name) ? '' : '?'
    return `${comment(schema['description'], inner)}${inner}${propertyName(name)}${optional}: ${typeOf(schema, inner)}\n`
  })
  const own = `{\n${members.join('')}${indent}}`
  return additionalProperties !== null && typeof additionalProperties === 'object' ? `${own} & Record<string, unknown>` : own
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}

function comment(text: unknown, indent: string): string {
  return typeof text === 'string' ? `${indent}/** ${text.replaceAll('*/', '* /').replace(/\s*\n\s*/g, ' ')} */\n` : ''
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { routes } = await import('../src/api/routes/index.ts')
  const target = fileURLToPath(new URL('../src/client/types.ts', import.meta.url))
  await writeFile(target, clientTypes(await createApiDocument(routes, { version: '0' })))
}
