/** A WebSocket that is kept up: it reconnects, later and later, and notices when the other side is gone without a word. */
import type { WebSocket } from 'ws'
import { readRefusal } from './refusal.ts'

export interface LinkTimings {
  /** For name lookup, TCP, TLS and the handshake together. */
  connectMs: number
  /** Wait before the second attempt to connect; doubled for each further one. */
  firstRetryMs: number
  maxRetryMs: number
  /** How often the other side is asked whether it is there. */
  heartbeatMs: number
  /** How long a broker may take to acknowledge a message. */
  acknowledgeMs: number
}

export const linkTimings: LinkTimings = { connectMs: 10_000, firstRetryMs: 200, maxRetryMs: 60_000, heartbeatMs: 15_000, acknowledgeMs: 30_000 }

export interface LinkOptions {
  /** Begins to connect. */
  connect(): Promise<WebSocket>
  opened(): void
  message(text: string): void
  /** Whatever was sent and not answered may have arrived or not. Code 1006: broken. */
  lost(code: number): void
  /** `error` says why it is not connected. */
  changed(isConnected: boolean, error?: string): void
  timings: LinkTimings
}

/** A connection that lived as long as this was a good one: the waits begin anew. */
const PROVEN_MS = 10_000
const CLOSE_GRACE_MS = 2000

export class Link {
  readonly #options: LinkOptions
  #socket: WebSocket | undefined
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #isEnded = false
  #isPaused = false
  #hasAnswered = false
  #openedAt: number | undefined
  /** Why the socket is about to close. */
  #fault: string | undefined
  /** Of `end`. */
  #ended = Promise.withResolvers<void>()

  constructor(options: LinkOptions) {
    this.#options = options
    void this.#connect()
  }

  get isOpen(): boolean { return this.#openedAt !== undefined }

  send(text: string): void { this.#socket?.send(text) }

  /** Nothing more is read from the network until `resume`. */
  pause(): void {
    this.#isPaused = true
    this.#socket?.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#hasAnswered = true
    this.#socket?.resume()
  }

  /** Breaks the connection off, to begin another one after a wait. */
  fail(why: string): void {
    this.#fault ??= why
    this.#socket?.terminate()
  }

  /** Resolves when the connection is closed. What was sent before still goes out. */
  async end(): Promise<void> {
    if (this.#isEnded) return this.#ended.promise
    this.#isEnded = true
    clearTimeout(this.#retry)
    const socket = this.#socket
    if (socket === undefined) this.#ended.resolve()
    else {
      // A socket that reads nothing would not see the other side's goodbye either.
      socket.resume()
      socket.close(1000)
      const timer = setTimeout(() => { socket.terminate() }, CLOSE_GRACE_MS)
      void this.#ended.promise.then(() => { clearTimeout(timer) })
    }
    return this.#ended.promise
  }

  async #connect(): Promise<void> {
    this.#fault = undefined
    let socket: WebSocket
    try {
      socket = await this.#options.connect()
    } catch (error) {
      this.#closed((error as Error).message)
      return
    }
    this.#socket = socket
    const late = setTimeout(() => { this.fail(`The broker did not answer within ${this.#options.timings.connectMs / 1000} s.`) }, this.#options.timings.connectMs)
    late.unref()
    socket.on('open', () => {
      clearTimeout(late)
      this.#opened(socket)
    })
    socket.on('message', (data) => {
      this.#hasAnswered = true
      // `ws` hands out one Buffer a message unless it is told otherwise.
      this.#options.message((data as Buffer).toString('utf8'))
    })
    socket.on('pong', () => { this.#hasAnswered = true })
    socket.on('error', (error) => { this.#fault ??= error.message })
    socket.on('unexpected-response', (_request, response) => {
      void readRefusal(response).then((refusal) => {
        this.#fault = refusal
        socket.terminate()
      })
    })
    socket.on('close', (code, reason) => {
      clearTimeout(late)
      const wasOpen = this.isOpen
      this.#closed(this.#fault ?? `The broker closed the connection (${code}${reason.length > 0 ? `: ${reason.toString('utf8').slice(0, 300)}` : ''}).`)
      if (wasOpen) this.#options.lost(code)
    })
    // Ended while it waited for its credential.
    if (this.#isEnded) socket.terminate()
  }

  #opened(socket: WebSocket): void {
    this.#openedAt = performance.now()
    this.#hasAnswered = true
    this.#heartbeat = setInterval(() => {
      if (this.#isPaused) return
      if (!this.#hasAnswered) {
        this.fail('The broker does not answer any more.')
        return
      }
      this.#hasAnswered = false
      socket.ping()
    }, this.#options.timings.heartbeatMs)
    this.#heartbeat.unref()
    if (this.#isPaused) socket.pause()
    this.#options.changed(true)
    this.#options.opened()
  }

  #closed(why: string): void {
    clearInterval(this.#heartbeat)
    const { firstRetryMs, maxRetryMs } = this.#options.timings
    const wasProven = this.#openedAt !== undefined && performance.now() - this.#openedAt >= PROVEN_MS
    this.#openedAt = undefined
    this.#socket = undefined
    if (this.#isEnded) {
      this.#ended.resolve()
      return
    }
    this.#failures = wasProven ? 0 : this.#failures + 1
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 20))
    // Half of the wait is chance, so that what lost its broker together does not come back together.
    this.#retry = setTimeout(() => { void this.#connect() }, waitMs * (0.5 + Math.random() / 2))
    this.#options.changed(false, why)
  }
}
