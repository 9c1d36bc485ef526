import { LRUCache } from 'lru-cache'
import type {
  CallHttpRequest, ConnectionContext, Connector, CredentialField, JsonSchema, Manifest, OperationSummary,
} from '../../connectors/connector.ts'
import { HubError, isHubError } from '../../errors.ts'
import { compileOperation, configuredRegion, tokensFor, type CompiledOperation } from './compile/operation.ts'
import { compileSecurity } from './compile/security.ts'
import { baseUrlOf } from './compile/servers.ts'
import { regionOf, signed } from './compile/sigv4.ts'
import { proxiedUrl } from './proxied-url.ts'
import type { ResolvedOperation, SecurityRequirement, SecurityScheme, Server } from './types.ts'

export interface OpenApiConnectorOptions {
  /** The rest of the manifest follows from the document. */
  facts: Omit<Manifest, 'capabilities' | 'credentialSchema' | 'configurationSchema' | 'events' | 'dependencies'>
  /** These are as `importDocument` gave them. */
  credentialSchema: Record<string, CredentialField>
  configurationSchema: JsonSchema
  securitySchemes: Record<string, SecurityScheme>
  security: SecurityRequirement[]
  servers: Server[]
  operationServers: Server[]
  listOperations(): Promise<OperationSummary[]>
  /** Undefined when there is no such operation. */
  findResolved(id: string): Promise<ResolvedOperation | undefined>
  /** A path below the server, or an address, whose GET says whether the service is well. */
  healthCheck?: { endpoint: string }
}

/** Compiled operations that a connector keeps. Each takes some ten kilobytes, and is compiled again within milliseconds. */
const keptOperations = 200

type Place = Pick<ConnectionContext, 'configuration' | 'endpoint'>

export function createOpenApiConnector(options: OpenApiConnectorOptions): Connector {
  const { servers, securitySchemes } = options
  const security = compileSecurity(options.security, securitySchemes)
  const compiled = new LRUCache<string, CompiledOperation>({ max: keptOperations })
  const hosts = (place: Place) => hostsOf(options, place)
  const proxy = async (request: CallHttpRequest, context: ConnectionContext): Promise<CallHttpRequest> => {
    const baseUrl = baseUrlOf(servers, context)
    const url = proxiedUrl(baseUrl, request.url, hosts(context))
    const chosen = security.choose(context.credentials)
    const tokens = chosen.tokens.length === 0 ? {} : await tokensFor(chosen.tokens, baseUrl, context)
    const { headers, query, cookies, aws } = chosen.apply(tokens)
    const authorized = withAuthorization({ ...request, url }, headers, query, cookies)
    if (aws === undefined) return authorized
    const service = Object.values(securitySchemes).find(scheme => scheme.service !== undefined)?.service ?? 'execute-api'
    return await signed(withoutQueryMap(authorized), aws, { service, region: regionOf(baseUrl) ?? configuredRegion(context) })
  }
  return {
    manifest: manifestOf(options),
    operations: {
      list: () => options.listOperations(),
      async find(id) {
        const known = compiled.get(id)
        if (known !== undefined) return known
        const resolved = await options.findResolved(id)
        if (resolved === undefined) return undefined
        const operation = compileOperation(resolved, { securitySchemes })
        compiled.set(id, operation)
        return operation
      },
    },
    testConnection: context => testConnection(options, proxy, context),
    hosts,
    proxy,
  }
}

function manifestOf({ facts, credentialSchema, configurationSchema, securitySchemes }: OpenApiConnectorOptions): Manifest {
  const kinds = Object.values(securitySchemes).map(scheme => scheme.type === 'http' ? `http ${scheme.scheme ?? ''}` : scheme.type)
  return {
    ...facts,
    // Operations are many and listed by themselves.
    capabilities: { operations: [], authentication: [...new Set(kinds)], dataTypes: ['json'], features: ['openapi', 'proxy'] },
    credentialSchema, configurationSchema,
    events: [], dependencies: [],
  }
}

