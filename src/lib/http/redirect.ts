import type { Readable } from 'node:stream'
import { HubError } from '../../errors.ts'
import type { HeaderMap, HttpRequest } from './http.ts'

/** One request as it goes over the wire; a redirect makes the next. */
export interface Hop {
  method: string
  url: URL
  /** Name, value, name, value. */
  headers: string[]
  body: string | Uint8Array | Readable | undefined
}

/** Set by the connection itself (RFC 9110, 7.6.1), or by the client from the URL and the body. */
const ownHeaders = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'])

const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization']

/** Throws HubError `address_refused` for a URL that the client doesn't go to. */
export function firstHop(request: HttpRequest, userAgent: string | undefined): Hop {
  const { body } = request
  return {
    method: request.method.toUpperCase(),
    url: parseTarget(request.url),
    headers: outgoingHeaders(request.headers ?? {}, isStream(body), userAgent),
    body,
  }
}

export function isStream(body: HttpRequest['body']): body is Readable {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}

/** Where an answer sends a request, if it is one that is followed. */
export function redirectTarget(hop: Hop, status: number, headers: HeaderMap): string | undefined {
  const { location } = headers
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  if (hop.body !== undefined || (hop.method !== 'GET' && hop.method !== 'HEAD')) return undefined
  // Node reads headers as latin1; a location with other characters is UTF-8 in practice.
  return Buffer.from(location.toString(), 'latin1').toString()
}

/** Throws HubError `address_refused` or `upstream_invalid_response`. */
export function nextHop(hop: Hop, location: string, secretHeaders: string[]): Hop {
  if (!URL.canParse(location, hop.url.href)) {
    throw new HubError('upstream_invalid_response', `${hop.url.host} redirected to something that is not a URL.`)
  }
  const url = parseTarget(location, hop.url)
  if (url.origin === hop.url.origin) return { ...hop, url }
  const secret = new Set([...credentialHeaders, ...secretHeaders.map((name) => name.toLowerCase())])
  const headers = withoutHeaders(hop.headers, secret)
  if (hop.url.protocol === 'https:' && url.protocol === 'http:' && headers.length < hop.headers.length) {
    throw new HubError('address_refused', `${hop.url.host} redirected a request with credentials from https to http.`)
  }
  return { ...hop, url, headers }
}

function parseTarget(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href)
  const refused = (message: string): HubError => new HubError('address_refused', message, { beforeSending: base === undefined })
  // Without a cause: Node's has the whole URL in it.
  if (url === null) throw refused('The URL is not valid.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(`Calls go to http and https URLs, not to ${url.protocol.slice(0, -1)}.`)
  if (url.username !== '' || url.password !== '') throw refused('The URL contains a user or a password: credentials go into a header.')
  return url
}

function outgoingHeaders(given: HeaderMap, streamed: boolean, userAgent: string | undefined): string[] {
  const headers: string[] = []
  let named = userAgent === undefined
  for (const name of Object.keys(given)) {
    const value = given[name]
    const lower = name.toLowerCase()
    if (value === undefined || ownHeaders.has(lower) || (lower === 'content-length' && !streamed)) continue
    named ||= lower === 'user-agent'
    if (typeof value === 'string') headers.push(name, value)
    else for (const each of value) headers.push(name, each)
  }
  if (!named) headers.push('user-agent', userAgent as string)
  return headers
}

function withoutHeaders(headers: string[], names: Set<string>): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string
    if (!names.has(name.toLowerCase())) kept.push(name, headers[index + 1] as string)
  }
  return kept
}
