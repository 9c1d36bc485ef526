/** An answer that is told in parts as server-sent events: `part` as often as there are any, then `result` or `error`. */
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { HubError } from '../errors.ts'
import type { Streaming } from '../integrations/call.ts'
import { asHubError, toProblem } from './problem.ts'
import { Answer, type RequestFacts } from './route.ts'
import { eventStreamHeaders } from './sse.ts'
import { HEARTBEAT_MS, STALLED_MS } from './streaming.ts'

export function wantsEvents({ accept }: RequestFacts['headers']): boolean {
  return typeof accept === 'string' && accept.split(',').some((each) => each.split(';')[0]!.trim().toLowerCase() === 'text/event-stream')
}

/**
 * `work` answers the data of `result`, as JSON. What it fails with before its first part is thrown, so that it is answered as a problem with a status
 * of its own; later it is the data of `error`.
 */
export async function streamAnswer({ id, signal }: Pick<RequestFacts, 'id' | 'signal'>, work: (streaming: Streaming) => Promise<string>): Promise<Answer> {
  const out = new PassThrough({ highWaterMark: 64 * 1024 })
  const begun = Promise.withResolvers<void>()
  const gone = new AbortController()
  signal.addEventListener('abort', () => { gone.abort(new HubError('caller_gone', 'Whoever asked went away before the end of the answer.')) }, { once: true })
  const running = work({
    signal: gone.signal,
    async tell(part) {
      begun.resolve()
      await write(out, `event: part\ndata: ${JSON.stringify(part)}\n\n`, gone.signal)
    },
  })
  const heartbeat = setInterval(() => { if (!out.writableNeedDrain) out.write(': still here\n\n') }, HEARTBEAT_MS)
  heartbeat.unref()
  running.then((json) => `event: result\ndata: ${json}\n\n`, (error: unknown) => `event: error\ndata: ${JSON.stringify(toProblem(asHubError(error), id))}\n\n`)
    .then((text) => { out.end(text) }).finally(() => { clearInterval(heartbeat) })
  await Promise.race([begun.promise, running])
  return new Answer({ headers: eventStreamHeaders, body: out })
}

/** A reader that takes nothing for long is one that is gone. */
async function write(out: PassThrough, text: string, gone: AbortSignal): Promise<void> {
  gone.throwIfAborted()
  if (out.write(text)) return
  await once(out, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(STALLED_MS)]) }).catch(() => {
    throw gone.aborted ? gone.reason : new HubError('caller_gone', 'Whoever asked did not take the answer.')
  })
}
