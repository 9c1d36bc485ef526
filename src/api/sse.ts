/** A stream of events as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import type { OpenStream, StreamItem } from '../events/streams.ts'
import { HEARTBEAT_MS, STALLED_MS } from './streaming.ts'

export interface EventStreamOptions { heartbeatMs?: number, stalledMs?: number }

/** Holds little: what the reader does not take stays in the database. */
export function eventStream(stream: OpenStream, signal: AbortSignal, { heartbeatMs = HEARTBEAT_MS, stalledMs = STALLED_MS }: EventStreamOptions = {}): Readable {
  const out = new PassThrough({ highWaterMark: 64 * 1024 })
  const heartbeat = setInterval(() => { if (!out.writableNeedDrain) out.write(': still here\n\n') }, heartbeatMs)
  heartbeat.unref()
  // At once, so that the reader knows that it is connected.
  out.write(': connected\n\n')
  send(out, stream, { signal, stalledMs }).then(() => { out.end() }, () => { out.destroy() }).finally(() => { clearInterval(heartbeat) })
  return out
}

async function send(out: PassThrough, { pages }: OpenStream, { signal, stalledMs }: { signal: AbortSignal, stalledMs: number }): Promise<void> {
  for await (const page of pages) {
    for (const item of page) {
      if (out.destroyed) return
      if (!out.write(textOf(item))) await once(out, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(stalledMs)]) })
    }
  }
}

export const eventStreamHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }

function textOf({ cursor, json }: StreamItem): string {
  return `id: ${cursor}\ndata: ${json.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`
}
