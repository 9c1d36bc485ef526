import { at } from '../pointer.ts'
import type { Json } from '../types.ts'
import { objectOrReference } from './content.ts'
import { assign, flagAt, isObject, kindOf, listAt, textAt, type Reading } from './reading.ts'

const flowNames = ['implicit', 'password', 'clientCredentials', 'authorizationCode', 'deviceAuthorization']

/** A Security Scheme Object of 3.x. One that cannot be used is kept: the operations that need it say so when they are called. */
export function readSecurityScheme(reading: Reading, value: unknown, pointer: string): Json | undefined {
  const read = objectOrReference(reading, value, pointer, 'securityScheme')
  if (read === undefined || 'reference' in read) return read?.reference
  const source = read.object
  const type = textAt(reading, source, 'type', pointer)
  const common = { type, description: textAt(reading, source, 'description', pointer), deprecated: flagAt(reading, source, 'deprecated', pointer) }
  if (type === 'apiKey') return assign({}, { ...common, ...readApiKey(reading, source, pointer) })
  if (type === 'http') {
    const scheme = textAt(reading, source, 'scheme', pointer)
    if (scheme === undefined) reading.problems.fault(at(pointer, 'scheme'), 'must name the HTTP authentication scheme')
    return assign({}, { ...common, scheme: scheme?.toLowerCase(), bearerFormat: textAt(reading, source, 'bearerFormat', pointer) })
  }
  if (type === 'oauth2') return assign({}, { ...common, flows: readFlows(reading, source['flows'], at(pointer, 'flows')) })
  if (type === 'openIdConnect') return assign({}, { ...common, openIdConnectUrl: textAt(reading, source, 'openIdConnectUrl', pointer) ?? '' })
  if (type !== 'mutualTLS') reading.problems.fault(at(pointer, 'type'), 'must be apiKey, http, mutualTLS, oauth2 or openIdConnect')
  return assign({}, common)
}

export function readApiKey(reading: Reading, source: Json, pointer: string): Json {
  const name = textAt(reading, source, 'name', pointer)
  const location = textAt(reading, source, 'in', pointer)?.toLowerCase()
  if (name === undefined) reading.problems.fault(at(pointer, 'name'), 'must be the name of the header, query parameter or cookie')
  if (location !== 'header' && location !== 'query' && location !== 'cookie') {
    reading.problems.fault(at(pointer, 'in'), 'must be header, query or cookie')
  }
  return { name, in: location, 'x-amazon-apigateway-authtype': textAt(reading, source, 'x-amazon-apigateway-authtype', pointer) }
}

function readFlows(reading: Reading, value: unknown, pointer: string): Json {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object of OAuth flows, not ${kindOf(value ?? null)}`)
    return {}
  }
  const flows: Json = {}
  for (const name of flowNames) {
    const flow = value[name]
    if (isObject(flow)) {
      const read = readFlow(reading, flow, at(pointer, name))
      if (isComplete(name, read)) flows[name] = read
      else reading.problems.warn(at(pointer, name), 'The flow lacks an address that it needs; it is left out')
    } else if (flow !== undefined && flow !== null) reading.problems.fault(at(pointer, name), `must be an object, not ${kindOf(flow)}`)
  }
  return flows
}

/** Whether a flow has the addresses that it cannot go without. */
export function isComplete(name: string, flow: Json): boolean {
  const needsAuthorization = name === 'implicit' || name === 'authorizationCode'
  if (needsAuthorization && flow['authorizationUrl'] === undefined) return false
  if (name === 'deviceAuthorization' && flow['deviceAuthorizationUrl'] === undefined) return false
  return name === 'implicit' || flow['tokenUrl'] !== undefined
}

export function readFlow(reading: Reading, flow: Json, pointer: string): Json {
  const scopes: Record<string, string> = {}
  if (isObject(flow['scopes'])) for (const [scope, text] of Object.entries(flow['scopes'])) scopes[scope] = typeof text === 'string' ? text : ''
  return assign({}, {
    authorizationUrl: textAt(reading, flow, 'authorizationUrl', pointer),
    deviceAuthorizationUrl: textAt(reading, flow, 'deviceAuthorizationUrl', pointer),
    tokenUrl: textAt(reading, flow, 'tokenUrl', pointer),
    refreshUrl: textAt(reading, flow, 'refreshUrl', pointer),
    scopes,
  })
}

export function readSecurity(reading: Reading, parent: Json, pointer: string): Json[] | undefined {
  const list = listAt(reading, parent, 'security', pointer)
  if (list === undefined) return undefined
  const here = at(pointer, 'security')
  const requirements: Json[] = []
  for (const [index, value] of list.entries()) {
    if (!isObject(value)) {
      reading.problems.fault(at(here, index), `must be an object of scheme names, not ${kindOf(value)}`)
      continue
    }
    const requirement: Json = {}
    for (const [name, scopes] of Object.entries(value)) {
      requirement[name] = Array.isArray(scopes) ? scopes.filter(scope => typeof scope === 'string') : []
    }
    requirements.push(requirement)
  }
  return requirements
}
