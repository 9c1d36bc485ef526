import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { HubError } from '../../errors.ts'
import { givenUp, timedOut, tooLarge, upstreamFailure } from './failure.ts'
import type { HeaderMap } from './http.ts'

/** How much of an answer is kept for a reader that has not come yet, before the upstream is made to wait. */
const unreadBytes = 64 * 1024
/** A longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1

export interface ExchangeOptions {
  /** Host and port, for messages. */
  host: string
  /** False after a redirect: then something of the call has reached an upstream, whatever happens. */
  firstHop: boolean
  timeoutMs: number
  signal: AbortSignal | undefined
  load: OriginLoad
}

/** Kept up to date by the exchanges of an origin. */
export interface OriginLoad {
  /** In undici's queue: given to it, and not yet on a connection. May include exchanges that were given up meanwhile. */
  waiting: number
  /** Neither ended nor given up. */
  open: number
}

/**
 * One request and its answer, driven by undici. The answer's body is either collected into one buffer, which costs
 * next to nothing for a small body, or handed on as a stream that is made when somebody asks for it.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  status = 0
  headers: HeaderMap = {}
  readonly #options: ExchangeOptions
  readonly #answer: (exchange: Exchange) => void
  readonly #refuse: (error: HubError) => void
  #controller: Dispatcher.DispatchController | undefined
  #answered = false
  #ended = false
  #failure: HubError | undefined
  #chunks: Buffer[] = []
  #sizeBytes = 0
  #stream: BodyStream | undefined
  #collector: Collector | undefined
  #timer: NodeJS.Timeout | undefined
  #deadlinePassed = false
  #buffering = false
  #onAbort: (() => void) | undefined
  #queued = true

  constructor(options: ExchangeOptions, answer: (exchange: Exchange) => void, refuse: (error: HubError) => void) {
    this.#options = options
    this.#answer = answer
    this.#refuse = refuse
    this.#timer = setTimeout(passDeadline, Math.min(options.timeoutMs, longestTimerMs), this)
    options.load.waiting += 1
    options.load.open += 1
    const { signal } = options
    if (signal === undefined) return
    this.#onAbort = () => { this.fail(givenUp(options.host, signal, this.#beforeSending)) }
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  get host(): string { return this.#options.host }
  get #beforeSending(): boolean { return this.#options.firstHop && this.#controller === undefined }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#leaveQueue()
    // Thrown rather than aborted: an abort would cost the connection, which has not been written to.
    if (this.#failure !== undefined) throw this.#failure
    this.#controller = controller
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: object): void {
    if (status < 200 || this.#failure !== undefined) return
    this.status = status
    this.headers = headers as HeaderMap
    this.#answered = true
    this.#answer(this)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#failure !== undefined) return
    if (this.#stream !== undefined) {
      if (!this.#stream.push(chunk)) controller.pause()
      return
    }
    this.#chunks.push(chunk)
    this.#sizeBytes += chunk.length
    if (this.#collector === undefined) {
      if (this.#sizeBytes >= unreadBytes) controller.pause()
    } else if (this.#sizeBytes > this.#collector.maxBytes) {
      this.fail(tooLarge(this.host, this.#collector.maxBytes))
    }
  }

  onResponseEnd(): void {
    if (this.#failure !== undefined) return
    this.#ended = true
    this.#release()
    this.#stream?.push(null)
    this.#collector?.resolve(this.#takeChunks())
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#leaveQueue()
    if (this.#failure === undefined) this.fail(upstreamFailure(error, this.host, this.#beforeSending))
  }

  /** Breaks the exchange off, unless it is over. Whoever waits for it gets the error; its connection is closed. */
  fail(error: HubError): void {
    if (this.#ended || this.#failure !== undefined) return
    this.#failure = error
    this.#chunks = []
    this.#release()
    this.#controller?.abort(error)
    if (!this.#answered) this.#refuse(error)
    this.#collector?.reject(error)
    this.#stream?.destroy(error)
  }

  /** The whole body. Rejects with HubError; over `maxBytes` as soon as that is known. Instead of `stream`, and once. */
  collect(maxBytes: number): Promise<Buffer> {
    this.startBuffering()
    if (this.#sizeBytes > maxBytes || (!this.#ended && Number(this.headers['content-length']) > maxBytes)) return this.#refuseBody(maxBytes)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#ended) return Promise.resolve(this.#takeChunks())
    return new Promise((resolve, reject) => {
      this.#collector = { maxBytes, resolve, reject }
      this.resume()
    })
  }

  /** From here on the request's deadline holds for its body as well. */
  startBuffering(): void {
    this.#buffering = true
    if (this.#deadlinePassed) this.passDeadline()
  }

  get streaming(): boolean { return this.#stream !== undefined }

  stream(): Readable {
    if (this.#stream !== undefined) return this.#stream
    const stream = new BodyStream(this)
    this.#stream = stream
    for (const chunk of this.#chunks) stream.push(chunk)
    this.#chunks = []
    if (this.#ended) stream.push(null)
    if (this.#failure !== undefined) stream.destroy(this.#failure)
    return stream
  }

  resume(): void {
    this.#controller?.resume()
  }

  /** Reads a body that nobody wants, so that its connection can be used again; a long one costs the connection. */
  discard(): void {
    if (!this.#ended) this.collect(unreadBytes).catch(() => {})
  }

  passDeadline(): void {
    this.#deadlinePassed = true
    if (!this.#answered) this.fail(timedOut(this.host, 'did not answer in time', this.#beforeSending))
    else if (this.#buffering) this.fail(timedOut(this.host, 'did not end its answer in time', false))
  }

  #takeChunks(): Buffer {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks.length === 1 ? chunks[0] as Buffer : Buffer.concat(chunks)
  }

  #refuseBody(maxBytes: number): Promise<Buffer> {
    const error = tooLarge(this.host, maxBytes)
    this.fail(error)
    this.#chunks = []
    return Promise.reject(this.#failure ?? error)
  }

  #leaveQueue(): void {
    if (this.#queued) this.#options.load.waiting -= 1
    this.#queued = false
  }

  #release(): void {
    clearTimeout(this.#timer)
    if (this.#onAbort !== undefined) this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#options.load.open -= 1
  }
}

interface Collector { maxBytes: number, resolve: (body: Buffer) => void, reject: (error: HubError) => void }

class BodyStream extends Readable {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    super({ highWaterMark: unreadBytes })
    this.#exchange = exchange
    // It may break before its reader listens; who listens is told all the same.
    this.on('error', () => {})
  }

  override _read(): void {
    this.#exchange.resume()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#exchange.fail(upstreamFailure(error, this.#exchange.host, false))
    callback(error)
  }
}

function passDeadline(exchange: Exchange): void {
  exchange.passDeadline()
}
