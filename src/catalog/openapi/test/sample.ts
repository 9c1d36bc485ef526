/** Makes values that fit a schema, for requests to mock servers. Gives up rather than guess where a pattern asks for too much. */
import type { JsonSchema } from '../../../connectors/connector.ts'

export class CannotSample extends Error {}

type Schema = JsonSchema | boolean | undefined

/** `optional`: how many optional properties an object gets; `levels`: down to which level of optional properties objects get them. */
export interface SampleSize { optional: number, levels: number }

/** Enough to exercise styles, few enough to stay readable. */
const usual: SampleSize = { optional: 6, levels: 1 }

/** A value that fits, with some of what is optional. Throws CannotSample. */
export function sample(schema: Schema, whole: JsonSchema, size = usual): unknown {
  return value(schema, { whole, size }, 0)
}

interface Root { whole: JsonSchema, size: SampleSize }

function value(schema: Schema, root: Root, depth: number): unknown {
  if (schema === undefined || schema === true) return 'sample'
  if (schema === false || depth > 14) throw new CannotSample('nothing fits, or too deep')
  const own = flattened(schema, root, 0)
  if (own['const'] !== undefined) return own['const']
  if (Array.isArray(own['enum'])) return own['enum'].find(entry => entry !== null && entry !== '') ?? own['enum'][0]
  const type = typeOf(own)
  if (type === 'object') return object(own, root, depth)
  if (type === 'array') return array(own, root, depth)
  if (type === 'boolean') return true
  if (type === 'null') return null
  if (type === 'integer' || type === 'number') return number(own, type)
  return text(own)
}

/** `$ref`, `allOf` and the first of `anyOf` and `oneOf` taken together. */
function flattened(schema: JsonSchema, root: Root, depth: number): JsonSchema {
  if (depth > 20) throw new CannotSample('endless composition')
  let result: JsonSchema = { ...schema }
  const merge = (other: unknown) => { if (typeof other === 'object' && other !== null) result = merged(result, flattened(other as JsonSchema, root, depth + 1)) }
  if (typeof schema['$ref'] === 'string') merge((root.whole['$defs'] as Record<string, unknown> | undefined)?.[schema['$ref'].slice('#/$defs/'.length)])
  if (Array.isArray(schema['allOf'])) schema['allOf'].forEach(merge)
  for (const key of ['anyOf', 'oneOf']) {
    const list = schema[key]
    if (Array.isArray(list)) merge(list.find(entry => (entry as JsonSchema)['type'] !== 'null') ?? list[0])
  }
  for (const key of ['$ref', 'allOf', 'anyOf', 'oneOf']) delete result[key]
  return result
}

function merged(a: JsonSchema, b: JsonSchema): JsonSchema {
  const [own, other] = [a, b].map(({ properties: each = {} }) => each as Record<string, object>) as [Record<string, object>, Record<string, object>]
  // What a choice says of a property narrows what is said of it for all.
  const properties = { ...other, ...Object.fromEntries(Object.entries(own).map(([name, each]) => [name, typeof other[name] === 'object' && typeof each === 'object' ? { ...each, ...other[name] } : each])) }
  const required = [...new Set([...a['required'] as string[] | undefined ?? [], ...b['required'] as string[] | undefined ?? []])]
  return { ...b, ...a, ...(Object.keys(properties).length > 0 && { properties }), ...(required.length > 0 && { required }) }
}

function typeOf(schema: JsonSchema): string {
  const { type } = schema
  const types = (Array.isArray(type) ? type : type === undefined ? [] : [type]) as string[]
  const first = types.find(name => name !== 'null') ?? types[0]
  if (first !== undefined) return first
  if (schema['properties'] !== undefined || schema['required'] !== undefined) return 'object'
  return schema['items'] !== undefined ? 'array' : 'string'
}

