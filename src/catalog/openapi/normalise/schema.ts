import type { JsonSchema } from '../../../connectors/connector.ts'
import { at } from '../pointer.ts'
import type { Json } from '../types.ts'
import { isObject, kindOf, type Reading } from './reading.ts'
import { readAsPattern, readCount, readEnum, readNumber, readText, readTypes, readRequired, type Read } from './schema-values.ts'
import { upgradeSchema } from './schema-upgrade.ts'

/**
 * A Schema Object of any version as JSON Schema 2020-12. What is not a schema at all is a fault; a keyword with an
 * unusable value is left out with a warning, which makes the schema accept more and so does no harm.
 */
export function readSchema(reading: Reading, value: unknown, pointer: string): JsonSchema | boolean {
  if (typeof value === 'boolean') return value
  if (isObject(value)) return readSchemaObject(reading, value, pointer)
  if (value === null || value === undefined) reading.problems.warn(pointer, 'An empty schema: any value is taken')
  else reading.problems.fault(pointer, `must be a schema, not ${kindOf(value)}`)
  return {}
}

function readSchemaObject(reading: Reading, source: Json, pointer: string): JsonSchema {
  const outer = reading.resource
  const identified = typeof source['$id'] === 'string' && reading.dialect === '3.1'
  if (identified) reading.resource = { pointer, uri: absolute(source['$id'] as string, outer.uri) }
  registerIdentifiers(reading, source, pointer, identified)
  const schema: JsonSchema = {}
  const ref = referenceOf(reading, source)
  if (ref !== undefined) {
    schema['$ref'] = ''
    reading.references.push({ holder: schema, ref, pointer, kind: 'schema', resource: reading.resource })
  }
  // Before 3.1 whatever stands beside `$ref` is ignored; what only describes is worth keeping.
  const siblings = ref !== undefined && reading.dialect !== '3.1' ? annotations : keywords
  for (const key in source) {
    const read = siblings.get(key)
    if (read === undefined) continue
    const result = read(reading, source[key], at(pointer, key))
    if (result !== undefined) schema[key] = result
  }
  const upgraded = upgradeSchema(reading, source, schema, pointer)
  reading.resource = outer
  return upgraded
}

function referenceOf(reading: Reading, source: Json): string | undefined {
  const ref = source['$ref']
  if (typeof ref === 'string') return ref
  // The outermost anchor that `$dynamicRef` would look for is, without schemas loaded from elsewhere, the one it names.
  const dynamic = reading.dialect === '3.1' ? source['$dynamicRef'] : undefined
  return typeof dynamic === 'string' ? dynamic : undefined
}

function registerIdentifiers(reading: Reading, source: Json, pointer: string, identified: boolean): void {
  if (reading.dialect !== '3.1') return
  const { resource, identifiers } = reading
  if (identified) identifiers.set(resource.uri, pointer)
  for (const key of ['$anchor', '$dynamicAnchor']) {
    const anchor = source[key]
    if (typeof anchor === 'string') identifiers.set(`${resource.uri}#${anchor}`, pointer)
  }
}

export function absolute(uri: string, base: string): string {
  try {
    return new URL(uri, base).href.replace(/#$/, '')
  } catch {
    return uri
  }
}

const readList: Read = (reading, value, pointer) => {
  if (!Array.isArray(value) || value.length === 0) {
    reading.problems.warn(pointer, `Should be a list of schemas, is ${Array.isArray(value) ? 'empty' : kindOf(value)}`)
    return undefined
  }
  return value.map((entry, index) => readSchema(reading, entry, at(pointer, index)))
}

const readNamed: Read = (reading, value, pointer) => {
  if (!isObject(value)) {
    reading.problems.warn(pointer, `Should be an object of schemas, is ${kindOf(value)}`)
    return undefined
  }
  const schemas: Json = {}
  for (const name of Object.keys(value)) schemas[name] = readSchema(reading, value[name], at(pointer, name))
  return schemas
}

const readPatternProperties: Read = (reading, value, pointer) => {
  const schemas = readNamed(reading, value, pointer) as Json | undefined
  for (const name in schemas) if (readAsPattern(reading, name, at(pointer, name)) === undefined) delete schemas[name]
  return schemas
}

/** A list of item schemas was JSON Schema's way to describe tuples; `upgradeSchema` moves it to `prefixItems`. */
const readItems: Read = (reading, value, pointer) =>
  Array.isArray(value) ? readList(reading, value, pointer) : readSchema(reading, value, pointer)

const readFlag: Read = (reading, value, pointer) => {
  if (typeof value === 'boolean') return value
  reading.problems.warn(pointer, `Should be true or false, is ${kindOf(value)}`)
  return undefined
}

/** Booleans were how 3.0 wrote it; `upgradeSchema` turns them into numbers. */
const readExclusive: Read = (reading, value, pointer) => typeof value === 'boolean' ? value : readNumber(reading, value, pointer)

const readDependentRequired: Read = (reading, value, pointer) => {
  if (!isObject(value)) return undefined
  const names: Json = {}
  for (const name of Object.keys(value)) {
    const list = readRequired(reading, value[name], at(pointer, name))
    if (list !== undefined) names[name] = list
  }
  return names
}

const readDiscriminator: Read = (_reading, value) => {
  if (typeof value === 'string') return { propertyName: value }
  if (!isObject(value) || typeof value['propertyName'] !== 'string') return undefined
  return { propertyName: value['propertyName'], ...(isObject(value['mapping']) && { mapping: value['mapping'] }) }
}

const readObject: Read = (_reading, value) => isObject(value) ? value : undefined
const readAnything: Read = (_reading, value) => value

const annotations = new Map<string, Read>([
  ['title', readText], ['description', readText], ['default', readAnything], ['deprecated', readFlag],
  ['readOnly', readFlag], ['writeOnly', readFlag],
])

const keywords = new Map<string, Read>([
  ...annotations,
  ['type', readTypes], ['format', readText], ['enum', readEnum], ['const', readAnything],
  ['multipleOf', readNumber], ['maximum', readNumber], ['minimum', readNumber],
  ['exclusiveMaximum', readExclusive], ['exclusiveMinimum', readExclusive],
  ['maxLength', readCount], ['minLength', readCount], ['pattern', readAsPattern],
  ['maxItems', readCount], ['minItems', readCount], ['uniqueItems', readFlag], ['maxContains', readCount], ['minContains', readCount],
  ['maxProperties', readCount], ['minProperties', readCount], ['required', readRequired], ['dependentRequired', readDependentRequired],
  ['properties', readNamed], ['patternProperties', readPatternProperties], ['additionalProperties', readSchema],
  ['propertyNames', readSchema], ['unevaluatedProperties', readSchema], ['dependentSchemas', readNamed],
  ['items', readItems], ['prefixItems', readList], ['contains', readSchema], ['unevaluatedItems', readSchema], ['additionalItems', readSchema],
  ['allOf', readList], ['anyOf', readList], ['oneOf', readList], ['not', readSchema],
  ['if', readSchema], ['then', readSchema], ['else', readSchema],
  ['contentEncoding', readText], ['contentMediaType', readText], ['contentSchema', readSchema],
  ['$defs', readNamed], ['definitions', readNamed],
  ['discriminator', readDiscriminator], ['xml', readObject], ['externalDocs', readObject],
])
