/**
 * Takes events in. An event and what follows from it are committed together, in groups; whoever sent it is answered after the commit,
 * and nothing is done about it before.
 */
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import { isDeadlock, isMissingPartition, isRowFault } from '../db/faults.ts'
import { ensurePartitions } from '../db/partitions.ts'
import { createGroupCommit } from '../lib/group-commit.ts'
import type { Accepted, AcceptedEvent, Inbox } from './event.ts'
import { insertEvents, insertNewEvents, type NewDeliveryRow, type NewEventRow, type SequelRows } from './inbox-store.ts'

export type { NewDeliveryRow, SequelRows } from './inbox-store.ts'

/** What follows from an event: the deliveries of it. */
export interface Fanout {
  /** The rows to be written with the event. */
  plan(event: AcceptedEvent): NewDeliveryRow[] | Promise<NewDeliveryRow[]>
  /** They are committed: time to deliver those that were claimed. */
  committed(event: AcceptedEvent, rows: NewDeliveryRow[]): void
  /** They were not written. */
  dropped(rows: NewDeliveryRow[]): void
  /** Whether they were written is not known: the answer to it may have got lost. */
  uncertain(rows: NewDeliveryRow[]): void
}

/** What else begins with an event, in the same commit: each has an id of its own. */
export interface Sequel {
  id: string
  /** It is committed. */
  committed(): void
  /** It was not written; or, `uncertain`, nobody knows. */
  dropped(how?: 'uncertain'): void
}

export interface Sequels {
  /** Undefined for the most of them, which lead to nothing else. */
  plan(event: AcceptedEvent): Sequel[] | undefined | Promise<Sequel[] | undefined>
  rows(sequels: Sequel[]): SequelRows
}

export interface InboxDeps {
  database: Database
  blobs: Pick<Blobs, 'write'>
  fanout: Fanout
  sequels?: Sequels
  /** Told of the tenants whose events were committed, at most every 100 ms: for those who follow the stream. */
  announce(tenantIds: string[]): void
  /** Told of each event's end, for the process's figures. */
  observe?(result: 'accepted' | 'repeated'): void
}

export interface RunningInbox extends Inbox {
  /** Events waiting for their commit. */
  waiting(): number
  drain(): Promise<void>
}

const MAX_ROWS = 200
const MAX_IN_FLIGHT = 2
/** Of a row's text; more lies in a blob. */
const MAX_TEXT_BYTES = 64 * 1024

interface Waiting extends NewEventRow {
  deliveries: NewDeliveryRow[]
  sequels: Sequel[] | undefined
  /** Of its sequels, those that were written. */
  begun: ReadonlySet<string>
  repeated: boolean
  /** Set where the group was fine and this row was not. */
  fault: unknown
}

export function createInbox({ database, blobs, fanout, sequels, announce, observe }: InboxDeps): RunningInbox {
  const commits = createGroupCommit<Waiting>({ maxRows: MAX_ROWS, maxInFlight: MAX_IN_FLIGHT, write: (rows) => writeRows(database, rows, sequels) })
  const told = tellOfTenants(announce)
  return {
    async accept(event): Promise<Accepted> {
      const row = event.sizeBytes > MAX_TEXT_BYTES ? await spilled(blobs, event) : rowOf(event, event.json, event.sizeBytes)
      const planned = fanout.plan(event)
      // Most events don't wait here: what they lead to is known from memory.
      row.deliveries = planned instanceof Promise ? await planned : planned
      try {
        const led = sequels?.plan(event)
        row.sequels = led instanceof Promise ? await led : led
        await commits.add(row)
        if (row.fault !== undefined) throw row.fault
      } catch (error) {
        fanout.uncertain(row.deliveries)
        for (const each of row.sequels ?? []) each.dropped('uncertain')
        throw error
      }
      for (const each of row.sequels ?? []) if (row.begun.has(each.id)) each.committed(); else each.dropped()
      if (row.repeated) {
        fanout.dropped(row.deliveries)
        observe?.('repeated')
        return { id: undefined, repeated: true }
      }
      fanout.committed(event, row.deliveries)
      told.add(event.tenantId)
      observe?.('accepted')
      return { id: event.id, repeated: false }
    },
    waiting: () => commits.size(),
    async drain() {
      await commits.drain()
      told.flush()
    },
  }
}

const NONE: ReadonlySet<string> = new Set()

function rowOf(accepted: AcceptedEvent, text: string, textBytes: number): Waiting {
  const { tenantId, id, event, once, webhookSourceId, schemaErrors, sizeBytes, runId = null } = accepted
  return {
    tenantId, id, eventId: event.id, source: event.source, type: event.type, subject: event.subject ?? null, time: event.time ?? new Date().toISOString(),
    webhookSourceId: webhookSourceId ?? null, schemaErrors: schemaErrors === undefined ? null : JSON.stringify(schemaErrors),
    sizeBytes, text, textBytes, blobId: null, runId, deliveries: [], sequels: undefined, begun: NONE, repeated: false, fault: undefined,
    onceScope: once?.scope ?? null, onceKey: once?.key ?? null,
    onceUntil: once === undefined ? null : new Date(Date.now() + once.windowSeconds * 1000).toISOString(),
  }
}

/** A large event's whole text goes to the blob store before its row is written. */
async function spilled(blobs: Pick<Blobs, 'write'>, accepted: AcceptedEvent): Promise<Waiting> {
  const { $blob: { id: blobId } } = await blobs.write(accepted.tenantId, Buffer.from(accepted.json), { contentType: 'application/cloudevents+json' })
  const { data: _data, data_base64: _base64, ...envelope } = accepted.event
  const text = JSON.stringify(envelope)
  return { ...rowOf(accepted, text, Buffer.byteLength(text)), blobId }
}

async function writeRows(database: Database, rows: Waiting[], sequels: Sequels | undefined): Promise<void> {
  try {
    await write(database, rows, sequels)
  } catch (error) {
    if (isMissingPartition(error)) await ensurePartitions(database.owner)
    else if (!isRowFault(error) && !isDeadlock(error)) throw error
    // One row that Postgres refuses must not take its neighbours along.
    for (const row of rows) row.fault = await write(database, [row], sequels).then(() => undefined, (second: unknown) => second)
  }
}

async function write({ writer }: Database, rows: Waiting[], sequels: Sequels | undefined): Promise<void> {
  const deliveries = rows.length === 1 ? rows[0]!.deliveries : rows.flatMap((row) => row.deliveries)
  const led = rows.flatMap((row) => row.sequels ?? [])
  if (led.length === 0 && rows.every(({ onceKey }) => onceKey === null)) return insertEvents(writer, rows, deliveries)
  const stored = await insertNewEvents(writer, rows, deliveries, led.length === 0 ? undefined : sequels!.rows(led))
  for (const row of rows) {
    row.repeated = !stored.has(row.id)
    row.begun = stored
  }
}

const TELL_EVERY_MS = 100

function tellOfTenants(announce: (tenantIds: string[]) => void): { add(tenantId: string): void, flush(): void } {
  const tenants = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (tenants.size === 0) return
    const told = [...tenants]
    tenants.clear()
    announce(told)
  }
  return {
    add(tenantId) {
      tenants.add(tenantId)
      timer ??= setTimeout(flush, TELL_EVERY_MS).unref()
    },
    flush,
  }
}
