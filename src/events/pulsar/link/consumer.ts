/**
 * A consumer of one topic over Pulsar's WebSocket API: https://pulsar.apache.org/docs/4.0.x/client-libraries-websocket/#consumer-endpoint
 * The broker sends as many messages as its receiver queue holds, and one more for each that is acknowledged. What was not acknowledged
 * when a connection broke comes again.
 */
import { Link, type LinkOptions, type LinkTimings } from './link.ts'

export interface IncomingMessage {
  /** Pulsar's own, the same at each delivery. */
  messageId: string
  /** Base64. */
  payload: string
  properties: Record<string, string>
  key: string | undefined
  publishTime: string | undefined
  eventTime: string | undefined
  /** How often it was handed back before. */
  redeliveryCount: number
}

export type Verdict = 'acknowledge' | 'redeliver'

export interface ConsumerOptions extends Pick<LinkOptions, 'connect' | 'changed'> {
  timings: LinkTimings
  /** Messages with the same key come one after another, others side by side. Must not reject. */
  handle(message: IncomingMessage, signal: AbortSignal): Promise<Verdict>
}

/** Of messages in memory; more is left in the network. */
const MAX_CHARACTERS = 16 * 1024 * 1024

export class Consumer {
  readonly #link: Link
  readonly #options: ConsumerOptions
  readonly #chains = new Map<string, Promise<void>>()
  /** Of the connection: a verdict on what came over an earlier one is of no use, since that message comes again. */
  #connection = new AbortController()
  #characters = 0
  #underWay = new Set<Promise<void>>()

  constructor(options: ConsumerOptions) {
    this.#options = options
    const { connect, changed, timings } = options
    this.#link = new Link({
      connect, changed, timings,
      opened: () => { this.#connection = new AbortController() },
      message: (text) => { this.#take(text) },
      lost: () => { this.#connection.abort() },
    })
  }

  /** Nothing more is taken; what is under way is still acknowledged if it ends within `graceMs`. */
  async end(graceMs: number): Promise<void> {
    this.#link.pause()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, graceMs) })
    await Promise.race([Promise.all(this.#underWay), late])
    clearTimeout(timer)
    this.#connection.abort()
    await this.#link.end()
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  #take(text: string): void {
    const { signal } = this.#connection
    if (signal.aborted) return
    const message = readMessage(text)
    if (message === undefined) {
      this.#link.fail('The broker sent something that is not a message.')
      return
    }
    this.#characters += text.length
    if (this.#characters > MAX_CHARACTERS) this.#link.pause()
    const before = message.key === undefined ? undefined : this.#chains.get(message.key)
    const work = (before ?? Promise.resolve()).then(() => this.#handle(message, signal)).finally(() => {
      this.#underWay.delete(work)
      if (message.key !== undefined && this.#chains.get(message.key) === work) this.#chains.delete(message.key)
      this.#characters -= text.length
      if (this.#characters < MAX_CHARACTERS / 2) this.#link.resume()
    })
    this.#underWay.add(work)
    if (message.key !== undefined) this.#chains.set(message.key, work)
  }

  async #handle(message: IncomingMessage, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const verdict = await this.#options.handle(message, signal)
    if (signal.aborted) return
    const { messageId } = message
    this.#link.send(JSON.stringify(verdict === 'acknowledge' ? { messageId } : { type: 'negativeAcknowledge', messageId }))
  }
}

function readMessage(text: string): IncomingMessage | undefined {
  let value: Record<string, unknown> | null
  try {
    value = JSON.parse(text) as Record<string, unknown> | null
  } catch {
    return undefined
  }
  if (typeof value?.['messageId'] !== 'string' || typeof value['payload'] !== 'string') return undefined
  const { messageId, payload, properties, key, publishTime, eventTime, redeliveryCount } = value
  return {
    messageId, payload, key: textOf(key), publishTime: textOf(publishTime), eventTime: textOf(eventTime),
    redeliveryCount: typeof redeliveryCount === 'number' ? redeliveryCount : 0,
    properties: Object.fromEntries(Object.entries(properties ?? {}).flatMap(([name, each]) => (typeof each === 'string' ? [[name, each]] : []))),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
