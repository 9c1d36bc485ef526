/** RFC 8628 §3.1: a code that is typed in at the vendor, on whatever device. */
import { HubError } from '../../errors.ts'
import type { HttpClient } from '../../lib/http/http.ts'
import { isWebUrl } from '../../lib/web-url.ts'
import { askTokenEndpoint, REQUEST_TIMEOUT_MS } from '../token-endpoint.ts'
import type { Exchange } from './exchange.ts'

export interface DeviceCode { deviceCode: string, userCode: string, verificationUri: string, verificationUriComplete: string | null, expiresAt: Date, intervalSeconds: number }

const LONGEST_S = 3600
const INTERVAL_S = 5

export async function askDevice(http: HttpClient, { server, client, now }: Exchange, scopes: string[]): Promise<DeviceCode> {
  if (server.deviceAuthorizationUrl === undefined) throw new HubError('invalid_input', `${server.name} has no device codes.`)
  const answer = await askTokenEndpoint(http, {
    url: server.deviceAuthorizationUrl, body: 'form', client, authentication: server.authentication, what: 'the client', secrets: client.secret === undefined ? [] : [client.secret], deadline: now() + REQUEST_TIMEOUT_MS, now,
    // Most want the client's id in the form, however it authenticates.
    parameters: { client_id: client.id, ...scopes.length > 0 && { scope: scopes.join(server.scopeSeparator) } },
  })
  const text = (name: string): string | null => (typeof answer[name] === 'string' && answer[name] !== '' ? answer[name] : null)
  const [deviceCode, userCode, verificationUri] = [text('device_code'), text('user_code'), text('verification_uri') ?? text('verification_url')]
  if (deviceCode === null || userCode === null || !isWebUrl(verificationUri)) throw new HubError('upstream_invalid_response', `${server.name} gave no device code.`)
  const complete = text('verification_uri_complete')
  return {
    deviceCode, userCode, verificationUri, verificationUriComplete: isWebUrl(complete) ? complete : null,
    expiresAt: new Date(now() + 1000 * Math.min(LONGEST_S, Number(answer['expires_in']) || 600)), intervalSeconds: Math.min(60, Math.max(1, Number(answer['interval']) || INTERVAL_S)),
  }
}
