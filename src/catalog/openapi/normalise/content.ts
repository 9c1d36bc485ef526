/** Bodies, media types, responses and headers of 3.x. */
import { at } from '../pointer.ts'
import type { Json } from '../types.ts'
import {
  assign, flagAt, isObject, kindOf, objectAt, readMap, readReference, textAt, type Reading, type ReferenceKind,
} from './reading.ts'
import { readSchema } from './schema.ts'

/** An object to read, or a reference in its place; undefined after a fault. */
export function objectOrReference(reading: Reading, value: unknown, pointer: string, kind: ReferenceKind): { object: Json } | { reference: Json } | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object, not ${kindOf(value)}`)
    return undefined
  }
  return typeof value['$ref'] === 'string' ? { reference: readReference(reading, value, pointer, kind) } : { object: value }
}

export function readRequestBody(reading: Reading, value: unknown, pointer: string): Json | undefined {
  const read = objectOrReference(reading, value, pointer, 'requestBody')
  if (read === undefined || 'reference' in read) return read?.reference
  return assign({}, {
    description: textAt(reading, read.object, 'description', pointer),
    required: flagAt(reading, read.object, 'required', pointer),
    content: readContent(reading, read.object, pointer) ?? {},
  })
}

export function readContent(reading: Reading, parent: Json, pointer: string): Record<string, Json> | undefined {
  const content = readMap(reading, parent, 'content', pointer, (value, here) => readMediaType(reading, value, here))
  if (content === undefined || !Object.hasOwn(content, '')) return content
  reading.problems.warn(pointer, 'A media type without a name is read as application/octet-stream')
  const { '': unnamed, ...named } = content
  return { 'application/octet-stream': unnamed as Json, ...named }
}

export function readMediaType(reading: Reading, value: unknown, pointer: string): Json | undefined {
  // An empty one in YAML is null.
  const read = objectOrReference(reading, value ?? {}, pointer, 'mediaType')
  if (read === undefined || 'reference' in read) return read?.reference
  const source = read.object
  const { prefixEncoding, itemEncoding } = source
  return assign({}, {
    schema: source['schema'] === undefined ? undefined : readSchema(reading, source['schema'], at(pointer, 'schema')),
    itemSchema: source['itemSchema'] === undefined ? undefined : readSchema(reading, source['itemSchema'], at(pointer, 'itemSchema')),
    ...readExamples(reading, source, pointer),
    encoding: readMap(reading, source, 'encoding', pointer, (entry, here) => readEncoding(reading, entry, here)),
    prefixEncoding: Array.isArray(prefixEncoding) ? prefixEncoding.map((entry, i) => readEncoding(reading, entry, at(at(pointer, 'prefixEncoding'), i)) ?? {}) : undefined,
    itemEncoding: itemEncoding === undefined ? undefined : readEncoding(reading, itemEncoding, at(pointer, 'itemEncoding')),
  })
}

export function readExamples(reading: Reading, source: Json, pointer: string): Json {
  if (source['example'] !== undefined) return { example: source['example'] }
  if (!isObject(source['examples'])) return {}
  const examples: Json = {}
  for (const [name, example] of Object.entries(source['examples'])) {
    if (!isObject(example)) continue
    const here = at(at(pointer, 'examples'), name)
    examples[name] = typeof example['$ref'] === 'string' ? readReference(reading, example, here, 'example') : readExample(reading, example, here)
  }
  return Object.keys(examples).length === 0 ? {} : { examples }
}

export function readExample(reading: Reading, example: Json, pointer: string): Json {
  return assign({}, {
    summary: textAt(reading, example, 'summary', pointer), description: textAt(reading, example, 'description', pointer),
    value: example['value'] ?? example['dataValue'],
    externalValue: textAt(reading, example, 'externalValue', pointer),
  })
}

function readEncoding(reading: Reading, value: unknown, pointer: string): Json | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object, not ${kindOf(value)}`)
    return undefined
  }
  const encoding = assign({}, {
    contentType: textAt(reading, value, 'contentType', pointer),
    style: readStyle(reading, value, 'query', pointer),
    explode: flagAt(reading, value, 'explode', pointer),
    allowReserved: flagAt(reading, value, 'allowReserved', pointer),
    headers: readHeaders(reading, value, pointer),
  })
  return encoding
}

const stylesOf: Record<string, readonly string[]> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
}

/** The style where it is one that its place allows; undefined means the place's default. */
export function readStyle(reading: Reading, source: Json, location: string, pointer: string): string | undefined {
  const style = textAt(reading, source, 'style', pointer)
  if (style === undefined || (stylesOf[location]?.includes(style) ?? false)) return style
  reading.problems.warn(at(pointer, 'style'), `Not a style for ${location}: ${style.slice(0, 40)}; the default is used`)
  return undefined
}

function readHeaders(reading: Reading, parent: Json, pointer: string): Record<string, Json> | undefined {
  return readMap(reading, parent, 'headers', pointer, (value, here) => readHeader(reading, value, here))
}

export function readHeader(reading: Reading, value: unknown, pointer: string): Json | undefined {
  const read = objectOrReference(reading, value, pointer, 'header')
  if (read === undefined || 'reference' in read) return read?.reference
  const source = read.object
  const content = readContent(reading, source, pointer)
  return assign({}, {
    description: textAt(reading, source, 'description', pointer),
    required: flagAt(reading, source, 'required', pointer),
    deprecated: flagAt(reading, source, 'deprecated', pointer),
    explode: flagAt(reading, source, 'explode', pointer),
    ...(content === undefined || Object.keys(content).length === 0 ? { schema: readSchema(reading, source['schema'] ?? {}, at(pointer, 'schema')) } : { content }),
    ...readExamples(reading, source, pointer),
  })
}

export function readResponses(reading: Reading, parent: Json, pointer: string): Json {
  const responses = objectAt(reading, parent, 'responses', pointer) ?? {}
  const here = at(pointer, 'responses')
  const result: Json = {}
  for (const status of Object.keys(responses)) {
    if (status.startsWith('x-')) continue
    const name = /^[1-5]xx$/i.test(status) ? status.toUpperCase() : status
    if (!/^(?:[1-5]\d\d|[1-5]XX|default)$/.test(name)) {
      reading.problems.warn(at(here, status), 'Not a status code; the response is left out')
      continue
    }
    const response = readResponse(reading, responses[status], at(here, status))
    if (response !== undefined) result[name] = response
  }
  return atLeastOne(result)
}

/** A document must describe one; where it describes none any answer will do. */
export function atLeastOne(responses: Json): Json {
  return Object.keys(responses).length > 0 ? responses : { default: { description: '' } }
}

export function readResponse(reading: Reading, value: unknown, pointer: string): Json | undefined {
  const read = objectOrReference(reading, value, pointer, 'response')
  if (read === undefined || 'reference' in read) return read?.reference
  return assign({}, {
    description: textAt(reading, read.object, 'description', pointer) ?? '',
    headers: readHeaders(reading, read.object, pointer),
    content: readContent(reading, read.object, pointer),
  })
}
