/** The events of a tenant: sending, listing, searching. */
import { Readable } from 'node:stream'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { searchBack, searchedPage, type Searched } from '../db/search.ts'
import { HubError, isHubError } from '../errors.ts'
import { checkAt } from '../lib/jq/check-at.ts'
import { isTrue, type Jq } from '../lib/jq/jq.ts'
import { isUuid, readIdCursor, type PageRequest, type SearchedPage } from '../lib/page.ts'
import type { Caller } from '../tenants/caller.ts'
import type { ReadEvent } from './cloudevent.ts'
import type { CloudEvent } from './event.ts'
import { findEvent, findNamedEvent, listEvents, type EventFilter, type EventRow } from './events-store.ts'
import type { Publishing, SchemaCheckMode } from './publishing.ts'
import { recordOf, wholeText, type EventRecord } from './record.ts'

export type { EventRecord } from './record.ts'
export type { EventFilter } from './events-store.ts'

export interface EventSearch extends EventFilter, PageRequest {
  /** A jq program over the event; those for which it comes out true (neither null, false nor nothing) are answered. */
  filter?: string | undefined
}

export interface Events {
  /** Resolves with the CloudEvents' ids once all are committed. `repeats`: the id of an event that these are once more. Throws what Publishing throws, and `not_found`. */
  send(caller: Caller, events: readonly ReadEvent[], options: { schemaCheck: SchemaCheckMode, repeats?: string | undefined }): Promise<{ ids: string[] }>
  /**
   * Newest first, without large data. A page may be short, even empty, and still have a `nextCursor`: a filter looks at so many events a page.
   * Throws `invalid_expression`.
   */
  list(caller: Caller, search: EventSearch): Promise<SearchedPage<EventRecord>>
  /** Whole, by the hub's id or the CloudEvent's; of several with the latter, the newest. Throws `not_found`. */
  find(caller: Caller, id: string, options?: { source?: string | undefined }): Promise<EventRecord>
  /** The CloudEvent as it is stored and sent, byte for byte; by either id. Throws `not_found`, for one whose data is gone too. */
  content(caller: Caller, id: string): Promise<Readable>
  /** By the hub's id or the CloudEvent's, without large data. Undefined where there is none. */
  look(caller: Caller, id: string): Promise<EventRecord | undefined>
  /** The same by the hub's id alone, for the hub's own work. */
  findOwn(tenantId: string, messageId: string): Promise<EventRecord>
}

export interface EventsDeps {
  database: Database
  blobs: Pick<Blobs, 'read'>
  jq: Pick<Jq, 'first' | 'decide' | 'check'>
  publishing: Pick<Publishing, 'publish'>
  /** Notes that an event is another one once more; both by the hub's ids. Never rejects. */
  repeated(tenantId: string, id: string, ofId: string): Promise<void>
  /** Told of what went wrong beside an answer that stands. */
  onError(error: unknown): void
  /** When a search is answered with what was found so far. */
  searchMs?: number
  /** How many events a filter looks at for one page. */
  mostScanned?: number
}

const MOST_SCANNED = 5000
/** Few at first: nobody knows yet what the program costs. */
const FIRST_SCANNED = 50
const SCANNED_AT_ONCE = 400
/** A page is answered after this, with what was found. */
const MOST_SCAN_MS = 4000
/** Of the text of one page or one look. */
const MAX_BYTES = 8 * 1024 * 1024
/** Of large events, that a filter reads for one page. */
const MAX_LARGE_BYTES = 32 * 1024 * 1024

export function createEvents(deps: EventsDeps): Events {
  const { database, blobs, jq, publishing, searchMs } = deps
  const read: Read = (tenantId, filter, { before, limit }) => searchBack(database.tenant(tenantId), {
    tenantId, tables: ['events'], before, from: filter.from, to: filter.to, limit, isDeep: filter.q !== undefined, pageMs: searchMs,
    read: (db, stretch, most) => listEvents(db, tenantId, filter, { ...stretch, maxBytes: MAX_BYTES, limit: most }),
  })
  const whole = async (tenantId: string, row: EventRow | undefined): Promise<EventRecord> => {
    if (row === undefined) throw new HubError('not_found', 'There is no such event.')
    return recordOf({ ...row, text: await wholeText(blobs, tenantId, row), blobId: null })
  }
  return {
    async send(caller, events, { schemaCheck, repeats }) {
      const before = repeats === undefined ? undefined : await rowOf(database.tenant(caller.tenantId), caller.tenantId, repeats, undefined)
      if (repeats !== undefined && before === undefined) throw new HubError('not_found', 'There is no event that these could repeat.', { errors: [{ pointer: '?repeats', detail: 'is the id of no event' }] })
      await publishing.publish(caller, events, { schemaCheck })
      // They are sent: whoever asked for them learns that, whatever becomes of the note.
      if (before !== undefined) await noteRepeats(deps, caller.tenantId, events, before.id).catch(deps.onError)
      return { ids: events.map(({ event }) => event.id) }
    },

    async list({ tenantId }, { filter: program, limit, cursor, ...filter }) {
      const before = readIdCursor(cursor)
      if (program === undefined) {
        return searchedPage(await read(tenantId, filter, { before, limit }), recordOf)
      }
      await checkAt(jq, '?filter', program, { batchKey: tenantId })
      return scan({ ...deps, read }, tenantId, { program, filter, before, limit })
    },

    find: async ({ tenantId }, id, { source } = {}) => whole(tenantId, await rowOf(database.tenant(tenantId), tenantId, id, source)),

    async content({ tenantId }, id) {
      const row = await rowOf(database.tenant(tenantId), tenantId, id, undefined)
      if (row === undefined) throw new HubError('not_found', 'There is no such event.')
      return row.blobId === null ? Readable.from([Buffer.from(row.text)]) : (await blobs.read(tenantId, row.blobId)).stream
    },

    async look({ tenantId }, id) {
      const row = await rowOf(database.tenant(tenantId), tenantId, id, undefined)
      return row === undefined ? undefined : recordOf(row)
    },

    findOwn: async (tenantId, messageId) => whole(tenantId, await findEvent(database.tenant(tenantId), tenantId, messageId)),
  }
}

