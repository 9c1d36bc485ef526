/** Takes deliveries out of the queue for lanes that have room, and looks every second for what became due. */
import type { Db } from '../../../db/db.ts'
import type { Webhook, Webhooks } from '../webhook.ts'
import type { Item, Shipment } from './item.ts'
import type { Lane } from './lane.ts'
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
  lanes: { get(tenantId: string, webhookId: string): Lane, backlogged(): Lane[], mayHold(): boolean }
  claimed(lane: Lane, shipment: Shipment): void
  onError(error: unknown): void
}

const LOOK_EVERY_MS = 1000
/** For lanes whose next delivery is known to be due. */
const TICK_MS = 100
/** Rows that one claim takes over all lanes: their events come into memory at once. */
const CLAIM_MAX = 500
const ROOM_MAX = 200
const BACKLOGS_MAX = 20_000
const BULK = 5000
const BATCHES_AT_ONCE = 8

export function createClaims(deps: ClaimsDeps): Claims {
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined
  let lookedAt = -Infinity

  const run = async (): Promise<void> => {
    for (;;) {
      again = false
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = performance.now()
        await look(deps)
      }
      const foundMore = await claimOnce(deps)
      if (stopped || !(foundMore || again)) return
    }
  }
  const soon = (): void => {
    again = true
    if (stopped || running !== undefined) return
    running = run().catch((error: unknown) => {
      // What could not be claimed is found again by the next look.
      again = false
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
  const plain: { lane: Lane, room: number }[] = []
  let left = CLAIM_MAX
  let more = false
  for (const lane of lanes.backlogged()) {
    if (left <= 0 || !lanes.mayHold()) return more
    if (!lane.hasDueBacklog(now)) continue
    const webhook = await webhooks.find(lane.tenantId, lane.webhookId)
    if (webhook === undefined || webhook.status === 'failed') more = await clear(deps, lane, webhook) || more
    else if (webhook.status === 'paused') lane.noteNoBacklog()
    else if (webhook.batch !== undefined) await claimBatches(deps, lane, webhook)
    else if (webhook.orderBy !== undefined) more = await claimOrdered(deps, lane, webhook) || more
    else {
      const room = Math.min(lane.room(webhook), ROOM_MAX, left)
      if (lane.waiting >= ROOM_MAX || room <= 0) continue
      left -= room
      plain.push({ lane, room })
    }
  }
  return await claimPlain(deps, plain) || more
}

async function claimPlain(deps: ClaimsDeps, wanted: { lane: Lane, room: number }[]): Promise<boolean> {
  if (wanted.length === 0) return false
  // Before the claim: what comes into the queue meanwhile says so itself.
  for (const { lane } of wanted) lane.noteNoBacklog()
  const rows = await claimDue(deps.db, deps.workerId, wanted.map(({ lane, room }) => ({ tenantId: lane.tenantId, webhookId: lane.webhookId, room })))
  const items = await itemsOf(deps, rows)
  const counts = new Map<string, number>()
  for (const item of items) {
    counts.set(item.row.webhookId, (counts.get(item.row.webhookId) ?? 0) + 1)
    deps.claimed(deps.lanes.get(item.row.tenantId, item.row.webhookId), { items: [item], batchId: null })
  }
  let more = false
  for (const { lane, room } of wanted) {
    if ((counts.get(lane.webhookId) ?? 0) < room) continue
    lane.noteBacklog(0)
    more = true
  }
  return more
}

async function claimOrdered(deps: ClaimsDeps, lane: Lane, webhook: Webhook): Promise<boolean> {
  const room = Math.min(webhook.concurrency - lane.held, ROOM_MAX)
  // The end of one that is under way brings us back.
  if (room <= 0) return false
  lane.noteNoBacklog()
  const rows = await claimHeads(deps.db, deps.workerId, { tenantId: lane.tenantId, webhookId: lane.webhookId, room })
  for (const item of await itemsOf(deps, rows)) deps.claimed(lane, { items: [item], batchId: null })
  return false
}

async function claimBatches(deps: ClaimsDeps, lane: Lane, webhook: Webhook): Promise<void> {
  const { maxSize, maxWaitMs } = webhook.batch!
  lane.noteNoBacklog()
  for (let taken = 0; taken < BATCHES_AT_ONCE; taken += 1) {
    if (lane.held >= webhook.concurrency * maxSize) break
    const { rows, readyInMs } = await claimBatch(deps.db, deps.workerId, { tenantId: lane.tenantId, webhookId: lane.webhookId, room: maxSize, maxSize, maxWaitMs })
    if (rows.length === 0) {
      if (readyInMs !== undefined) lane.noteBacklog(performance.now() + Math.max(readyInMs, 10))
      return
    }
    const items = (await itemsOf(deps, rows)).sort((one, other) => (one.row.id < other.row.id ? -1 : 1))
    deps.claimed(lane, { items, batchId: rows[0]!.batchId })
  }
  lane.noteBacklog(0)
}

/** The endpoint is deleted or has failed for good: its queue goes, a slice at a time. */
async function clear({ db }: ClaimsDeps, lane: Lane, webhook: Webhook | undefined): Promise<boolean> {
  const count = webhook === undefined ? await deleteBacklog(db, lane, BULK) : await failBacklog(db, { tenantId: lane.tenantId, webhookId: lane.webhookId, reason: 'endpoint_failed' }, BULK)
  if (count === BULK) return true
  lane.forget()
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
