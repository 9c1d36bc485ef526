import { setImmediate } from 'node:timers/promises'
import { HubError } from '../../errors.ts'
import type { AddressGuard } from './address-guard.ts'
import { Exchange } from './exchange.ts'
import { givenUp } from './failure.ts'
import type { HttpClient, HttpRequest, HttpResponse } from './http.ts'
import { createOrigins } from './origins.ts'
import { firstHop, isStream, nextHop, redirectTarget, type Hop } from './redirect.ts'
import { UpstreamResponse } from './response.ts'

export interface HttpClientOptions {
  guard: Pick<AddressGuard, 'assertAllowed' | 'lookup'>
  /** For name lookup, TCP and TLS together. 10 s unless given. */
  connectTimeoutMs?: number
  /** 128 unless given; further requests wait. */
  connectionsPerOrigin?: number
  /** Requests that may wait for a connection to one origin; 10,000 unless given. */
  maxWaitingPerOrigin?: number
  /** Origins whose connections are kept; 2,000 unless given. */
  maxOrigins?: number
  /** How long an idle connection is kept where the upstream doesn't say. 4 s unless given: many servers close after 5. */
  keepAliveMs?: number
  /** Longest pause within a streamed body; 60 s unless given. */
  idleBodyMs?: number
  /** For requests without one; 30 s unless given. */
  timeoutMs?: number
  /** For requests that don't say; 5 unless given. */
  maxRedirects?: number
  /** Sent where the request has none. */
  userAgent?: string
  /** Certificate authorities (PEM) instead of the well-known ones. */
  ca?: string[]
  /** How long `close` waits for running exchanges; 5 s unless given. */
  closeGraceMs?: number
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { guard, timeoutMs = 30_000, maxRedirects = 5, maxWaitingPerOrigin = 10_000, userAgent, closeGraceMs = 5_000 } = options
  const origins = createOrigins({
    guard,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    connectionsPerOrigin: options.connectionsPerOrigin ?? 128,
    maxOrigins: options.maxOrigins ?? 2_000,
    keepAliveMs: options.keepAliveMs ?? 4_000,
    idleBodyMs: options.idleBodyMs ?? 60_000,
    ca: options.ca,
  })
  let closed = false

  const send = (hop: Hop, isFirst: boolean, leftMs: number, { signal, onlyAddresses }: HttpRequest): Promise<Exchange> => new Promise((resolve, reject) => {
    const { host, origin: name, pathname, search } = hop.url
    if (closed) throw new HubError('shutting_down', 'The hub is stopping.', { beforeSending: isFirst })
    if (signal?.aborted === true) throw givenUp(host, signal, isFirst)
    const origin = origins.find(name, onlyAddresses)
    if (origin.waiting >= maxWaitingPerOrigin) throw new HubError('upstream_unavailable', `Too many calls wait for ${host}.`, { beforeSending: isFirst })
    const exchange = new Exchange({ host, firstHop: isFirst, timeoutMs: leftMs, signal, load: origin }, resolve, reject)
    origin.pool.dispatch({ method: hop.method, path: pathname + search, headers: hop.headers, body: hop.body ?? null }, exchange)
  })

  const follow = async (request: HttpRequest): Promise<HttpResponse> => {
    const deadline = performance.now() + (request.timeoutMs ?? timeoutMs)
    const limit = request.maxRedirects ?? maxRedirects
    let hop = firstHop(request, userAgent)
    for (let followed = 0; ; followed += 1) {
      const exchange = await send(hop, followed === 0, deadline - performance.now(), request)
      const location = limit === 0 ? undefined : redirectTarget(hop, exchange.status, exchange.headers)
      if (location === undefined) return new UpstreamResponse(exchange, hop.url.href, hop.method)
      exchange.discard()
      if (followed === limit) throw new HubError('upstream_too_many_redirects', `${hop.url.host} redirected more than ${limit} times.`)
      hop = nextHop(hop, location, request.secretHeaders ?? [])
      // A connection can be used again one turn after its answer's end; without the wait the next hop opens another.
      await setImmediate()
    }
  }

  const request = async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      return await follow(request)
    } catch (error) {
      // undici leaves the body of a request that it didn't begin to send alone.
      if (isStream(request.body)) request.body.destroy()
      throw error
    }
  }

  return { request, close: () => { closed = true; return origins.close(closeGraceMs) }, stats: origins.stats }
}
