import { HubError } from '../../../errors.ts'
import type { Server } from '../types.ts'

export interface ServerChoice {
  /** Takes the place of the document's servers. */
  endpoint?: string | undefined
  /** `baseUrl` likewise; else `server` (a server's url as in the document) and `serverVariables`. */
  configuration: Record<string, unknown>
}

/** Where requests go, without a slash at the end. Throws HubError `invalid_input` where the configuration doesn't settle it. */
export function baseUrlOf(servers: Server[], { endpoint, configuration }: ServerChoice): string {
  if (endpoint !== undefined && endpoint !== '') return absoluteBase(endpoint, '/endpoint')
  const { baseUrl, server: chosen } = configuration
  if (typeof baseUrl === 'string' && baseUrl !== '') return absoluteBase(baseUrl, '/configuration/baseUrl')
  const server = servers.find(({ url, name }) => chosen !== undefined && (url === chosen || name === chosen)) ?? servers[0]
  if (server === undefined || server.url.startsWith('/')) {
    return refuse('/configuration/baseUrl', 'must be set: the document does not say which host the service is on')
  }
  if (server.variables === undefined) return absoluteBase(server.url, '/configuration/server')
  return absoluteBase(withVariables(server, configuration['serverVariables']), '/configuration/serverVariables')
}

function withVariables({ url, variables = {} }: Server, configured: unknown): string {
  const values = typeof configured === 'object' && configured !== null ? configured as Record<string, unknown> : {}
  return url.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (variable === undefined) return whole
    const pointer = `/configuration/serverVariables/${name}`
    const given = Object.hasOwn(values, name) ? values[name] : undefined
    const value = given === undefined || given === '' ? variable.default : String(given)
    if (value === '' && /^\{[^{}]*\}[^/]|:\/\/[^/]*\{/.test(url)) return refuse(pointer, 'must be set')
    // The service decides what it has: only what would change the address' structure is refused.
    if (/[@?#\\\s]/.test(value)) return refuse(pointer, 'must not contain @, ?, #, \\ or spaces')
    return value
  })
}

function absoluteBase(url: string, pointer: string): string {
  const plain = /^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~/-]*)?$/.test(url)
  if (!plain) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return refuse(pointer, 'must be an http or https address')
    if (parsed.username !== '' || parsed.password !== '') return refuse(pointer, 'must not contain a user or password')
    return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '')
  }
  return url.endsWith('/') ? url.replace(/\/+$/, '') : url
}

function refuse(pointer: string, detail: string): never {
  throw new HubError('invalid_input', `The service's address is not settled: ${pointer} ${detail}`, { errors: [{ pointer, detail }], beforeSending: true })
}