async function rowOf(db: Db, tenantId: string, id: string, source: string | undefined): Promise<EventRow | undefined> {
  const own = isUuid(id) ? await findEvent(db, tenantId, id) : undefined
  return own !== undefined && (source === undefined || recordOf(own).source === source) ? own : findNamedEvent(db, tenantId, { eventId: id, source })
}

async function noteRepeats({ database, repeated }: EventsDeps, tenantId: string, events: readonly ReadEvent[], ofId: string): Promise<void> {
  for (const { event: { id, source } } of events) {
    const made = await rowOf(database.tenant(tenantId), tenantId, id, source)
    if (made !== undefined && made.id !== ofId) await repeated(tenantId, made.id, ofId)
  }
}

type Read = (tenantId: string, filter: EventFilter, page: { before: string | undefined, limit: number }) => Promise<Searched<EventRow>>

interface Scan { program: string, filter: EventFilter, before: string | undefined, limit: number }

async function scan(deps: EventsDeps & { read: Read }, tenantId: string, { program, filter, before, limit }: Scan): Promise<SearchedPage<EventRecord>> {
  const { read, mostScanned = MOST_SCANNED } = deps
  const found: EventRow[] = []
  const budget = { largeBytes: MAX_LARGE_BYTES }
  let last = before
  const until = performance.now() + MOST_SCAN_MS
  for (let scanned = 0, size = FIRST_SCANNED; scanned < mostScanned && budget.largeBytes > 0 && performance.now() < until; scanned += size, size = Math.min(size * 2, SCANNED_AT_ONCE)) {
    const { rows, more, reached } = await read(tenantId, filter, { before: last, limit: size })
    const verdicts = await judged(deps, tenantId, { program, rows, budget })
    for (const [at, isWanted] of verdicts.entries()) {
      last = rows[at]!.id
      if (isWanted) found.push(rows[at]!)
      if (found.length === limit) return searchedPage({ rows: found, more: more || at + 1 < rows.length, reached: undefined }, recordOf)
    }
    if (verdicts.length === rows.length) {
      if (!more) return searchedPage({ rows: found, more, reached: undefined }, recordOf)
      last = reached ?? last
    }
  }
  return searchedPage({ rows: found, more: true, reached: last }, recordOf)
}

/** For each row in turn whether the program wants it; fewer than the rows where the budget ran out. Large ones are read one at a time. */
async function judged(deps: EventsDeps, tenantId: string, { program, rows, budget }: { program: string, rows: EventRow[], budget: { largeBytes: number } }): Promise<boolean[]> {
  const verdicts = await Promise.all(rows.map((row) => (row.blobId === null ? isWanted(deps, tenantId, program, row.text) : undefined)))
  for (const [at, row] of rows.entries()) {
    if (row.blobId === null) continue
    if (budget.largeBytes <= 0) return verdicts.slice(0, at) as boolean[]
    const text = await wholeText(deps.blobs, tenantId, row)
    budget.largeBytes -= text.length
    verdicts[at] = await isWanted(deps, tenantId, program, text)
  }
  return verdicts as boolean[]
}

async function isWanted({ jq }: EventsDeps, tenantId: string, program: string, text: string): Promise<boolean> {
  const event = JSON.parse(text) as CloudEvent
  const decided = jq.decide(program, event)
  if (decided !== undefined) return decided
  try {
    const value = await jq.first(program, event, { batchKey: tenantId })
    return isTrue(value)
  } catch (error) {
    // One that the program cannot look at, a text where it wants a number, is not one that it looks for.
    if (isHubError(error, 'expression_failed')) return false
    throw error
  }
}
