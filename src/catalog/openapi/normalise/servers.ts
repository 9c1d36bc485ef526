import { at } from '../pointer.ts'
import type { Json, Server, ServerVariable } from '../types.ts'
import { assign, isObject, kindOf, listAt, objectAt, textAt, type Reading } from './reading.ts'

/**
 * Servers with their relative addresses made absolute where the document's own address is known, https before http.
 * Undefined where none are named.
 */
export function readServers(reading: Reading, parent: Json, pointer: string, documentUrl: string | undefined): Server[] | undefined {
  const list = listAt(reading, parent, 'servers', pointer)
  if (list === undefined) return undefined
  const servers: Server[] = []
  for (const [index, value] of list.entries()) {
    const server = readServer(reading, value, at(at(pointer, 'servers'), index), documentUrl)
    if (server !== undefined) servers.push(server)
  }
  return httpsFirst(servers)
}

function readServer(reading: Reading, value: unknown, pointer: string, documentUrl: string | undefined): Server | undefined {
  if (!isObject(value)) {
    reading.problems.fault(pointer, `must be an object with a url, not ${kindOf(value)}`)
    return undefined
  }
  if (typeof value['url'] !== 'string') {
    reading.problems.fault(at(pointer, 'url'), 'must be the server\'s address')
    return undefined
  }
  const url = absoluteServer(value['url'].trim(), documentUrl)
  const variables = readVariables(reading, value, pointer, url)
  if (!isUsable(url, variables)) {
    reading.problems.warn(at(pointer, 'url'), 'Not an http or https address; the server is left out')
    return undefined
  }
  return assign({ url }, {
    name: textAt(reading, value, 'name', pointer),
    description: textAt(reading, value, 'description', pointer),
    variables: Object.keys(variables).length > 0 ? variables : undefined,
  }) as unknown as Server
}

/** Variables that the template uses; one that isn't declared gets an empty default, so that it must be configured. */
function readVariables(reading: Reading, server: Json, pointer: string, url: string): Record<string, ServerVariable> {
  const declared = objectAt(reading, server, 'variables', pointer) ?? {}
  const variables: Record<string, ServerVariable> = {}
  for (const [, name] of url.matchAll(/\{([^{}]*)\}/g)) {
    if (name === undefined || name === '__proto__') continue
    const source = Object.hasOwn(declared, name) ? declared[name] : undefined
    if (source === undefined) reading.problems.warn(at(pointer, 'variables'), `The server's variable ${name.slice(0, 40)} is not described; it must be configured`)
    variables[name] = readVariable(source)
  }
  return variables
}

function readVariable(source: unknown): ServerVariable {
  if (!isObject(source)) return { default: '' }
  const values = Array.isArray(source['enum']) ? source['enum'].filter(isScalar).map(String) : []
  const fallback = isScalar(source['default']) ? String(source['default']) : values[0] ?? ''
  // The default belongs to the values, but some documents forget to list it.
  if (values.length > 0 && !values.includes(fallback)) values.unshift(fallback)
  return {
    default: fallback,
    ...(values.length > 0 && { enum: values }),
    ...(typeof source['description'] === 'string' && { description: source['description'] }),
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function absoluteServer(url: string, documentUrl: string | undefined): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) || url.startsWith('{')) return url
  // A host without its scheme, as in `api.example.com/v1`.
  if (!url.startsWith('/') && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[:/]|$)/i.test(url)) return `https://${url}`
  if (url.startsWith('//')) return `${documentUrl?.startsWith('http:') === true ? 'http:' : 'https:'}${url}`
  if (documentUrl === undefined) return url
  try {
    // Braces would be percent-encoded, so the path goes beside the parser.
    const base = new URL(documentUrl)
    if (url.startsWith('/')) return base.origin + url
    return decodeBraces(new URL(url, base).href)
  } catch {
    return url
  }
}

function decodeBraces(url: string): string {
  return url.replaceAll('%7B', '{').replaceAll('%7D', '}')
}

function isUsable(url: string, variables: Record<string, ServerVariable>): boolean {
  const sample = url.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => variables[name]?.default || 'x')
  if (sample === '' || sample.startsWith('/')) return true
  try {
    const { protocol, username, password, search, hash } = new URL(sample)
    return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === ''
  } catch {
    // A template whose scheme or port is a variable without a default cannot be checked yet.
    return !/^[a-z][a-z0-9+.-]*:/i.test(sample) || /^https?:/i.test(sample)
  }
}

function httpsFirst(servers: Server[]): Server[] {
  const secure = new Set(servers.filter(({ url }) => url.startsWith('https:')).map(({ url }) => url.slice('https'.length)))
  const hasTwin = ({ url }: Server) => url.startsWith('http:') && secure.has(url.slice('http'.length))
  return [...servers.filter(server => !hasTwin(server)), ...servers.filter(hasTwin)]
}
