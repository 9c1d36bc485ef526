/**
 * Delivers events to endpoints. What was just accepted goes out from memory; what had to wait (retries, backlogs, ordered and batched endpoints)
 * is claimed from the queue in the database. Each endpoint has a lane of its own, so that a slow one holds only itself.
 */
import { uuidv7 } from 'uuidv7'
import type { Database } from '../../../db/database.ts'
import { ensurePartitions, idTime } from '../../../db/partitions.ts'
import { createHeartbeat } from '../../../jobs/heartbeat.ts'
import { createStrays } from '../../../jobs/strays.ts'
import type { AcceptedEvent } from '../../../events/event.ts'
import type { Fanout, NewDeliveryRow } from '../../../events/inbox.ts'
import type { Webhook, Webhooks } from '../webhook.ts'
import { createClaims } from './claims.ts'
import { createFinisher } from './finish.ts'
import { sizeOf, type Shipment } from './item.ts'
import { Lane } from './lane.ts'
import { createPace } from './pace.ts'
import { beat, findClaimed, freeLapsed, freeOrphans, releaseRows, signOff } from './queue-store.ts'
import { createShipping, type ShippingDeps } from './shipping.ts'

export interface Dispatcher {
  fanout: Fanout
  start(): Promise<void>
  /** Something about an endpoint changed (it was activated, its deliveries were queued anew): look for what is due. */
  wake(tenantId: string, webhookId: string): void
  stats(): { held: number, inFlight: number, lanes: number }
  /** Lets requests under way end, for a while, and gives the rest back. */
  stop(): Promise<void>
}

export interface DispatcherDeps extends Omit<ShippingDeps, 'finisher'> {
  database: Database
  webhooks: Webhooks
  /** The key by which an ordered endpoint's events follow one another; null where its program gives none. */
  orderingKey(webhook: Webhook, event: AcceptedEvent): Promise<string | null>
}

/** Over all endpoints. */
const IN_FLIGHT_MAX = 1024
const HELD_MAX = 50_000
/** Of the events' texts. */
const HELD_MAX_CHARACTERS = 64 * 1024 * 1024
const STOP_GRACE_MS = 5000

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  return new Running(deps)
}

class Running implements Dispatcher {
  readonly fanout: Fanout
  readonly #deps: DispatcherDeps
  readonly #workerId = uuidv7()
  readonly #lanes = new Map<string, Lane>()
  readonly #backlogged = new Set<Lane>()
  readonly #ready: Lane[] = []
  /** Ids of the deliveries that are in memory, or about to be committed as if they were. */
  readonly #inHand = new Set<string>()
  readonly #finisher
  readonly #heartbeat
  readonly #pace = createPace()
  readonly #strays
  readonly #claims
  readonly #ship
  #held = 0
  #heldCharacters = 0
  #inFlight = 0
  #pumping = false
  #stopped = false
  #idle: (() => void) | undefined

