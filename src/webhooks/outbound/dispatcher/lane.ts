/** One endpoint's deliveries in this process: how many wait, how many are under way, and how many may be. */
import type { Webhook } from '../webhook.ts'
import type { Shipment } from './item.ts'

/** What a lane that does well may hold in memory; one that fails, or of which nothing comes back, leaves its backlog in the database. */
const HELD_MAX = 10_000
const HELD_MAX_FAILING = 100
const STUCK_MS = 500

export class Lane {
  readonly tenantId: string
  readonly webhookId: string
  /** Requests under way. */
  inFlight = 0
  /** Deliveries in memory: promised a place, waiting, under way, or waiting for their note in the database. */
  held = 0
  /** In the dispatcher's line of lanes that can send. */
  ready = false
  /** By Convoy's and TCP's example: halved with each failure, one more with each success. */
  #limit = Infinity
  /** When one last came back, or the first went out. */
  #movedAt = 0
  #waiting: Shipment[] = []
  #head = 0
  #tokens = 0
  #tokensAt = 0
  readonly #backlogged: Set<Lane>
  #backlogDueAt = 0

  constructor(tenantId: string, webhookId: string, backlogged: Set<Lane>) {
    this.tenantId = tenantId
    this.webhookId = webhookId
    this.#backlogged = backlogged
  }

  /** Deliveries of it may stand in the database that nobody has in hand; the first of them is due then, by `performance.now()`. */
  noteBacklog(dueAt: number): void {
    this.#backlogDueAt = this.#backlogged.has(this) ? Math.min(this.#backlogDueAt, dueAt) : dueAt
    this.#backlogged.add(this)
  }

  noteNoBacklog(): void {
    this.#backlogged.delete(this)
  }

  hasDueBacklog(now: number): boolean {
    return this.#backlogged.has(this) && this.#backlogDueAt <= now
  }

  get waiting(): number { return this.#waiting.length - this.#head }

  /** How many more deliveries may come into memory. */
  room({ concurrency }: Webhook, now: number): number {
    const isStuck = this.inFlight >= Math.min(this.#limit, concurrency) && now - this.#movedAt > STUCK_MS
    return (isStuck || this.#limit < concurrency / 2 ? Math.max(HELD_MAX_FAILING, Math.min(this.#limit, concurrency)) : HELD_MAX) - this.held
  }

  push(shipment: Shipment): void {
    this.#waiting.push(shipment)
  }

  /** The next one, where the endpoint's limits let it go now. */
  take({ concurrency, ratePerSecond }: Webhook, now: number): Shipment | undefined {
    if (this.waiting === 0 || this.inFlight >= Math.min(this.#limit, concurrency)) return undefined
    if (ratePerSecond !== undefined && !this.#spend(ratePerSecond, now)) return undefined
    const shipment = this.#waiting[this.#head]!
    this.#waiting[this.#head] = undefined as unknown as Shipment
    this.#head += 1
    if (this.#head === this.#waiting.length || this.#head > 1024) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    if (this.inFlight === 0) this.#movedAt = now
    this.inFlight += 1
    return shipment
  }

  /** How long until the rate lets the next one go, in ms; undefined where it is not the rate that holds it. */
  rateWaitMs({ concurrency, ratePerSecond }: Webhook): number | undefined {
    if (ratePerSecond === undefined || this.waiting === 0 || this.inFlight >= Math.min(this.#limit, concurrency) || this.#tokens >= 1) return undefined
    return Math.ceil(((1 - this.#tokens) / ratePerSecond) * 1000)
  }

  /** Its endpoint is gone: nothing is remembered of it. */
  forget(): void {
    this.#limit = Infinity
  }

  succeeded({ concurrency }: Webhook, now: number): void {
    this.#movedAt = now
    if (this.#limit < concurrency) this.#limit += 1
    if (this.#limit >= concurrency) this.#limit = Infinity
  }

  failed({ concurrency }: Webhook, now: number): void {
    this.#movedAt = now
    this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, concurrency) / 2))
  }

  /** Takes out all that waits. */
  empty(): Shipment[] {
    const waiting = this.#waiting.slice(this.#head)
    this.#waiting = []
    this.#head = 0
    return waiting
  }

  get idle(): boolean {
    return this.held === 0 && this.inFlight === 0 && !this.#backlogged.has(this) && this.#limit === Infinity
  }

  /** A bucket that holds one second's worth. */
  #spend(ratePerSecond: number, now: number): boolean {
    this.#tokens = Math.min(Math.max(1, ratePerSecond), this.#tokens + ((now - this.#tokensAt) / 1000) * ratePerSecond)
    this.#tokensAt = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}

