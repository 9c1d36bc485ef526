/** Takes deliveries out of the queue for lanes that have room, and looks every second for what became due. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../../../db/db.ts'
import type { Strays } from '../../../jobs/strays.ts'
import type { Webhook, Webhooks } from '../webhook.ts'
import type { Item, Shipment } from './item.ts'
import type { Lane } from './lane.ts'
import type { Pace } from './pace.ts'
import { claimBatch, claimDue, claimHeads, deleteBacklog, failBacklog, findEventTexts, listBacklogs, type ClaimedRow } from './queue-store.ts'

export interface Claims {
  start(): void
  /** A lane has a backlog and room. */
  soon(): void
  stop(): Promise<void>
}

export interface ClaimsDeps {
  db: Db
  workerId: string
  webhooks: Webhooks
  lanes: {
    get(tenantId: string, webhookId: string): Lane
    backlogged(): Lane[]
    mayHold(): boolean
    /** Places in memory for what is being claimed. A lane that holds some is not let go. */
    promise(lane: Lane, count: number): void
    release(lane: Lane, count: number): void
  }
  /** It has one of the places that were promised. */
  claimed(lane: Lane, shipment: Shipment): void
  strays: Strays
  pace: Pace
  onError(error: unknown): void
}

const LOOK_EVERY_MS = 1000
/** For lanes whose next delivery is known to be due. */
const TICK_MS = 100
/** Rows that one claim takes over all lanes, in equal shares: their events come into memory at once. */
const CLAIM_MAX = 500
/** Of one endpoint in a round: what a round sets off keeps this thread from others for some tens of milliseconds, and more in it makes nothing faster. */
const ROOM_MAX = 100
const BACKLOGS_MAX = 20_000
const BULK = 5000
const BATCHES_AT_ONCE = 8