/** `host` or `host:port`. With an address of its own an integration goes nowhere else. */
function hostsOf({ servers, operationServers }: OpenApiConnectorOptions, place: Place): string[] {
  const overridden = (place.endpoint ?? '') !== '' || (typeof place.configuration['baseUrl'] === 'string' && place.configuration['baseUrl'] !== '')
  const found = new Set<string>()
  for (const list of overridden ? [servers] : [servers, ...operationServers.map(server => [server])]) {
    try {
      found.add(new URL(baseUrlOf(list, place)).host)
    } catch (error) {
      // A server whose variables aren't set yet has no host.
      if (!isHubError(error)) throw error
    }
  }
  return [...found]
}

function withAuthorization(request: CallHttpRequest, headers: Record<string, string>, query: string, cookies: string[]): CallHttpRequest {
  const url = query === '' ? request.url : `${request.url}${request.url.includes('?') ? '&' : '?'}${query}`
  const merged: NonNullable<CallHttpRequest['headers']> = {}
  const own = new Set(Object.keys(headers))
  for (const [name, value] of Object.entries(request.headers ?? {})) if (!own.has(name.toLowerCase())) merged[name.toLowerCase()] = value
  Object.assign(merged, headers)
  if (cookies.length > 0) merged['cookie'] = [merged['cookie'] ?? [], cookies].flat().join('; ')
  return { ...request, url, headers: merged }
}

/** What is signed is the final address. */
function withoutQueryMap({ query, ...request }: CallHttpRequest): CallHttpRequest {
  const url = new URL(request.url)
  for (const [name, value] of Object.entries(query ?? {})) for (const item of [value ?? []].flat()) url.searchParams.append(name, String(item))
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name, [value].flat().join(', ')]))
  return { ...request, url: url.href, headers }
}

type Proxy = NonNullable<Connector['proxy']>

/**
 * A declared health check must succeed. Without one a GET to the server's base address shows whether the service is there
 * and knows the credential: anything but an unreachable host, 401 or 403 will do, since few services answer there.
 */
async function testConnection({ servers, healthCheck }: OpenApiConnectorOptions, proxy: Proxy, context: ConnectionContext): Promise<{ detail: string }> {
  const address = healthCheck?.endpoint ?? baseUrlOf(servers, context)
  const request = await authorizedIfPossible({ method: 'GET', url: address }, proxy, context, baseUrlOf(servers, context))
  const tried = `GET ${new URL(request.url).origin}${new URL(request.url).pathname}`
  try {
    const { status } = await context.http.request(request)
    return { detail: `${tried} answered ${status}.` }
  } catch (error) {
    if (!isHubError(error) || error.code === 'address_refused' || error.code === 'shutting_down') throw error
    const status = error.upstreamStatus
    if (healthCheck === undefined && wasReached(error, status)) return { detail: `${tried} answered${status === undefined ? '' : ` ${status}`}: the service is there.` }
    const refused = status === 401 || status === 403 ? ` answered ${status}: the credential is not accepted` : `: ${error.message}`
    throw new HubError('connection_failed', `${tried}${refused}`, { cause: error })
  }
}

async function authorizedIfPossible(request: CallHttpRequest, proxy: Proxy, context: ConnectionContext, baseUrl: string): Promise<CallHttpRequest> {
  try {
    return await proxy(request, context)
  } catch (error) {
    if (!isHubError(error, 'credential_missing')) throw error
    return { ...request, url: /^https?:/i.test(request.url) ? request.url : proxiedUrl(baseUrl, request.url, []) }
  }
}

function wasReached(error: HubError, status: number | undefined): boolean {
  if (status !== undefined) return status !== 401 && status !== 403
  return ['upstream_rate_limited', 'upstream_response_too_large', 'upstream_too_many_redirects'].includes(error.code)
}