  constructor(deps: DispatcherDeps) {
    this.#deps = deps
    const { database, webhooks, onError } = deps
    this.#finisher = createFinisher({ db: database.system, workerId: this.#workerId, ensurePartitions: () => ensurePartitions(database.owner), onError })
    this.#heartbeat = createHeartbeat({ db: database.system, store: { beat, freeLapsed, freeOrphans, signOff }, workerId: this.#workerId, lost: () => { this.#giveBackAll() }, held: () => { this.#pump() }, onError })
    this.#ship = createShipping({ ...deps, finisher: this.#finisher })
    this.#strays = createStrays({
      findClaimed: () => findClaimed(database.system, this.#workerId), release: (rows) => releaseRows(database.system, this.#workerId, rows), isInHand: (id) => this.#inHand.has(id),
    })
    this.#claims = createClaims({
      db: database.system, workerId: this.#workerId, webhooks, strays: this.#strays, pace: this.#pace, onError,
      lanes: {
        get: (tenantId, webhookId) => this.#lane(tenantId, webhookId), backlogged: () => [...this.#backlogged], mayHold: () => this.#mayHold(),
        promise: (lane, count) => { this.#promise(lane, count) }, release: (lane, count) => { this.#release(lane, count) },
      },
      claimed: (lane, shipment) => { this.#enqueue(lane, shipment) },
    })
    this.fanout = {
      plan: (event) => this.#plan(event),
      committed: (event, rows) => { this.#committed(event, rows) },
      dropped: (rows) => { this.#dropped(rows) },
      uncertain: (rows) => { this.#dropped(rows); this.#strays.suspect() },
    }
  }

  async start(): Promise<void> {
    await this.#heartbeat.start()
    this.#claims.start()
  }

  wake(tenantId: string, webhookId: string): void {
    this.#lane(tenantId, webhookId).noteBacklog(0)
    this.#claims.soon()
  }

  stats(): { held: number, inFlight: number, lanes: number } {
    return { held: this.#held, inFlight: this.#inFlight, lanes: this.#lanes.size }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#claims.stop()
    this.#giveBackAll()
    const late = setTimeout(() => {
      this.#finisher.giveUp()
      this.#idle?.()
    }, STOP_GRACE_MS)
    if (this.#inFlight > 0) await new Promise<void>((resolve) => { this.#idle = resolve })
    clearTimeout(late)
    this.#finisher.giveUp()
    await this.#finisher.drain()
    await this.#heartbeat.stop()
  }

  #plan(event: AcceptedEvent): NewDeliveryRow[] | Promise<NewDeliveryRow[]> {
    if (event.onlyTo !== undefined) return this.#deps.webhooks.find(event.tenantId, event.onlyTo).then((webhook) => (webhook === undefined ? [] : [this.#rowFor(event, webhook, null)]))
    const endpoints = this.#deps.webhooks.ofTenant(event.tenantId)
    if (endpoints instanceof Promise) return endpoints.then((loaded) => this.#rowsFor(event, loaded.subscribed(event.event.type)))
    const subscribed = endpoints.subscribed(event.event.type)
    return subscribed.length === 0 ? [] : this.#rowsFor(event, subscribed)
  }

  #rowsFor(event: AcceptedEvent, subscribed: readonly Webhook[]): NewDeliveryRow[] | Promise<NewDeliveryRow[]> {
    // A filter that can be decided at once saves the row; the others are asked when the delivery is made.
    const webhooks = subscribed.filter(({ filters }) => filters.every((filter) => this.#deps.jq.decide(filter, event.event) !== false))
    if (webhooks.some(({ orderBy }) => orderBy !== undefined)) {
      return Promise.all(webhooks.map(async (webhook) => this.#rowFor(event, webhook, webhook.orderBy === undefined ? null : await this.#deps.orderingKey(webhook, event))))
    }
    return webhooks.map((webhook) => this.#rowFor(event, webhook, null))
  }

  /** A place in memory is promised here, before the commit, so that the row can be written as claimed. */
  #rowFor({ tenantId, id, event }: AcceptedEvent, webhook: Webhook, orderingKey: string | null): NewDeliveryRow {
    const lane = this.#lane(tenantId, webhook.id)
    const now = performance.now()
    const direct = webhook.status === 'active' && webhook.batch === undefined && orderingKey === null && !lane.hasDueBacklog(now)
      && lane.room(webhook, now) > 0 && this.#mayHold() && this.#heartbeat.isHeld() && !this.#stopped
    const deliveryId = uuidv7()
    if (direct) {
      this.#promise(lane, 1)
      this.#inHand.add(deliveryId)
    }
    return { tenantId, id: deliveryId, webhookId: webhook.id, eventId: id, eventName: event.id, eventType: event.type, orderingKey, claimedBy: direct ? this.#workerId : null }
  }

  #committed({ id, event, json }: AcceptedEvent, rows: NewDeliveryRow[]): void {
    this.#pace.note(Date.now() - idTime(id))
    for (const row of rows) {
      const lane = this.#lane(row.tenantId, row.webhookId)
      if (row.claimedBy === null) {
        lane.noteBacklog(0)
        // While some of it wait in memory, their end brings the claims back.
        if (lane.waiting === 0) this.#claims.soon()
      } else {
        this.#enqueue(lane, { batchId: null, items: [{ row: { ...row, batchId: null, attempt: 0, attempts: null }, text: json, blobId: null, event }] })
      }
    }
  }

  #dropped(rows: NewDeliveryRow[]): void {
    for (const row of rows) {
      if (row.claimedBy === null) continue
      this.#inHand.delete(row.id)
      this.#release(this.#lane(row.tenantId, row.webhookId), 1)
    }
  }

  #lane(tenantId: string, webhookId: string): Lane {
    let lane = this.#lanes.get(webhookId)
    if (lane === undefined) {
      lane = new Lane(tenantId, webhookId, this.#backlogged)
      this.#lanes.set(webhookId, lane)
    }
    return lane
  }

  #mayHold(): boolean {
    return this.#held < HELD_MAX && this.#heldCharacters < HELD_MAX_CHARACTERS
  }

  #promise(lane: Lane, count: number): void {
    lane.held += count
    this.#held += count
  }

  #release(lane: Lane, count: number): void {
    lane.held -= count
    this.#held -= count
    if (lane.idle) this.#lanes.delete(lane.webhookId)
  }

  #enqueue(lane: Lane, shipment: Shipment): void {
    this.#heldCharacters += sizeOf(shipment)
    for (const { row: { id } } of shipment.items) this.#inHand.add(id)
    if (this.#stopped) {
      this.#giveBack(lane, shipment)
      return
    }
    lane.push(shipment)
    this.#makeReady(lane)
  }

  #makeReady(lane: Lane): void {
    if (lane.ready || lane.waiting === 0) return
    lane.ready = true
    this.#ready.push(lane)
    this.#pump()
  }

  /** Goes round the lanes that have something to send, one request each. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    while (this.#ready.length > 0 && this.#inFlight < IN_FLIGHT_MAX && this.#heartbeat.isHeld()) {
      const lane = this.#ready.shift()!
      lane.ready = false
      this.#inFlight += 1
      void this.#sendNext(lane)
    }
    this.#pumping = false
  }

  async #sendNext(lane: Lane): Promise<void> {
    const webhook = await this.#deps.webhooks.find(lane.tenantId, lane.webhookId).catch((error: unknown) => { this.#deps.onError(error); return null })
    const shipment = webhook ? lane.take(webhook, performance.now()) : lane.empty()
    if (webhook && !Array.isArray(shipment)) {
      if (shipment === undefined) {
        this.#inFlight -= 1
        const waitMs = lane.rateWaitMs(webhook)
        if (waitMs !== undefined) setTimeout(() => { this.#makeReady(lane) }, waitMs).unref()
        return
      }
      this.#makeReady(lane)
      await this.#shipOne(lane, webhook, shipment)
      return
    }
    this.#inFlight -= 1
    // The endpoint was deleted, or can't be read now: the queue's look at it decides.
    for (const each of shipment as Shipment[]) this.#giveBack(lane, each)
  }

  async #shipOne(lane: Lane, webhook: Webhook, shipment: Shipment): Promise<void> {
    const result = await this.#ship(webhook, shipment)
    this.#inFlight -= 1
    lane.inFlight -= 1
    if (result.succeeded === true) lane.succeeded(webhook, performance.now())
    if (result.succeeded === false) lane.failed(webhook, performance.now())
    this.#makeReady(lane)
    this.#pump()
    if (this.#inFlight === 0) this.#idle?.()
    await result.noted
    // Before the lane is let go: a lane with a backlog stays.
    if (result.nextInMs !== undefined) lane.noteBacklog(performance.now() + result.nextInMs)
    this.#letGo(lane, shipment)
    if (lane.hasDueBacklog(performance.now()) && lane.waiting < webhook.concurrency) this.#claims.soon()
  }

  /** Not tried: the rows are free for whoever claims them. */
  #giveBack(lane: Lane, shipment: Shipment): void {
    lane.noteBacklog(0)
    for (const { row: { tenantId, id } } of shipment.items) this.#finisher.end({ kind: 'released', tenantId, id }).catch(this.#deps.onError)
    this.#letGo(lane, shipment)
  }

  #letGo(lane: Lane, shipment: Shipment): void {
    this.#heldCharacters -= sizeOf(shipment)
    for (const { row: { id } } of shipment.items) this.#inHand.delete(id)
    this.#release(lane, shipment.items.length)
  }

  #giveBackAll(): void {
    for (const lane of this.#lanes.values()) for (const shipment of lane.empty()) this.#giveBack(lane, shipment)
  }
}
