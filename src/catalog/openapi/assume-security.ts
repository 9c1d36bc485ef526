import { operationsOf } from './normalise/path-parameters.ts'
import { isObject } from './normalise/reading.ts'
import type { Json } from './types.ts'

/**
 * Fills in what many documents leave unsaid, and gives the sentence that tells so. A document that declares schemes but
 * never says where they apply gets each of them, or none, for all operations; one that says nothing at all about
 * authentication (GitHub's, Microsoft Graph's) gets an optional bearer token. `security: []` is a statement, and stays.
 */
export function assumeSecurity(normal: Json): string | undefined {
  const saysWhere = normal['security'] !== undefined || operationsOf(normal).some(({ operation }) => operation['security'] !== undefined)
  if (saysWhere) return undefined
  const components = (normal['components'] ??= {}) as Json
  const schemes = isObject(components['securitySchemes']) ? Object.keys(components['securitySchemes']) : []
  if (schemes.length > 0) {
    normal['security'] = [...schemes.map(name => ({ [name]: [] })), {}]
    return 'The document describes how to authenticate but not where: credentials that are given go with every operation'
  }
  components['securitySchemes'] = {
    bearer: { type: 'http', scheme: 'bearer', description: 'The document says nothing about authentication; leave empty if the service is open.' },
  }
  normal['security'] = [{ bearer: [] }, {}]
  return 'The document says nothing about authentication: a bearer token can be given, and need not be'
}
