/**
 * A producer of one topic over Pulsar's WebSocket API: https://pulsar.apache.org/docs/4.0.x/client-libraries-websocket/#producer-endpoint
 * Messages are acknowledged by their context. What was not acknowledged when a connection broke is sent again, in the order in which
 * it was given, so that a receiver may see it twice, but never out of order.
 */
import { HubError } from '../../../errors.ts'
import { Link, type LinkOptions, type LinkTimings } from './link.ts'

export interface OutgoingMessage {
  /** Base64. */
  payload: string
  properties: Record<string, string>
  key?: string | undefined
  /** RFC 3339, in UTC with milliseconds. */
  eventTime?: string | undefined
}

export interface ProducerOptions extends Pick<LinkOptions, 'connect' | 'changed'> { timings: LinkTimings }

interface Entry {
  context: string
  frame: string
  sentAt: number
  resolve(messageId: string): void
  reject(error: HubError): void
}

interface Acknowledgement { result: string, messageId?: string, context?: string, errorMsg?: string }

const MAX_PENDING = 500
const MAX_PENDING_CHARACTERS = 8 * 1024 * 1024
/** RFC 6455: a message is too big. Pulsar's `webSocketMaxTextFrameSize` is 1 MiB unless its operator says otherwise. */
const TOO_BIG = 1009

export class Producer {
  readonly #link: Link
  readonly #timings: LinkTimings
  readonly #watch: NodeJS.Timeout
  #waiting: Entry[] = []
  /** Sent and not acknowledged, in the order of sending. */
  #pending = new Map<string, Entry>()
  #pendingCharacters = 0
  #sent = 0
  #isEnded = false

  constructor({ connect, changed, timings }: ProducerOptions) {
    this.#timings = timings
    this.#link = new Link({
      connect, changed, timings,
      opened: () => { this.#pump() },
      message: (text) => { this.#acknowledged(text) },
      lost: (code) => { this.#lost(code) },
    })
    this.#watch = setInterval(() => { this.#checkPatience() }, Math.min(1000, timings.acknowledgeMs / 2))
    this.#watch.unref()
  }

  /**
   * Resolves with Pulsar's id of the message once the broker has stored it, however long it is away meanwhile. Rejects with HubError
   * `upstream_rejected` for a message that is too large for the broker, `shutting_down` after `end`.
   */
  send(message: OutgoingMessage): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#isEnded) {
        reject(stopping())
        return
      }
      const context = String(this.#sent += 1)
      this.#waiting.push({ context, frame: JSON.stringify({ ...message, context }), sentAt: 0, resolve, reject })
      this.#pump()
    })
  }

  /** What was not acknowledged is given up. */
  async end(): Promise<void> {
    this.#isEnded = true
    clearInterval(this.#watch)
    const given = [...this.#pending.values(), ...this.#waiting]
    this.#pending.clear()
    this.#waiting = []
    for (const { reject } of given) reject(stopping())
    await this.#link.end()
  }

  #pump(): void {
    if (!this.#link.isOpen) return
    let taken = 0
    while (taken < this.#waiting.length && this.#pending.size < MAX_PENDING && this.#pendingCharacters < MAX_PENDING_CHARACTERS) {
      const entry = this.#waiting[taken]!
      taken += 1
      entry.sentAt = performance.now()
      this.#pending.set(entry.context, entry)
      this.#pendingCharacters += entry.frame.length
      this.#link.send(entry.frame)
    }
    if (taken > 0) this.#waiting = this.#waiting.slice(taken)
  }

  #acknowledged(text: string): void {
    const answer = readAcknowledgement(text)
    const entry = this.#pending.get(answer?.context ?? '')
    if (answer?.result === 'ok' && entry !== undefined) {
      this.#pending.delete(entry.context)
      this.#pendingCharacters -= entry.frame.length
      entry.resolve(answer.messageId ?? '')
      this.#pump()
      return
    }
    // One that failed must not be overtaken by those behind it: all of them begin anew on another connection.
    this.#link.fail(`The broker did not take a message (${answer?.result ?? 'an answer that is none'}${answer?.errorMsg === undefined ? '' : `: ${answer.errorMsg.slice(0, 300)}`}).`)
  }

  #lost(code: number): void {
    const unknown = [...this.#pending.values()]
    this.#pending.clear()
    this.#pendingCharacters = 0
    if (code === TOO_BIG && unknown.length > 0) {
      // The broker says that it was one of these, and not which: no smaller one can have been it.
      const largest = unknown.reduce((best, each) => (each.frame.length > best.frame.length ? each : best))
      unknown.splice(unknown.indexOf(largest), 1)
      largest.reject(new HubError('upstream_rejected', `The message is too large for the broker: ${largest.frame.length} characters in base64. Its operator sets webSocketMaxTextFrameSize.`))
    }
    this.#waiting = [...unknown, ...this.#waiting]
  }

  #checkPatience(): void {
    const [oldest] = this.#pending.values()
    if (oldest !== undefined && performance.now() - oldest.sentAt > this.#timings.acknowledgeMs) {
      this.#link.fail(`The broker did not acknowledge a message within ${this.#timings.acknowledgeMs / 1000} s.`)
    }
  }
}

function readAcknowledgement(text: string): Acknowledgement | undefined {
  try {
    const value = JSON.parse(text) as Acknowledgement | null
    return typeof value?.result === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function stopping(): HubError {
  return new HubError('shutting_down', 'The bridge to Pulsar is stopping.')
}
