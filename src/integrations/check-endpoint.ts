/** A declared health check: a GET at the service that must answer below 400, with the integration's credential where the connector can add it. */
import type { ConnectionContext } from '../connectors/connector.ts'
import { isHubError } from '../errors.ts'
import type { Loaded } from './loaded.ts'

/** `endpoint`: a path below the service's address, or a URL on one of its hosts. Throws HubError where it does not answer well. */
export async function checkEndpoint({ connector, endpoint: base }: Pick<Loaded, 'connector' | 'endpoint'>, endpoint: string, context: ConnectionContext): Promise<{ detail: string }> {
  const plain = { method: 'GET', url: endpoint.startsWith('/') || /^https?:/i.test(endpoint) ? endpoint : `/${endpoint}` }
  const request = await connector.proxy?.(plain, context).catch((error: unknown) => {
    // Whether a service is well is often told to everybody.
    if (base !== undefined && isHubError(error, 'credential_missing')) return plain
    throw error
  }) ?? plain
  const { status } = await context.http.request(request)
  return { detail: `GET ${endpoint} answered ${status}.` }
}
