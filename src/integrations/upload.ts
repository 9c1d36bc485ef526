/** The deadline of a request whose body is still on its way: an upload may take long, but not stand still. */
import { pipeline, Transform, type Readable } from 'node:stream'
import { HubError } from '../errors.ts'

export interface Upload {
  body: Readable
  /** Aborted where the upload, or the answer after it, has stood still for too long. */
  signal: AbortSignal
  /** The answer is there. */
  end(): void
}

/** `pauseMs`: longest wait for the next piece, and after the last one for the answer. */
export function watchUpload(source: Readable, pauseMs: number): Upload {
  const given = new AbortController()
  const timer = setTimeout(() => { given.abort(new HubError('upstream_timeout', `Nothing moved for ${pauseMs} ms: neither the upload nor an answer.`)) }, pauseMs)
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh()
      done(null, chunk)
    },
  })
  // What breaks the source breaks the body, and is told by the request that reads it.
  pipeline(source, body, () => undefined)
  return { body, signal: given.signal, end: () => { clearTimeout(timer) } }
}
