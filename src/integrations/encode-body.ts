/** A request's body and headers as they are sent. */
import type { CallHttpRequest } from '../connectors/connector.ts'
import type { HeaderMap } from '../lib/http/http.ts'

const USER_AGENT = 'Interchange/0.1'

/** The request's own headers win over `defaults`. */
export function encodeBody(request: Pick<CallHttpRequest, 'headers' | 'json' | 'form' | 'body'>, defaults: Record<string, string>): { headers: HeaderMap, body: CallHttpRequest['body'] } {
  const headers: HeaderMap = { 'user-agent': USER_AGENT, accept: 'application/json, */*;q=0.5' }
  for (const [name, value] of Object.entries(defaults)) headers[name.toLowerCase()] = value
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value
  if (request.json !== undefined) {
    headers['content-type'] ??= 'application/json'
    return { headers, body: JSON.stringify(request.json) }
  }
  if (request.form !== undefined) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded'
    return { headers, body: new URLSearchParams(request.form).toString() }
  }
  return { headers, body: request.body }
}