export function createClaims(deps: ClaimsDeps): Claims {
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined
  let lookedAt = -Infinity
  let foundMore = false

  const run = async (): Promise<void> => {
    for (;;) {
      again = false
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = performance.now()
        await deps.strays.free()
        await look(deps)
      }
      // Only where there is a backlog: single ones that became due go at once.
      const pauseMs = foundMore ? deps.pace.next() : 0
      if (pauseMs > 0) await pause(pauseMs)
      foundMore = !stopped && await claimOnce(deps)
      if (stopped || !(foundMore || again)) return
    }
  }
  const soon = (): void => {
    again = true
    if (stopped || running !== undefined) return
    running = run().catch((error: unknown) => {
      // What could not be claimed is found again by the next look; what was claimed and did not get here, too.
      again = false
      deps.strays.suspect()
      deps.onError(error)
    }).finally(() => { running = undefined })
  }
  const plan = (): void => {
    timer = setTimeout(() => {
      soon()
      plan()
    }, TICK_MS)
    timer.unref()
  }
  return {
    start() {
      soon()
      plan()
    },
    soon,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** Finds the endpoints that have something in the queue. */
async function look({ db, lanes }: ClaimsDeps): Promise<void> {
  for (const { tenantId, webhookId, dueInMs } of await listBacklogs(db, BACKLOGS_MAX)) {
    lanes.get(tenantId, webhookId).noteBacklog(performance.now() + dueInMs)
  }
}

/** One round over the lanes with a backlog. Answers whether another one would find more. */
async function claimOnce(deps: ClaimsDeps): Promise<boolean> {
  const { lanes, webhooks } = deps
  const now = performance.now()
  const due = lanes.backlogged().filter((lane) => lane.hasDueBacklog(now))
  const share = Math.min(ROOM_MAX, Math.max(1, Math.floor(CLAIM_MAX / due.length)))
  const plain: Place[] = []
  let more = false
  for (const lane of due) {
    if (!lanes.mayHold()) break
    if (plain.length === CLAIM_MAX) {
      more = true
      break
    }
    const webhook = await webhooks.find(lane.tenantId, lane.webhookId)
    if (webhook === undefined || webhook.status === 'failed') more = await clear(deps, lane, webhook) || more
    else if (webhook.status === 'paused') drop(deps, lane)
    else if (webhook.batch !== undefined) await claimBatches(deps, lane, webhook)
    else if (webhook.orderBy !== undefined) await claimOrdered(deps, lane, webhook)
    else {
      const room = Math.min(lane.room(webhook, now), share)
      if (lane.waiting < ROOM_MAX && room > 0) plain.push({ lane, room })
    }
  }
  return await claimPlain(deps, plain) || more
}

interface Place { lane: Lane, room: number }

interface Claiming {
  claim(): Promise<ClaimedRow[]>
  shipments(items: Item[]): Shipment[]
  /** What the lane is to remember, by how many rows it got. */
  remember(place: Place, count: number): void
}

/** The lanes keep their places meanwhile: one that was let go while its rows are on the way would be another one than the next. */
async function claimInto(deps: ClaimsDeps, places: Place[], { claim, shipments, remember }: Claiming): Promise<void> {
  const { lanes, claimed } = deps
  const counts = new Map(places.map((place) => [place.lane.webhookId, { place, count: 0 }]))
  for (const { lane, room } of places) {
    lanes.promise(lane, room)
    // Before the claim: what comes into the queue meanwhile says so itself.
    lane.noteNoBacklog()
  }
  try {
    for (const shipment of shipments(await itemsOf(deps, await claim()))) {
      const into = counts.get(shipment.items[0]!.row.webhookId)!
      into.count += shipment.items.length
      claimed(into.place.lane, shipment)
    }
    for (const { place, count } of counts.values()) remember(place, count)
  } finally {
    for (const { place: { lane, room }, count } of counts.values()) lanes.release(lane, room - count)
  }
}

const oneByOne = (items: Item[]): Shipment[] => items.map((item) => ({ items: [item], batchId: null }))

async function claimPlain(deps: ClaimsDeps, places: Place[]): Promise<boolean> {
  if (places.length === 0) return false
  let more = false
  await claimInto(deps, places, {
    claim: () => claimDue(deps.db, deps.workerId, places.map(({ lane, room }) => ({ tenantId: lane.tenantId, webhookId: lane.webhookId, room }))),
    shipments: oneByOne,
    remember({ lane, room }, count) {
      if (count < room) return
      lane.noteBacklog(0)
      more = true
    },
  })
  return more
}

async function claimOrdered(deps: ClaimsDeps, lane: Lane, webhook: Webhook): Promise<void> {
  const room = Math.min(webhook.concurrency - lane.held, ROOM_MAX)
  // The end of one that is under way brings us back.
  if (room <= 0) return
  await claimInto(deps, [{ lane, room }], {
    claim: () => claimHeads(deps.db, deps.workerId, { tenantId: lane.tenantId, webhookId: lane.webhookId, room }),
    shipments: oneByOne, remember: () => undefined,
  })
}

async function claimBatches(deps: ClaimsDeps, lane: Lane, webhook: Webhook): Promise<void> {
  const { maxSize, maxWaitMs } = webhook.batch!
  for (let taken = 0; taken < BATCHES_AT_ONCE && lane.held < webhook.concurrency * maxSize; taken += 1) {
    let readyInMs: number | undefined
    let found = false
    await claimInto(deps, [{ lane, room: maxSize }], {
      async claim() {
        const batch = await claimBatch(deps.db, deps.workerId, { tenantId: lane.tenantId, webhookId: lane.webhookId, room: maxSize, maxSize, maxWaitMs })
        readyInMs = batch.readyInMs
        found = batch.rows.length > 0
        return batch.rows
      },
      shipments: (items) => (items.length === 0 ? [] : [{ items: items.sort((one, other) => (one.row.id < other.row.id ? -1 : 1)), batchId: items[0]!.row.batchId }]),
      remember() {
        if (found) lane.noteBacklog(0)
        else if (readyInMs !== undefined) lane.noteBacklog(performance.now() + Math.max(readyInMs, 10))
      },
    })
    if (!found) return
  }
}

/** Nothing of it is to be claimed. */
function drop({ lanes }: ClaimsDeps, lane: Lane): void {
  lane.noteNoBacklog()
  lanes.release(lane, 0)
}

/** The endpoint is deleted or has failed for good: its queue goes, a slice at a time. */
async function clear(deps: ClaimsDeps, lane: Lane, webhook: Webhook | undefined): Promise<boolean> {
  const { db } = deps
  const count = webhook === undefined ? await deleteBacklog(db, lane, BULK) : await failBacklog(db, { tenantId: lane.tenantId, webhookId: lane.webhookId, reason: 'endpoint_failed' }, BULK)
  if (count === BULK) return true
  lane.forget()
  drop(deps, lane)
  return false
}

async function itemsOf({ db }: ClaimsDeps, rows: ClaimedRow[]): Promise<Item[]> {
  if (rows.length === 0) return []
  const texts = new Map((await findEventTexts(db, rows)).map((each) => [each.id, each]))
  return rows.map((row) => {
    const found = texts.get(row.eventId)
    return { row, text: found?.blobId === null ? found.text : undefined, blobId: found?.blobId ?? null, event: undefined }
  })
}
