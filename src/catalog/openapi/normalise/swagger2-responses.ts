import { at } from '../pointer.ts'
import type { Json } from '../types.ts'
import { atLeastOne } from './content.ts'
import { assign, isObject, kindOf, objectAt, readMap, readReference, textAt, type Reading } from './reading.ts'
import { readSchema } from './schema.ts'

export function readResponses2(reading: Reading, parent: Json, pointer: string, produces: string[]): Json {
  const responses = objectAt(reading, parent, 'responses', pointer) ?? {}
  const result: Json = {}
  for (const status of Object.keys(responses)) {
    if (status.startsWith('x-')) continue
    const here = at(at(pointer, 'responses'), status)
    if (!/^(?:[1-5]\d\d|default)$/.test(status)) {
      reading.problems.warn(here, 'Not a status code; the response is left out')
      continue
    }
    const response = readResponse2(reading, responses[status], here, produces)
    if (response !== undefined) result[status] = response
  }
  return atLeastOne(result)
}

export function readResponse2(reading: Reading, value: unknown, pointer: string, produces: string[]): Json | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object, not ${kindOf(value)}`)
    return undefined
  }
  if (typeof value['$ref'] === 'string') return readReference(reading, value, pointer, 'response')
  return assign({}, {
    description: textAt(reading, value, 'description', pointer) ?? '',
    headers: readMap(reading, value, 'headers', pointer, (header, here) => readHeader2(reading, header, here)),
    content: contentOf(reading, value, pointer, produces),
  })
}

function contentOf(reading: Reading, value: Json, pointer: string, produces: string[]): Json | undefined {
  const examples = isObject(value['examples']) ? value['examples'] : {}
  if (value['schema'] === undefined) {
    const described = produces.filter(type => Object.hasOwn(examples, type))
    return described.length === 0 ? undefined : Object.fromEntries(described.map(type => [type, { example: examples[type] }]))
  }
  const schema = readSchema(reading, value['schema'], at(pointer, 'schema'))
  const isFile = isObject(value['schema']) && value['schema']['type'] === 'file'
  // A download is rarely JSON, which is what `produces` says for the rest of the API.
  const types = isFile && produces.every(type => type.includes('json')) ? ['application/octet-stream'] : produces
  const content: Json = {}
  for (const type of types) content[type] = assign({ schema }, { example: Object.hasOwn(examples, type) ? examples[type] : undefined })
  return content
}

function readHeader2(reading: Reading, value: unknown, pointer: string): Json | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object, not ${kindOf(value)}`)
    return undefined
  }
  const { description: _description, ...schema } = value
  return assign({}, { description: textAt(reading, value, 'description', pointer), schema: readSchema(reading, schema, pointer) })
}
