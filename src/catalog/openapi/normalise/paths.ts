import { at, pointerOfFragment, valueAt } from '../pointer.ts'
import type { Json } from '../types.ts'
import { readRequestBody, readResponses } from './content.ts'
import { readParameters } from './parameter.ts'
import { assign, flagAt, isObject, kindOf, listAt, objectAt, textAt, type Reading } from './reading.ts'
import { readSecurity } from './security.ts'
import { readServers } from './servers.ts'

export const fixedMethods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const

/** How the two generations of documents differ below a path. */
export interface PathReader {
  /** Parameters of the path item that stay with it, and what its operations inherit otherwise. */
  shared(item: Json, pointer: string): { parameters: Json[], inherited: unknown }
  operation(value: Json, pointer: string, inherited: unknown): Json
}

export function readPaths(reading: Reading, parent: Json, key: 'paths' | 'webhooks', reader: PathReader, documentUrl: string | undefined): Json | undefined {
  const source = objectAt(reading, parent, key, '')
  if (source === undefined) return undefined
  const paths: Json = {}
  for (const name of Object.keys(source)) {
    if (name.startsWith('x-')) continue
    const pointer = at(`/${key}`, name)
    const path = key === 'webhooks' || name.startsWith('/') ? name : `/${name}`
    if (path !== name) reading.problems.warn(pointer, 'A path starts with a slash; one is put before it')
    const item = readPathItem(reading, source[name], pointer, reader, documentUrl)
    if (item !== undefined) paths[path] = item
  }
  return paths
}

function readPathItem(reading: Reading, value: unknown, pointer: string, reader: PathReader, documentUrl: string | undefined): Json | undefined {
  if (value === null || value === undefined) return {}
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object of operations, not ${kindOf(value)}`)
    return undefined
  }
  const source = withReferenced(reading, value, pointer)
  const { parameters, inherited } = reader.shared(source, pointer)
  const item = assign({}, {
    summary: textAt(reading, source, 'summary', pointer),
    description: textAt(reading, source, 'description', pointer),
    parameters: parameters.length > 0 ? parameters : undefined,
    servers: readServers(reading, source, pointer, documentUrl),
  })
  for (const method of fixedMethods) {
    const operation = objectAt(reading, source, method, pointer)
    if (operation !== undefined) item[method] = reader.operation(operation, at(pointer, method), inherited)
  }
  const others = objectAt(reading, source, 'additionalOperations', pointer)
  if (others !== undefined && reading.dialect === '3.1') item['additionalOperations'] = readOthers(reading, others, at(pointer, 'additionalOperations'), reader, inherited)
  return item
}

function readOthers(reading: Reading, others: Json, pointer: string, reader: PathReader, inherited: unknown): Json {
  const operations: Json = {}
  for (const method of Object.keys(others)) {
    if (method.startsWith('x-')) continue
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
      reading.problems.fault(at(pointer, method), 'is not an HTTP method')
      continue
    }
    const operation = objectAt(reading, others, method, pointer)
    if (operation !== undefined) operations[method] = reader.operation(operation, at(pointer, method), inherited)
  }
  return operations
}

/** A path item that refers to another one is read as if that one stood there, its own members winning. */
function withReferenced(reading: Reading, value: Json, pointer: string): Json {
  let merged = value
  for (let hops = 0; typeof merged['$ref'] === 'string'; hops++) {
    const { $ref: ref, ...own } = merged
    const target = String(ref).startsWith('#/') ? valueAt(reading.source, pointerOfFragment(String(ref).slice(1))) : undefined
    if (!isObject(target) || hops === 20) {
      reading.problems.warn(pointer, `The path refers to ${String(ref).slice(0, 200)}, which is not in this document; its operations are left out`)
      return own
    }
    merged = { ...target, ...own }
  }
  return merged
}

export function pathReader3(reading: Reading, documentUrl: string | undefined): PathReader {
  return {
    shared(item, pointer) {
      const { parameters, body } = readParameters(reading, item, pointer)
      return { parameters, inherited: body }
    },
    operation(value, pointer, inherited) {
      const { parameters, body } = readParameters(reading, value, pointer)
      const requestBody = value['requestBody'] === undefined || value['requestBody'] === null
        ? body ?? inherited
        : readRequestBody(reading, value['requestBody'], at(pointer, 'requestBody'))
      return assign(readOperationHead(reading, value, pointer), {
        parameters: parameters.length > 0 ? parameters : undefined,
        requestBody,
        responses: readResponses(reading, value, pointer),
        security: readSecurity(reading, value, pointer),
        servers: readServers(reading, value, pointer, documentUrl),
      })
    },
  }
}

/** What operations of all versions have. */
export function readOperationHead(reading: Reading, value: Json, pointer: string): Json {
  const tags = listAt(reading, value, 'tags', pointer)?.filter(tag => typeof tag === 'string')
  const { externalDocs } = value
  return assign({}, {
    operationId: textAt(reading, value, 'operationId', pointer)?.trim() || undefined,
    summary: textAt(reading, value, 'summary', pointer),
    description: textAt(reading, value, 'description', pointer),
    tags: tags !== undefined && tags.length > 0 ? tags : undefined,
    deprecated: flagAt(reading, value, 'deprecated', pointer),
    externalDocs: isObject(externalDocs) && typeof externalDocs['url'] === 'string' ? { url: externalDocs['url'] } : undefined,
  })
}
