/**
 * What the rest of the hub knows of outgoing HTTP. The one implementation is `createHttpClient` in `client.ts`:
 * undici behind the address guard. Nothing else in the hub opens an outgoing HTTP connection.
 */
import type { Readable } from 'node:stream'

/** In answers names are lower case; in requests any case will do. */
export type HeaderMap = Record<string, string | string[]>

export interface HttpRequest {
  method: string
  /** Absolute, `http:` or `https:`, without user or password. */
  url: string
  /** `host`, `content-length` of a buffered body and the hop-by-hop headers are the client's own: given ones are left out. */
  headers?: HeaderMap
  body?: string | Uint8Array | Readable
  /** Until the response's headers and, for a buffered reading, its body are there. */
  timeoutMs?: number
  /** Ends the request or the reading of its body. A HubError given as the reason is what the caller gets, anything else becomes `upstream_timeout`. */
  signal?: AbortSignal
  /** Redirects to follow; 0 hands the 3xx to the caller. GET and HEAD without a body only, others always get the 3xx. */
  maxRedirects?: number
  /** Networks that the connection may go to, of those that the hub's guard allows; any of them unless given. */
  onlyAddresses?: readonly string[] | undefined
  /** Header names beside authorization, cookie and proxy-authorization that must not follow a redirect to another origin. */
  secretHeaders?: string[]
}

export interface HttpResponse {
  status: number
  headers: HeaderMap
  /** After redirects. */
  url: string
  /**
   * Must be consumed or destroyed. `readBody` does the former with a bound, and faster than the stream, which is only made
   * when this is looked at: hand the response on as it is, a copy by spreading loses its body.
   * gzip, deflate, br and zstd are undone, and then `content-encoding` and `content-length` are gone from `headers`.
   */
  readonly body: Readable
}

/**
 * Throws HubError:
 * - `address_refused`: the guard, the scheme, credentials in the URL, a URL that is none, credentials redirected from https to http
 * - `invalid_input`: a method or header that HTTP cannot carry, a `content-length` that is not the stream's
 * - `upstream_unavailable`: refused, reset, DNS, TLS, too many waiting; `upstream_timeout`; `upstream_too_many_redirects`
 * - `upstream_invalid_response`: not HTTP; `upstream_response_too_large`: endless headers
 * - `shutting_down`: after `close`
 *
 * `beforeSending` is set when the request cannot have reached the upstream.
 */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>
  /** Lets running exchanges end, for a while; then breaks them off. */
  close(): Promise<void>
  /** For /metrics: open connections and requests waiting for one, over all origins. */
  stats(): { origins: number, connected: number, pending: number }
}
