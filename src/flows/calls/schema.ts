/** JSON Schemas that lie elsewhere. */
import { LRUCache } from 'lru-cache'
import { parseSource } from '../../catalog/openapi/parse/parse.ts'
import { isHubError } from '../../errors.ts'
import type { EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { endpoint, readArguments } from './arguments.ts'
import type { Resource, Resources } from './resources.ts'

/** The same object while the resource stays the same, so that it is compiled once. Throws FlowFault `configuration`, and what fetching throws. */
export type LoadSchema = (resource: { endpoint: unknown }, context: EffectContext) => Promise<object>

const MAX_BYTES = 1024 * 1024

export function createLoadSchema({ resources }: { resources: Resources }): LoadSchema {
  const known = new LRUCache<string, object>({ max: 200 })
  return async (resource, context) => {
    const found = await resources.load({ endpoint: readArguments(endpoint, resource.endpoint, 'the schema') }, context, { maxBytes: MAX_BYTES, accept: 'application/schema+json, application/json;q=0.9, application/yaml;q=0.8, */*;q=0.5' })
    const before = known.get(found.sha256)
    if (before !== undefined) return before
    const schema = parsed(found)
    known.set(found.sha256, schema)
    return schema
  }
}

function parsed({ bytes, contentType, url }: Resource): object {
  try {
    const { value } = parseSource(bytes, { contentType, sourceUrl: url })
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    if (!isHubError(error)) throw error
    throw fault('configuration', `The schema cannot be read: ${error.errors?.[0]?.detail ?? error.message}`, { cause: error })
  }
  throw fault('configuration', `${new URL(url).host} does not have a schema there: a schema is an object.`)
}
