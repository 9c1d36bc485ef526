/** What a running bridge knows of itself, until it is written down. */

export const counterNames = ['consumed', 'repeated', 'redelivered', 'deadLettered', 'produced', 'failed'] as const
export type CounterName = (typeof counterNames)[number]
export type Counters = Record<CounterName, number>

/** One WebSocket: to a topic that is read or written. */
export interface LinkState {
  direction: 'consume' | 'produce'
  topic: string
  connected: boolean
  error: string | null
}

export interface ReportPart {
  counters: Counters
  links: LinkState[]
  lastError: string | null
  lastErrorAt: Date | null
  lastConsumedAt: Date | null
  lastProducedAt: Date | null
}

export class Report {
  readonly #mask: (text: string) => string
  #counters = noCounts()
  readonly #links = new Map<string, LinkState>()
  #lastError: string | null = null
  #lastErrorAt: Date | null = null
  #lastConsumedAt: Date | null = null
  #lastProducedAt: Date | null = null
  #hasChanged = true

  /** `mask`: takes the bridge's secrets out of what brokers say. */
  constructor(mask: (text: string) => string) {
    this.#mask = mask
  }

  count(name: CounterName): void {
    this.#counters[name] += 1
    if (name === 'consumed') this.#lastConsumedAt = new Date()
    if (name === 'produced') this.#lastProducedAt = new Date()
    this.#hasChanged = true
  }

  failed(message: string): void {
    this.#lastError = this.#mask(message).slice(0, 1000)
    this.#lastErrorAt = new Date()
    this.#hasChanged = true
  }

  linked(direction: LinkState['direction'], topic: string, connected: boolean, error?: string): void {
    this.#links.set(`${direction} ${topic}`, { direction, topic, connected, error: error === undefined ? null : this.#mask(error).slice(0, 1000) })
    if (error !== undefined) this.failed(`${topic}: ${error}`)
    this.#hasChanged = true
  }

  unlinked(direction: LinkState['direction'], topic: string): void {
    this.#hasChanged = this.#links.delete(`${direction} ${topic}`) || this.#hasChanged
  }

  /** What came since the last time; undefined where nothing did. Counts that could not be written down go back by `putBack`. */
  take(): ReportPart | undefined {
    if (!this.#hasChanged) return undefined
    const counters = this.#counters
    this.#counters = noCounts()
    this.#hasChanged = false
    return { counters, links: [...this.#links.values()], lastError: this.#lastError, lastErrorAt: this.#lastErrorAt, lastConsumedAt: this.#lastConsumedAt, lastProducedAt: this.#lastProducedAt }
  }

  putBack({ counters }: ReportPart): void {
    for (const name of counterNames) this.#counters[name] += counters[name]
    this.#hasChanged = true
  }
}

function noCounts(): Counters {
  return { consumed: 0, repeated: 0, redelivered: 0, deadLettered: 0, produced: 0, failed: 0 }
}
