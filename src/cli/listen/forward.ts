/** Posts an event to a local server as a CloudEvent in binary mode: its body is the data, as whoever sent it wrote it. */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { dataOf, type ReceivedEvent } from './received.ts'

export type Answer = { status: number, statusText: string, durationMs: number } | { error: string, durationMs: number }

/** A program that is stopped in a debugger may take its time; one that hangs must not hold up the rest for ever. */
const TIMEOUT_MS = 300_000

export async function forward(received: ReceivedEvent, url: string, signal: AbortSignal): Promise<Answer> {
  const start = performance.now()
  const durationMs = (): number => Math.round(performance.now() - start)
  try {
    const { statusCode = 0, statusMessage = '' } = await post(url, headersOf(received), dataOf(received), AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]))
    return { status: statusCode, statusText: statusMessage, durationMs: durationMs() }
  } catch (error) {
    return { error: reasonOf(error), durationMs: durationMs() }
  }
}

/** Not by `fetch`, which refuses ports that programs under development like. Resolves when all of the answer is there. */
function post(url: string, headers: Record<string, string>, body: string | Uint8Array, signal: AbortSignal): Promise<IncomingMessage> {
  const { request } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', headers, signal, agent: false }, (response) => {
      response.resume().once('end', () => { resolve(response) }).once('error', reject)
    })
    sending.once('error', reject).end(body)
  })
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode */
function headersOf({ event }: ReceivedEvent): Record<string, string> {
  const { data: _data, data_base64: bytes, datacontenttype, messageId, ...attributes } = event
  const headers: Record<string, string> = {
    'content-type': datacontenttype ?? (bytes === undefined ? 'application/json' : 'application/octet-stream'), 'webhook-id': messageId, 'user-agent': 'interchange-listen',
  }
  for (const [name, value] of Object.entries(attributes)) {
    // What the hub adds has names with capitals.
    if (value !== null && value !== undefined && typeof value !== 'object' && /^[a-z0-9]+$/.test(name)) headers[`ce-${name}`] = percentEncoded(String(value as string | number | boolean))
  }
  return headers
}

/** All but printable ASCII, and the space, the quote and the percent sign. */
function percentEncoded(text: string): string {
  return text.toWellFormed().replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character))
}

function reasonOf(error: unknown): string {
  const { code, name, cause, message } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || (cause as Error | undefined)?.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`
  return code === 'ECONNREFUSED' ? 'nothing listens there' : code === 'ECONNRESET' ? 'it hung up' : code === 'ENOTFOUND' ? 'there is no such host' : message
}
