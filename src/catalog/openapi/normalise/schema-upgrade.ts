import type { JsonSchema } from '../../../connectors/connector.ts'
import type { Json } from '../types.ts'
import { isObject, type Reading } from './reading.ts'

/**
 * What older versions said in other words, said in those of 2020-12. `source` is the schema as written, `schema` what
 * was read of it. Each rule is by position: a property that happens to be called `nullable` or `example` is not touched.
 */
export function upgradeSchema(reading: Reading, source: Json, schema: JsonSchema, pointer: string): JsonSchema {
  upgradeTuple(schema)
  upgradeBounds(schema)
  upgradeBinary(source, schema)
  upgradeExamples(source, schema)
  upgradeDependencies(source, schema)
  fitEnumToType(reading, schema, pointer)
  if (source['nullable'] === true || source['x-nullable'] === true) return withNull(schema)
  return schema
}

function upgradeTuple(schema: JsonSchema): void {
  const rest = schema['additionalItems']
  delete schema['additionalItems']
  if (!Array.isArray(schema['items'])) return
  schema['prefixItems'] = schema['items']
  if (rest === undefined) delete schema['items']
  else schema['items'] = rest
}

function upgradeBounds(schema: JsonSchema): void {
  for (const [exclusive, inclusive] of [['exclusiveMinimum', 'minimum'], ['exclusiveMaximum', 'maximum']] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue
    const bound = schema[inclusive]
    if (schema[exclusive] && bound !== undefined) {
      schema[exclusive] = bound
      delete schema[inclusive]
    } else delete schema[exclusive]
  }
}

function upgradeBinary(source: Json, schema: JsonSchema): void {
  if (schema['type'] !== 'string') return
  const format = schema['format']
  if (source['type'] === 'file' || format === 'binary' || format === 'file') {
    delete schema['format']
    schema['contentMediaType'] ??= 'application/octet-stream'
  } else if (format === 'byte' || format === 'base64') {
    delete schema['format']
    schema['contentEncoding'] ??= 'base64'
  }
}

function upgradeExamples(source: Json, schema: JsonSchema): void {
  const { examples, example } = source
  if (Array.isArray(examples)) schema['examples'] = examples
  else if (example !== undefined) schema['examples'] = [example]
  else if (isObject(examples)) schema['examples'] = Object.values(examples)
}

/** Draft 4's `dependencies`, where the list form is all that documents use. */
function upgradeDependencies(source: Json, schema: JsonSchema): void {
  const dependencies = source['dependencies']
  if (!isObject(dependencies) || schema['dependentRequired'] !== undefined) return
  const lists = Object.entries(dependencies).filter(([, names]) => Array.isArray(names) && names.every(name => typeof name === 'string'))
  if (lists.length > 0) schema['dependentRequired'] = Object.fromEntries(lists)
}

/**
 * YAML's `[on, off, 1]` under `type: string`, or quoted numbers under `type: integer`: as written no value would fit,
 * so the values are read as the type says.
 */
function fitEnumToType(reading: Reading, schema: JsonSchema, pointer: string): void {
  const values = schema['enum']
  if (!Array.isArray(values)) return
  const types = typeof schema['type'] === 'string' ? [schema['type']] : Array.isArray(schema['type']) ? schema['type'] : []
  if (types.length === 0 || values.some(value => types.some(type => hasType(value, String(type))))) return
  const fitted = values.map(value => converted(value, String(types[0])))
  if (fitted.every(value => value !== undefined)) schema['enum'] = fitted
  else {
    delete schema['enum']
    reading.problems.warn(pointer, 'None of the enum\'s values has the schema\'s type; the enum is left out')
  }
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  if (type === 'integer' || type === 'number') return typeof value === 'number'
  return typeof value === type
}

function converted(value: unknown, type: string): unknown {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  if (typeof value !== 'string') return undefined
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : undefined
  if (type !== 'integer' && type !== 'number') return undefined
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined
}

/** 3.0's `nullable`, which by its letter needs a `type` beside it; what was meant without one is clear as well. */
function withNull(schema: JsonSchema): JsonSchema {
  const type = schema['type']
  if (typeof type === 'string' || Array.isArray(type)) {
    const types = new Set<unknown>(Array.isArray(type) ? type : [type]).add('null')
    schema['type'] = [...types]
    const values = schema['enum']
    if (Array.isArray(values) && !values.includes(null)) schema['enum'] = [...values as unknown[], null]
    return schema
  }
  for (const key of ['anyOf', 'oneOf']) {
    const list = schema[key]
    if (!Array.isArray(list)) continue
    schema[key] = [...list as unknown[], { type: 'null' }]
    return schema
  }
  if (schema['$ref'] === undefined && schema['allOf'] === undefined && schema['enum'] === undefined) return schema
  // The object that carries `$ref` is the one that was noted, so it is moved as it is.
  return { ...described(schema), anyOf: [schema, { type: 'null' }] }
}

function described(schema: JsonSchema): JsonSchema {
  const annotations: JsonSchema = {}
  for (const key of ['title', 'description', 'default', 'deprecated', 'readOnly', 'writeOnly', 'examples']) {
    if (schema[key] === undefined) continue
    annotations[key] = schema[key]
    delete schema[key]
  }
  return annotations
}
