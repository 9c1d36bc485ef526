/** Any REST API. */
import type { CallHttpRequest, ConnectionContext } from '../connector.ts'
import { defineConnector } from '../define.ts'
import { HubError, isHubError } from '../../errors.ts'
import { authenticate, type Outgoing } from './authenticate.ts'
import manifest from './manifest.json' with { type: 'json' }
import { operations } from './request.ts'
import { readConfiguration } from './settings.ts'
import { hostsOf, targetOf } from './target.ts'

export const httpConnector = defineConnector({ folder: import.meta.url, manifest, operations, testConnection, hosts: hostsOf, proxy })

/** Without a path of its own, any answer but 401 and 403 will do: few services have something at their base URL. */
async function testConnection(context: ConnectionContext): Promise<{ detail: string }> {
  const { testPath } = readConfiguration(context)
  const { method, url, headers } = await authenticate({ method: 'GET', url: targetOf(context, testPath), headers: {}, body: undefined }, context)
  const tried = `GET ${url.origin}${url.pathname}`
  try {
    const { status } = await context.http.request({ method, url: url.href, headers })
    return { detail: `${tried} answered ${status}.` }
  } catch (error) {
    const status = isHubError(error) ? error.upstreamStatus : undefined
    if (status === undefined) throw error
    if (status === 401 || status === 403) throw new HubError('connection_failed', `${tried} answered ${status}: the credential is not accepted.`, { cause: error, upstreamStatus: status })
    if (testPath !== '') throw new HubError('connection_failed', `${tried} answered ${status}.`, { cause: error, upstreamStatus: status })
    return { detail: `${tried} answered ${status}: the service is there.` }
  }
}

async function proxy(request: CallHttpRequest, context: ConnectionContext): Promise<CallHttpRequest> {
  const headers: Outgoing['headers'] = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const { url, headers: authenticated, body } = await authenticate({ method: request.method, url: targetOf(context, request.url, request.query), headers, body: request.body }, context)
  return { method: request.method, url: url.href, headers: authenticated, ...body !== undefined && { body } }
}
