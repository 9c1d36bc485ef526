/** Swagger 2.0's way of saying what 3.x says with servers, request bodies, content and flows. */
import { at, pointerOfFragment, valueAt } from '../pointer.ts'
import type { Json, Server } from '../types.ts'
import { readOperationHead, type PathReader } from './paths.ts'
import { assign, isObject, kindOf, listAt, readMap, textAt, type Reading } from './reading.ts'
import { readSchema } from './schema.ts'
import { isComplete, readApiKey, readFlow, readSecurity } from './security.ts'
import { readServers } from './servers.ts'
import { bodyOf, readParameter2, type RawParameter } from './swagger2-parameters.ts'
import { readResponses2, readResponse2 } from './swagger2-responses.ts'

export function readSwagger2Components(reading: Reading, source: Json): Json {
  const produces = mediaTypes(source['produces']) ?? ['application/json']
  return assign({}, {
    schemas: readMap(reading, source, 'definitions', '', (value, pointer) => readSchema(reading, value, pointer)),
    responses: readMap(reading, source, 'responses', '', (value, pointer) => readResponse2(reading, value, pointer, produces)),
    parameters: readSharedParameters(reading, source),
    securitySchemes: readMap(reading, source, 'securityDefinitions', '', (value, pointer) => readScheme(reading, value, pointer)),
  })
}

/** Body and form parameters are left out here: they become part of the operations that refer to them. */
function readSharedParameters(reading: Reading, source: Json): Record<string, Json> | undefined {
  return readMap(reading, source, 'parameters', '', (value, pointer) => {
    const inBody = isObject(value) && (value['in'] === 'body' || value['in'] === 'formData')
    return inBody ? undefined : readParameter2(reading, value, pointer)
  })
}

export function readSwagger2Servers(reading: Reading, source: Json, documentUrl: string | undefined): Server[] {
  return serversFor(reading, source, mediaTypes(source['schemes']), documentUrl)
}

function serversFor(reading: Reading, source: Json, schemes: string[] | undefined, documentUrl: string | undefined): Server[] {
  const host = textAt(reading, source, 'host', '')?.replace(/^https?:\/\//i, '').replace(/\/+$/, '')
  const basePath = textAt(reading, source, 'basePath', '') ?? ''
  const path = basePath === '' || basePath.startsWith('/') ? basePath : `/${basePath}`
  const own = documentUrl?.startsWith('http:') === true ? 'http' : 'https'
  const usable = schemes?.map(scheme => scheme.toLowerCase()).filter(scheme => scheme === 'http' || scheme === 'https') ?? [own]
  if (host === undefined || host === '') {
    return readServers(reading, { servers: [{ url: path || '/' }] }, '', documentUrl) ?? []
  }
  const urls = (usable.length > 0 ? usable : [own]).map(scheme => ({ url: `${scheme}://${host}${path}` }))
  return readServers(reading, { servers: urls }, '', documentUrl) ?? []
}

function mediaTypes(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const names = value.filter((name): name is string => typeof name === 'string' && name !== '')
  return names.length > 0 ? names : undefined
}

export function pathReader2(reading: Reading, source: Json, documentUrl: string | undefined): PathReader {
  const consumes = mediaTypes(source['consumes'])
  const produces = mediaTypes(source['produces']) ?? ['application/json']
  return {
    shared(item, pointer) {
      const { plain, body } = sortParameters(reading, item, pointer)
      return { parameters: plain, inherited: body }
    },
    operation(value, pointer, inherited) {
      const { plain, body } = sortParameters(reading, value, pointer)
      const bodyParts = body.length > 0 ? body : inherited as RawParameter[]
      const schemes = mediaTypes(value['schemes'])
      return assign(readOperationHead(reading, value, pointer), {
        parameters: plain.length > 0 ? plain : undefined,
        requestBody: bodyOf(reading, bodyParts, mediaTypes(value['consumes']) ?? consumes),
        responses: readResponses2(reading, value, pointer, mediaTypes(value['produces']) ?? produces),
        security: readSecurity(reading, value, pointer),
        servers: schemes === undefined ? undefined : operationServers(reading, source, schemes, documentUrl),
      })
    },
  }
}

function operationServers(reading: Reading, source: Json, schemes: string[], documentUrl: string | undefined): Server[] | undefined {
  const own = serversFor(reading, source, schemes, documentUrl)
  const common = serversFor(reading, source, mediaTypes(source['schemes']), documentUrl)
  return own[0]?.url === common[0]?.url ? undefined : own
}

/** Parts those that belong to the body, looking behind references, from those that stay parameters. */
function sortParameters(reading: Reading, parent: Json, pointer: string): { plain: Json[], body: RawParameter[] } {
  const plain: Json[] = []
  const body: RawParameter[] = []
  for (const [index, value] of (listAt(reading, parent, 'parameters', pointer) ?? []).entries()) {
    const here = at(at(pointer, 'parameters'), index)
    const raw = behind(reading, value, here)
    if (raw !== undefined && (raw.value['in'] === 'body' || raw.value['in'] === 'formData')) body.push(raw)
    else {
      const parameter = readParameter2(reading, value, here)
      if (parameter !== undefined) plain.push(parameter)
    }
  }
  return { plain, body }
}

function behind(reading: Reading, value: unknown, pointer: string): RawParameter | undefined {
  let raw = { value, pointer }
  for (let hops = 0; hops < 20 && isObject(raw.value); hops++) {
    const ref = raw.value['$ref']
    if (typeof ref !== 'string') return raw as RawParameter
    if (!ref.startsWith('#/')) return undefined
    const target = pointerOfFragment(ref.slice(1))
    raw = { value: valueAt(reading.source, target), pointer: target }
  }
  return undefined
}

const flowNames: Record<string, string> = { application: 'clientCredentials', accessCode: 'authorizationCode', implicit: 'implicit', password: 'password' }

function readScheme(reading: Reading, value: unknown, pointer: string): Json | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object, not ${kindOf(value)}`)
    return undefined
  }
  const description = textAt(reading, value, 'description', pointer)
  const type = textAt(reading, value, 'type', pointer)
  if (type === 'basic') return assign({ type: 'http', scheme: 'basic' }, { description })
  if (type === 'apiKey') return assign({ type }, { description, ...readApiKey(reading, value, pointer) })
  if (type !== 'oauth2') {
    reading.problems.fault(at(pointer, 'type'), 'must be basic, apiKey or oauth2')
    return undefined
  }
  const flow = textAt(reading, value, 'flow', pointer) ?? 'implicit'
  const name = Object.hasOwn(flowNames, flow) ? flowNames[flow] : undefined
  if (name === undefined) {
    reading.problems.fault(at(pointer, 'flow'), 'must be implicit, password, application or accessCode')
    return undefined
  }
  const read = readFlow(reading, value, pointer)
  if (isComplete(name, read)) return assign({ type }, { description, flows: { [name]: read } })
  reading.problems.warn(pointer, 'The flow lacks an address that it needs; it is left out')
  return assign({ type }, { description, flows: {} })
}

