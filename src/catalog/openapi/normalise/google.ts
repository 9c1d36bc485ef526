import type { Json } from '../types.ts'
import { operationsOf, parametersOf } from './path-parameters.ts'
import { isObject } from './reading.ts'

/** Parameters that hold a resource's name, such as `projects/p/topics/t`. */
const resourceNames = new Set(['name', 'parent', 'resource', 'resourceName'])

/**
 * Google's discovery format says `{+name}` where a value holds slashes that part path segments. Its OpenAPI
 * conversions lost the plus, and with the slashes encoded Google answers 404. Documents that kept the plus are served too.
 */
export function markMultiSegment(normal: Json): void {
  const fromGoogle = isFromGoogle(normal)
  for (const { path, item, operation } of operationsOf(normal)) {
    for (const parameter of [...parametersOf(normal, item), ...parametersOf(normal, operation)]) {
      if (parameter['in'] !== 'path') continue
      const name = String(parameter['name'])
      const described = typeof parameter['description'] === 'string' && /(?:\b[a-z]\w*\/[{*$][^/]*\/|\bprojects\/)/i.test(parameter['description'])
      const wanted = path.includes(`{+${name}}`) || (fromGoogle && (resourceNames.has(name) || described))
      if (wanted) parameter['x-multi-segment'] = true
    }
  }
}

function isFromGoogle(normal: Json): boolean {
  const info = isObject(normal['info']) ? normal['info'] : {}
  const servers = Array.isArray(normal['servers']) ? normal['servers'] as Json[] : []
  return info['x-providerName'] === 'googleapis.com' || servers.some(({ url }) => /^https?:\/\/[a-z0-9-]+\.googleapis\.com(?:\/|$)/.test(String(url)))
}