function object(schema: JsonSchema, root: Root, depth: number): unknown {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>
  const required = new Set(schema['required'] as string[] | undefined ?? [])
  const result: Record<string, unknown> = {}
  for (const name of required) result[name] = value(properties[name], root, depth + 1)
  let optional = 0
  for (const name of Object.keys(properties)) {
    // Without one the hub chooses.
    if (depth === 0 && name === 'contentType') continue
    if (required.has(name) || optional >= (depth >= 3 * root.size.levels ? 0 : root.size.optional) || isReadOnly(properties[name], root)) continue
    try {
      result[name] = value(properties[name], root, depth + 3)
      optional++
    } catch (error) {
      if (!(error instanceof CannotSample)) throw error
    }
  }
  for (let i = Object.keys(result).length; i < Number(schema['minProperties'] ?? 0); i++) {
    result[`extra${i}`] = value(schema['additionalProperties'] as Schema, root, depth + 1)
  }
  return result
}

function isReadOnly(schema: Schema, root: Root): boolean {
  return typeof schema === 'object' && flattened(schema, root, 0)['readOnly'] === true
}

function array(schema: JsonSchema, root: Root, depth: number): unknown {
  const length = Math.min(Math.max(Number(schema['minItems'] ?? 0), 2), Number(schema['maxItems'] ?? 2))
  const items = Array.from({ length }, () => value(schema['items'] as Schema, root, depth + 1))
  if (schema['uniqueItems'] !== true) return items
  const distinct = [...new Map(items.map(item => [JSON.stringify(item), item])).values()]
  if (distinct.length < Number(schema['minItems'] ?? 0)) throw new CannotSample('not enough different items')
  return distinct
}

function number(schema: JsonSchema, type: string): number {
  const step = Number(schema['multipleOf'] ?? (type === 'integer' ? 1 : 0.5))
  const lowest = schema['exclusiveMinimum'] !== undefined ? Number(schema['exclusiveMinimum']) + step : Number(schema['minimum'] ?? Math.min(1, Number(schema['maximum'] ?? 1)))
  const candidate = Math.ceil(lowest / step) * step
  const highest = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? Infinity)
  if (candidate > highest) throw new CannotSample('no number fits')
  return candidate
}

const formats: Record<string, string> = {
  'date-time': '2026-01-31T12:30:00Z', date: '2026-01-31', time: '12:30:00Z', duration: 'P1D',
  uuid: '0f8fad5b-d9cb-469f-a165-70867728950e', guid: '0f8fad5b-d9cb-469f-a165-70867728950e',
  email: 'ada@example.com', hostname: 'example.com', ipv4: '192.0.2.1', ipv6: '2001:db8::1',
  uri: 'https://example.com/a', url: 'https://example.com/a', 'uri-reference': '/a', 'json-pointer': '/a',
}

const guesses = ['sample', 'a', 'A', 'AA', 'ABC', 'EUR', '1', '12', '123', '12345', '123456789', '1.0', 'a1', '2026-01-31', '2026-01-31T12:30:00Z', 'en', 'en-US', 'https://example.com/a', '#aabbcc', '+4930123456', '0f8fad5b-d9cb-469f-a165-70867728950e', '0'.repeat(24), 'a'.repeat(32), 'a'.repeat(40), 'a'.repeat(64)]

function text(schema: JsonSchema): string {
  if (schema['contentEncoding'] === 'base64') return 'c2FtcGxl'
  const { pattern } = schema
  const [shortest, longest] = [Number(schema['minLength'] ?? 0), Number(schema['maxLength'] ?? Infinity)]
  const common = formats[String(schema['format'])] ?? 'sample value'.slice(0, Math.max(1, Math.min(longest, 12))).padEnd(shortest, 'x')
  const shown = [schema['default'], ...(schema['examples'] as unknown[] | undefined ?? [])].filter(entry => typeof entry === 'string')
  const fits = (candidate: string) => candidate.length >= shortest && candidate.length <= longest && (typeof pattern !== 'string' || matches(pattern, candidate))
  const found = [...(typeof pattern === 'string' ? shown : []), common, ...guesses].find(fits)
  if (found === undefined) throw new CannotSample(`no text for ${String(pattern)}`)
  return found
}

function matches(pattern: string, candidate: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(candidate)
  } catch {
    return new RegExp(pattern).test(candidate)
  }
}
