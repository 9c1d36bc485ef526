import { at } from '../pointer.ts'
import type { Json } from '../types.ts'
import { objectOrReference, readContent, readExamples, readStyle } from './content.ts'
import { assign, flagAt, isObject, kindOf, listAt, textAt, type Reading } from './reading.ts'
import { readSchema } from './schema.ts'

const locations = ['path', 'query', 'header', 'cookie', 'querystring']

/** Gives the parameters, and the body that some 3.x documents still describe as Swagger 2.0 did, as a parameter in `body`. */
export function readParameters(reading: Reading, parent: Json, pointer: string): { parameters: Json[], body?: Json } {
  const list = listAt(reading, parent, 'parameters', pointer) ?? []
  const here = at(pointer, 'parameters')
  const parameters: Json[] = []
  let body: Json | undefined
  for (const [index, value] of list.entries()) {
    if (isObject(value) && value['in'] === 'body' && value['$ref'] === undefined) body = readBodyParameter(reading, value, at(here, index))
    else {
      const parameter = readParameter(reading, value, at(here, index))
      if (parameter !== undefined) parameters.push(parameter)
    }
  }
  return { parameters, ...(body !== undefined && { body }) }
}

function readBodyParameter(reading: Reading, value: Json, pointer: string): Json {
  reading.problems.warn(pointer, 'A parameter in the body is read as a JSON request body')
  return assign({}, {
    description: textAt(reading, value, 'description', pointer),
    required: flagAt(reading, value, 'required', pointer),
    content: { 'application/json': { schema: readSchema(reading, value['schema'] ?? {}, at(pointer, 'schema')) } },
  })
}

export function readParameter(reading: Reading, value: unknown, pointer: string): Json | undefined {
  const read = objectOrReference(reading, value, pointer, 'parameter')
  if (read === undefined || 'reference' in read) return read?.reference
  const head = readParameterHead(reading, read.object, pointer, locations)
  if (head === undefined) return undefined
  const location = head['in'] as string
  return assign(head, { ...readSerialisation(reading, read.object, location, pointer), ...readExamples(reading, read.object, pointer) })
}

/** Name, place and what is said of it; undefined after a fault, or where it cannot be used. */
export function readParameterHead(reading: Reading, source: Json, pointer: string, allowed: string[]): Json | undefined {
  const { name } = source
  const location = typeof source['in'] === 'string' ? source['in'].toLowerCase() : undefined
  if (typeof name !== 'string') {
    reading.problems.fault(at(pointer, 'name'), `must be the parameter's name, not ${kindOf(name ?? null)}`)
    return undefined
  }
  if (location === undefined || !allowed.includes(location)) {
    reading.problems.fault(at(pointer, 'in'), `must be one of ${allowed.join(', ')}`)
    return undefined
  }
  if (name === '' || name === '__proto__') {
    reading.problems.warn(pointer, `A parameter ${name === '' ? 'without a name' : `named ${name}`} is left out`)
    return undefined
  }
  const required = flagAt(reading, source, 'required', pointer)
  if (location === 'path' && required !== true) reading.problems.warn(pointer, 'A path parameter is required, whatever the document says')
  return assign({ name, in: location }, {
    description: textAt(reading, source, 'description', pointer),
    required: location === 'path' ? true : required,
    deprecated: flagAt(reading, source, 'deprecated', pointer),
    allowEmptyValue: location === 'query' ? flagAt(reading, source, 'allowEmptyValue', pointer) : undefined,
  })
}

function readSerialisation(reading: Reading, source: Json, location: string, pointer: string): Json {
  if (source['content'] !== undefined && source['schema'] === undefined) {
    const content = readContent(reading, source, pointer)
    const [first, ...others] = Object.entries(content ?? {})
    if (others.length > 0) reading.problems.warn(at(pointer, 'content'), 'A parameter has one media type; the first is used')
    if (first !== undefined) return { content: Object.fromEntries([first]) }
  }
  if (location === 'querystring') {
    reading.problems.warn(pointer, 'A whole query string needs `content`; it is read as a form')
    return { content: { 'application/x-www-form-urlencoded': { schema: readSchema(reading, source['schema'] ?? {}, at(pointer, 'schema')) } } }
  }
  return {
    schema: readSchema(reading, source['schema'] ?? {}, at(pointer, 'schema')),
    style: readStyle(reading, source, location, pointer),
    explode: flagAt(reading, source, 'explode', pointer),
    allowReserved: flagAt(reading, source, 'allowReserved', pointer),
  }
}
