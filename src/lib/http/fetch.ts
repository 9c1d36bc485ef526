/** The guarded client in the clothes of `fetch`, for libraries that bring their own HTTP unless they are given one. */
import { Readable, Transform } from 'node:stream'
import { tooLarge } from './failure.ts'
import type { HttpClient } from './http.ts'

export interface FetchOptions {
  /** Until the headers. */
  timeoutMs: number
  /** Of one answer's body; the rest is not read. */
  maxBytes: number
}

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** Redirects are handed to the caller. Bodies of requests are text or bytes. Throws HubError as the client does. */
export function createFetch(http: HttpClient, { timeoutMs, maxBytes }: FetchOptions): Fetch {
  return async (url, init = {}) => {
    const { method = 'GET', body, signal } = init
    if (body !== undefined && body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) throw new TypeError('Only text and bytes are sent')
    const response = await http.request({
      method, url: String(url), headers: Object.fromEntries(new Headers(init.headers).entries()), timeoutMs, maxRedirects: 0,
      ...body !== undefined && body !== null && { body }, ...signal !== undefined && signal !== null && { signal },
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(response.headers)) for (const each of [value].flat()) headers.append(name, each)
    const isEmpty = [204, 205, 304].includes(response.status)
    if (isEmpty) response.body.resume()
    return new Response(isEmpty ? null : Readable.toWeb(bounded(response.body, maxBytes, new URL(response.url).host)) as ReadableStream<Uint8Array>, { status: response.status, headers })
  }
}

function bounded(body: Readable, maxBytes: number, host: string): Readable {
  let sizeBytes = 0
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) done(tooLarge(host, maxBytes))
      else done(null, chunk)
    },
  })
  body.on('error', (error) => { counting.destroy(error) })
  counting.on('close', () => { body.destroy() })
  return body.pipe(counting)
}
