/** A command to try an operation with, as a shell takes it. */
import { exampleOf } from '../../catalog/example.ts'
import type { ApiDocument, ApiOperation } from '../openapi.ts'

export interface Place { method: string, path: string, operation: ApiOperation }

export function curlOf(document: ApiDocument, { method, path, operation: { parameters = [], requestBody, security } }: Place): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'path' ? 'some/path' : `$${name.toUpperCase()}`))
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required).map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, document)))}`)
  const address = `"http://127.0.0.1:8080${filled}${query.length === 0 ? '' : `?${query.join('&')}`}"`
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${address}`]
  if (security.length > 0) lines.push('-H "Authorization: Bearer $INTERCHANGE_API_KEY"')
  const json = requestBody?.content['application/json']
  if (json !== undefined) {
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(neededOnly(json.schema, document), null, 2).replaceAll("'", String.raw`'\''`)}'`)
  } else if (requestBody !== undefined) lines.push('--data-binary @file')
  return lines.join(' \\\n  ')
}

/** Required fields only: defaults serve for the rest. */
function neededOnly(schema: Record<string, unknown>, document: ApiDocument): unknown {
  const { $ref } = schema
  const target = typeof $ref === 'string' ? document.components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {} : schema
  const example = exampleOf(target, document)
  const { required, properties, examples } = target as { required?: string[], properties?: Record<string, unknown>, examples?: unknown[] }
  if (properties === undefined || examples !== undefined || example === null || typeof example !== 'object') return example
  const names = required !== undefined && required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, (example as Record<string, unknown>)[name] ?? null]))
}
