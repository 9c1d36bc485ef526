import type { Readable } from 'node:stream'
import { givenUp, timedOut, tooLarge, upstreamFailure } from './failure.ts'
import { headerValue } from './headers.ts'
import type { HttpResponse } from './http.ts'
import { UpstreamResponse } from './response.ts'

export interface ReadBodyOptions {
  /** Of the content, after undoing its encoding. */
  maxBytes: number
  /** For the whole body. What is left of the request's own `timeoutMs` unless given. */
  timeoutMs?: number
  /** Beside the request's own signal. */
  signal?: AbortSignal
}

/**
 * The whole body, decoded. Throws HubError: `upstream_response_too_large` (the rest is not read), `upstream_timeout`,
 * `upstream_unavailable` (broken off), `upstream_invalid_response` (damaged content-encoding).
 */
export function readBody(response: HttpResponse, options: ReadBodyOptions): Promise<Buffer> {
  if (!(response instanceof UpstreamResponse)) return readStream(response.body, hostOf(response.url), options)
  if (options.timeoutMs === undefined) {
    const collected = options.signal === undefined ? response.collect(options.maxBytes) : undefined
    if (collected !== undefined) return collected
    response.startBuffering()
  }
  return readStream(response.body, response.host, options, sizeOf(response))
}

/** Of a body that comes as it is, where its length was said: it is put into its place as it comes, instead of being held twice at its end. */
function sizeOf({ headers }: HttpResponse): number | undefined {
  const sizeBytes = Number(headerValue(headers, 'content-length'))
  return headerValue(headers, 'content-encoding') === undefined && sizeBytes > 0 ? sizeBytes : undefined
}

function readStream(body: Readable, host: string, { maxBytes, timeoutMs, signal }: ReadBodyOptions, expectedBytes?: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let whole: Buffer | undefined
    let sizeBytes = 0
    let settled = false
    const settle = (error?: Error): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (error === undefined) resolve(whole?.subarray(0, sizeBytes) ?? (chunks.length === 1 ? chunks[0] as Buffer : Buffer.concat(chunks)))
      else reject(upstreamFailure(error, host, false))
      body.destroy()
    }
    const onAbort = (): void => { settle(givenUp(host, signal as AbortSignal, false)) }
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => { settle(timedOut(host, 'did not end its answer in time', false)) }, timeoutMs)
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    body.on('error', settle).on('close', () => { settle(body.errored ?? brokenOff()) })
    body.on('end', () => { settle() }).on('data', (chunk: Buffer) => {
      const at = sizeBytes
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) return settle(tooLarge(host, maxBytes))
      // Once something came; what a length says alone is not believed.
      if (at === 0 && expectedBytes !== undefined && expectedBytes > sizeBytes && expectedBytes <= maxBytes) whole = Buffer.allocUnsafe(expectedBytes)
      if (whole === undefined || sizeBytes > whole.length) {
        if (whole !== undefined) chunks.push(whole.subarray(0, at))
        whole = undefined
        chunks.push(chunk)
      } else chunk.copy(whole, at)
    })
    if (body.closed) settle(body.errored ?? brokenOff())
  })
}

function brokenOff(): Error {
  return Object.assign(new Error('closed before its end'), { code: 'UND_ERR_SOCKET' })
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'The upstream'
}
