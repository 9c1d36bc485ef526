import type { JsonSchema } from '../../../connectors/connector.ts'
import { at } from '../pointer.ts'
import type { Json } from '../types.ts'
import { readParameterHead } from './parameter.ts'
import { assign, flagAt, isObject, readReference, textAt, type Reading } from './reading.ts'
import { readSchema } from './schema.ts'

export interface RawParameter { value: Json, pointer: string }

const plainLocations = ['path', 'query', 'header']

export function readParameter2(reading: Reading, value: unknown, pointer: string): Json | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, 'must be an object')
    return undefined
  }
  if (typeof value['$ref'] === 'string') return readReference(reading, value, pointer, 'parameter')
  const head = readParameterHead(reading, value, pointer, plainLocations)
  if (head === undefined) return undefined
  return assign(head, {
    schema: schemaOf(reading, value, pointer),
    ...(isArray(value) && arrayStyle(reading, value, head['in'] as string, pointer)),
    example: value['x-example'],
  })
}

/** In 2.0 a parameter is its own schema. Some documents give it one as 3.x does. */
function schemaOf(reading: Reading, value: Json, pointer: string): JsonSchema | boolean {
  if (isObject(value['schema'])) return readSchema(reading, value['schema'], at(pointer, 'schema'))
  const { name: _name, in: _in, description: _description, required: _required, ...schema } = value
  return readSchema(reading, schema, pointer)
}

function isArray(value: Json): boolean { return value['type'] === 'array' }

const delimiters: Record<string, string> = { ssv: ' ', tsv: '\t', pipes: '|' }
const queryStyles: Record<string, string> = { ssv: 'spaceDelimited', pipes: 'pipeDelimited' }

/** 3.x has no style for tabs, nor for spaces and bars outside queries: `x-delimiter` carries those. */
function arrayStyle(reading: Reading, value: Json, location: string, pointer: string): Json {
  const format = textAt(reading, value, 'collectionFormat', pointer) ?? 'csv'
  const inQuery = location === 'query' || location === 'formData'
  if (format === 'multi' && inQuery) return { style: 'form', explode: true }
  const style = inQuery ? queryStyles[format] : undefined
  if (style !== undefined) return { style, explode: false }
  const delimiter = Object.hasOwn(delimiters, format) ? delimiters[format] : undefined
  if (delimiter === undefined && format !== 'csv') reading.problems.warn(at(pointer, 'collectionFormat'), `Not a collection format here: ${format.slice(0, 40)}; csv is used`)
  return assign({ style: inQuery ? 'form' : 'simple', explode: false }, { 'x-delimiter': delimiter })
}

const formType = 'application/x-www-form-urlencoded'
const multipartType = 'multipart/form-data'

/** The request body that body and form parameters make up; undefined when there are none. */
export function bodyOf(reading: Reading, parts: RawParameter[], consumes: string[] | undefined): Json | undefined {
  const body = parts.find(({ value }) => value['in'] === 'body')
  if (body !== undefined) return bodyOfSchema(reading, body, consumes ?? ['application/json'])
  return parts.length === 0 ? undefined : bodyOfForm(reading, parts, consumes ?? [])
}

function bodyOfSchema(reading: Reading, { value, pointer }: RawParameter, consumes: string[]): Json {
  const schema = readSchema(reading, value['schema'] ?? {}, at(pointer, 'schema'))
  const examples = isObject(value['x-examples']) ? value['x-examples'] : {}
  const content: Json = {}
  for (const type of consumes) content[type] = assign({ schema }, { example: examples[type] })
  return assign({ content }, { description: textAt(reading, value, 'description', pointer), required: flagAt(reading, value, 'required', pointer) })
}

function bodyOfForm(reading: Reading, parts: RawParameter[], consumes: string[]): Json {
  const properties: Json = {}
  const required: string[] = []
  const encoding: Json = {}
  for (const { value, pointer } of parts) {
    const head = readParameterHead(reading, { ...value, in: 'query' }, pointer, ['query'])
    if (head === undefined) continue
    const name = head['name'] as string
    const schema = schemaOf(reading, value, pointer)
    properties[name] = typeof schema === 'boolean' ? schema : assign(schema, { description: head['description'] })
    if (head['required'] === true) required.push(name)
    if (isArray(value)) encoding[name] = arrayStyle(reading, value, 'formData', pointer)
  }
  const schema = assign({ type: 'object', properties }, { required: required.length > 0 ? required : undefined })
  const hasFile = parts.some(({ value }) => value['type'] === 'file')
  const declared = consumes.filter(type => type.startsWith(multipartType) || (!hasFile && type.startsWith(formType)))
  const types = declared.length > 0 ? declared : [hasFile ? multipartType : formType]
  const content: Json = {}
  for (const type of types) content[type] = assign({ schema }, { encoding: Object.keys(encoding).length > 0 ? encoding : undefined })
  return assign({ content }, { required: required.length > 0 ? true : undefined })
}
