import type { Readable } from 'node:stream'
import { contentCodings, decodedBody } from './decode.ts'
import type { Exchange } from './exchange.ts'
import type { HeaderMap, HttpResponse } from './http.ts'

/** The client's HttpResponse. Its stream is made when `body` is looked at; until then the body can be collected without one. */
export class UpstreamResponse implements HttpResponse {
  readonly status: number
  readonly headers: HeaderMap
  readonly url: string
  readonly #exchange: Exchange
  readonly #codings: string[] | undefined
  #decoded: Readable | undefined

  constructor(exchange: Exchange, url: string, method: string) {
    this.status = exchange.status
    this.headers = exchange.headers
    this.url = url
    this.#exchange = exchange
    const encoding = exchange.headers['content-encoding']
    if (encoding === undefined || method === 'HEAD' || this.status === 204 || this.status === 304) return
    this.#codings = contentCodings(encoding)
    if (this.#codings === undefined) return
    delete this.headers['content-encoding']
    delete this.headers['content-length']
  }

  get body(): Readable {
    if (this.#codings === undefined) return this.#exchange.stream()
    this.#decoded ??= decodedBody(this.#exchange.stream(), this.#codings, this.#exchange.host)
    return this.#decoded
  }

  get host(): string { return this.#exchange.host }

  /** The whole body without a stream; undefined where it takes one: the body is encoded, or its stream has been looked at. */
  collect(maxBytes: number): Promise<Buffer> | undefined {
    return this.#codings === undefined && !this.#exchange.streaming ? this.#exchange.collect(maxBytes) : undefined
  }

  /** Makes the request's deadline hold for the body's stream. */
  startBuffering(): void {
    this.#exchange.startBuffering()
  }
}
