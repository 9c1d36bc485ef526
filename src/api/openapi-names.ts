/** Names of the API's operations, made from method and path: `listIntegrations`, `getConnectorOperation`, `runIntegration`. */
import type { Method } from './route.ts'

export interface NamedPlace {
  method: Method | 'HEAD' | 'OPTIONS'
  path: string
  /** Answers page by page. */
  lists: boolean
  creates: boolean
  /** One of many methods on the same path. */
  passesOn: boolean
}

const verbs: Record<NamedPlace['method'], string> = { GET: 'get', POST: 'create', PUT: 'replace', PATCH: 'update', DELETE: 'delete', HEAD: 'head', OPTIONS: 'options' }

/** Unique among `taken`, which it adds to. */
export function operationIdOf(place: NamedPlace, taken: Set<string>): string {
  const plain = plainName(place)
  // The designs' own paths beside those of /api/v1.
  const name = taken.has(plain) ? `${plain}Alias` : plain
  if (taken.has(name)) throw new Error(`Two routes are called ${name}.`)
  taken.add(name)
  return name
}

function plainName({ method, path, lists, creates, passesOn }: NamedPlace): string {
  const segments = path.replace(/^\/api\/(v1\/)?/, '/').split('/').filter((segment) => segment !== '')
  const last = segments.at(-1) ?? 'root'
  const statics = segments.filter((segment) => !isParameter(segment))
  const owners = statics.slice(0, isParameter(last) ? undefined : -1).map(singular).map(words)
  if (passesOn) return camel(statics.at(-1) ?? 'pass') + owners.slice(0, -1).join('') + words(method.toLowerCase())
  if (isParameter(last)) return verbs[method] + owners.join('')
  if (method === 'GET') return lists ? `list${owners.join('')}${words(last)}` : `get${owners.join('')}${words(last)}`
  const rotated = /^rotate-(.+)$/.exec(last)?.[1]
  if (rotated !== undefined) return `rotate${owners.join('')}${words(rotated)}`
  // What is posted to a collection is made; anything else under a path is done.
  if (method === 'POST' && (segments.length > 1 && !creates || /^(import|register|install)$/.test(last))) {
    return last.endsWith('s') ? `run${owners.join('')}${words(last)}` : camel(last) + owners.join('')
  }
  return `${verbs[method]}${owners.join('')}${words(singular(last))}`
}

function isParameter(segment: string): boolean {
  return segment.startsWith(':') || segment === '*'
}

function singular(noun: string): string {
  if (/(ss|us|is|metrics|logs|healthz|readyz)$/.test(noun)) return noun
  return noun.replace(/ies$/, 'y').replace(/s$/, '')
}

function words(segment: string): string {
  return segment.split(/[^A-Za-z0-9]+/).map(capital).join('')
}

function camel(segment: string): string {
  const name = words(segment)
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
