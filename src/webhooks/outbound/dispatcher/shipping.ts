/** One shipment's way: shaped, sent, judged, noted. */
import { isHubError } from '../../../errors.ts'
import type { Webhook } from '../webhook.ts'
import { send, shape, type AttemptDeps, type Sent } from './attempt.ts'
import type { Ending, Finisher } from './finish.ts'
import type { Item, Shipment } from './item.ts'
import { appended, isGone, isSuccess, reasonOf, recordOf, verdictOn, type Verdict } from './outcome.ts'

export interface Sample { tenantId: string, webhookId: string, at: Date, latencyMs: number, attempts: number, failedAttempts: number, delivered: number, failed: number }

export interface ShippingDeps extends AttemptDeps {
  finisher: Finisher
  /** Told of each attempt, for the endpoint's figures. */
  measured(sample: Sample): void
  /** The first success after failures; the first failure after a success. */
  recovered(webhook: Webhook): Promise<void>
  failing(webhook: Webhook): Promise<void>
  /** No more is to be sent to it: `reason` is shown. */
  gaveUp(webhook: Webhook, reason: string): Promise<void>
  /** A delivery has used up its attempts. */
  exhausted(webhook: Webhook, item: Item, detail: { reason: string, attempts: number }): Promise<void>
  onError(error: unknown): void
}

export interface Shipped {
  /** Whether the endpoint took it; undefined where nothing was sent. */
  succeeded: boolean | undefined
  /** Resolves once all is in the database. */
  noted: Promise<void>
  /** When another delivery of the endpoint may be due, in ms: this one again, the next of an ordered key, another batch. */
  nextInMs: number | undefined
}

export type Ship = (webhook: Webhook, shipment: Shipment) => Promise<Shipped>

export function createShipping(deps: ShippingDeps): Ship {
  return async (webhook, shipment) => {
    const follows = webhook.orderBy !== undefined || webhook.batch !== undefined ? 0 : undefined
    try {
      if (webhook.status !== 'active') return { succeeded: undefined, noted: endAll(deps, shipment.items.map(released)), nextInMs: undefined }
      const { wanted, endings } = await shapeAll(deps, webhook, shipment)
      if (wanted.length === 0) return { succeeded: undefined, noted: endAll(deps, endings), nextInMs: follows }
      const items = wanted.map(({ item }) => item)
      const sent = await send(deps, webhook, { ...shipment, items }, wanted.map(({ body }) => body))
      const { judged: results, exhausted } = await judge(deps, webhook, items, sent)
      endings.push(...results)
      // The attempt was made, whatever becomes of this note.
      await noteState(deps, webhook, sent).catch(deps.onError)
      return { succeeded: isSuccess(sent), noted: endAll(deps, endings).then(exhausted), nextInMs: follows ?? soonest(endings) }
    } catch (error) {
      // The database or jq is away, or the hub ends: nothing is known of the delivery, so it stays to be made.
      if (!isHubError(error, 'shutting_down')) deps.onError(error)
      return { succeeded: undefined, noted: endAll(deps, shipment.items.map(released)), nextInMs: undefined }
    }
  }
}

async function shapeAll(deps: ShippingDeps, webhook: Webhook, { items }: Shipment): Promise<{ wanted: { item: Item, body: string }[], endings: Ending[] }> {
  const endings: Ending[] = []
  const wanted: { item: Item, body: string }[] = []
  const shaped = items.length === 1 ? [await shape(deps, webhook, items[0]!)] : await Promise.all(items.map((item) => shape(deps, webhook, item)))
  for (const [index, each] of shaped.entries()) {
    const item = items[index]!
    const place = placeOf(item)
    if (each.kind === 'wanted') wanted.push({ item, body: each.body })
    else if (each.kind === 'unwanted') endings.push({ kind: 'unwanted', ...place })
    else endings.push({ kind: 'finished', ...place, status: 'parked', reason: each.reason, attempts: item.row.attempts ?? '[]' })
  }
  return { wanted, endings }
}

interface Judged {
  judged: Ending[]
  /** Tells of those that were given up, once that is noted: while the database is away neither can be done. */
  exhausted(): Promise<void>
}

async function judge(deps: ShippingDeps, webhook: Webhook, items: Item[], sent: Sent): Promise<Judged> {
  const mask = await webhook.mask()
  const succeeded = isSuccess(sent)
  const given: { item: Item, reason: string, attempts: number }[] = []
  const record = recordOf(webhook, sent, mask)
  const judged = items.map((item) => {
    const attempts = item.row.attempt + 1
    const verdict = verdictOn(webhook, attempts, sent)
    if (verdict.kind === 'exhausted') given.push({ item, reason: verdict.reason, attempts })
    return endingOf(webhook, item, verdict, appended(item.row.attempts, record))
  })
  deps.measured({
    tenantId: webhook.tenantId, webhookId: webhook.id, at: sent.startedAt, latencyMs: sent.durationMs,
    attempts: 1, failedAttempts: succeeded ? 0 : 1, delivered: succeeded ? items.length : 0, failed: given.length,
  })
  return {
    judged,
    async exhausted() {
      for (const { item, reason, attempts } of given) await deps.exhausted(webhook, item, { reason, attempts }).catch(deps.onError)
    },
  }
}

function endingOf({ orderBy }: Webhook, item: Item, verdict: Verdict, attempts: string): Ending {
  const place = placeOf(item)
  if (verdict.kind === 'delivered') return { kind: 'finished', ...place, status: 'delivered', reason: null, attempts }
  if (verdict.kind === 'retry') return { kind: 'retried', ...place, waitMs: verdict.waitMs, attempt: item.row.attempt + 1, attempts }
  // In order: the one that can't be delivered is set aside, so that those behind it go on.
  return { kind: 'finished', ...place, status: orderBy === undefined ? 'failed' : 'parked', reason: verdict.reason, attempts }
}

/** Changes of the endpoint's state are few: most attempts find it as it is. */
async function noteState({ recovered, failing, gaveUp }: ShippingDeps, webhook: Webhook, sent: Sent): Promise<void> {
  if (isSuccess(sent)) {
    if (webhook.failingSince !== null) await recovered(webhook)
    return
  }
  if (isGone(sent)) await gaveUp(webhook, 'It answered 410: it is gone.')
  else if (webhook.failingSince === null) await failing(webhook)
  else if (Date.now() - webhook.failingSince.getTime() > webhook.disableAfterMs) await gaveUp(webhook, `Every attempt failed since ${webhook.failingSince.toISOString()}, the last with ${reasonOf(sent)}.`)
}

async function endAll({ finisher, onError }: ShippingDeps, endings: Ending[]): Promise<void> {
  await Promise.all(endings.map((ending) => finisher.end(ending).catch(onError)))
}

function soonest(endings: Ending[]): number | undefined {
  const waits = endings.flatMap((ending) => (ending.kind === 'retried' ? [ending.waitMs] : []))
  return waits.length === 0 ? undefined : Math.min(...waits)
}

function released(item: Item): Ending {
  return { kind: 'released', ...placeOf(item) }
}

function placeOf({ row: { tenantId, id } }: Item): { tenantId: string, id: string } {
  return { tenantId, id }
}
