/** Searches that callers word themselves: bounded in time, and told how to be narrowed where that does not suffice. */
import { HubError } from '../errors.ts'
import { cursorOf, readIdCursor, type PageRequest, type SearchedPage } from '../lib/page.ts'
import type { Db } from './db.ts'
import { idTime, lowestId } from './partitions.ts'

export const SEARCH_TIMEOUT_MS = 3000

/** A text to look for, as `ilike '%' || $1 || '%'` takes it literally. Null where nothing is looked for. */
export function literally(text: string): string
export function literally(text: string | undefined): string | null
export function literally(text: string | undefined): string | null {
  return text === undefined ? null : text.replace(/[\\%_]/g, '\\$&')
}

/** Postgres ended the statement at its timeout. */
const QUERY_CANCELED = '57014'
const isTimeout = (error: unknown): boolean => (error as { code?: string }).code === QUERY_CANCELED

/** `orGive`: what narrows this list beside a time, for instance `a type`. Throws HubError `invalid_request` where the search takes too long. */
export async function searchWithin<Result>(db: Db, { timeoutMs, orGive }: { timeoutMs: number, orGive: string }, search: (db: Db) => Promise<Result>): Promise<Result> {
  try {
    return await within(db, timeoutMs, search)
  } catch (error) {
    if (!isTimeout(error)) throw error
    throw new HubError('invalid_request', `The search took longer than ${timeoutMs / 1000} seconds. Narrow it: give \`from\` and \`to\`, or ${orGive}.`, {
      cause: error, errors: [{ pointer: '?from', detail: 'is needed to narrow the search' }],
    })
  }
}

function within<Result>(db: Db, timeoutMs: number, search: (db: Db) => Promise<Result>): Promise<Result> {
  return db.transaction(async (db) => {
    await db.query(`set local statement_timeout = ${Math.ceil(timeoutMs)}`)
    return search(db)
  })
}

/** A part of a list: ids below `before`, down to `downTo` and with it. */
export interface Stretch { before: string | undefined, downTo?: string | undefined }

export interface Searched<Row> {
  rows: Row[]
  /** Others follow behind the last of `rows`. */
  more: boolean
  /** Where the time was over before the page was full: the id down to which all was looked at. */
  reached: string | undefined
}

export interface Search<Row> {
  tenantId: string
  /** Where the rows lie: ids of these are stepped through. */
  tables: readonly PartitionedOrQueue[]
  before: string | undefined
  from: Date | undefined
  /** Exclusive. */
  to: Date | undefined
  limit: number
  /** Newest first; `more`: there are others in the stretch than those. */
  read(db: Db, stretch: Stretch, limit: number): Promise<{ rows: Row[], more: boolean }>
  /** Each row is to be looked into: not even tried at once. */
  isDeep: boolean
  /** A page is answered about then, with what was found. */
  pageMs?: number | undefined
}

type PartitionedOrQueue = 'executions' | 'events' | 'deliveries' | 'delivery_queue' | 'flow_runs' | 'flow_live'

const FIRST_ROWS = 2000
const FEWEST_ROWS = 20
const MOST_ROWS = 200_000
/** What needs longer than this is not tried at once. */
const AT_ONCE_MS = 500
/** What one stretch is to take. */
const STRETCH_MS = 300
const PAGE_MS = 1500

/**
 * A page of a list that no index narrows down: at once where that is quick, else from the newest backwards, stretch by stretch, until the page is full or
 * the time is over. However much there is, it answers soon, and says how far it came.
 */
export async function searchBack<Row>(db: Db, search: Search<Row>): Promise<Searched<Row>> {
  const { before, limit, read, pageMs = PAGE_MS } = search
  if (!search.isDeep) {
    const whole = await within(db, AT_ONCE_MS, (tx) => read(tx, { before, downTo: undefined }, limit)).catch(ifTimeout)
    if (whole !== undefined) return { ...whole, reached: undefined }
  }
  const rows: Row[] = []
  const until = performance.now() + pageMs
  let at = startOf(search)
  for (let size = FIRST_ROWS; ;) {
    const began = performance.now()
    const stretch = await within(db, SEARCH_TIMEOUT_MS, async (tx) => {
      const downTo = await findIdBehind(tx, search, at, size)
      return { downTo, ...await read(tx, { before: at, downTo }, limit - rows.length) }
    }).catch(ifTimeout)
    if (stretch === undefined && size === FEWEST_ROWS) throw new HubError('database_unavailable', 'The database is too busy to search.')
    if (stretch !== undefined) {
      rows.push(...stretch.rows)
      if (stretch.more || stretch.downTo === undefined) return { rows, more: stretch.more, reached: undefined }
      at = stretch.downTo
      if (rows.length === limit) return { rows, more: true, reached: undefined }
      if (performance.now() > until) return { rows, more: true, reached: at }
    }
    const pace = stretch === undefined ? 0.1 : Math.min(4, STRETCH_MS / (performance.now() - began))
    size = Math.round(Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, size * pace)))
  }
}

/** What was not asked for is not stepped through. */
function startOf({ before, to }: Pick<Search<unknown>, 'before' | 'to'>): string | undefined {
  const end = to && lowestId(to)
  return before === undefined || (end !== undefined && end < before) ? end : before
}

function ifTimeout(error: unknown): undefined {
  if (!isTimeout(error)) throw error
}

/** The id that stands `count` rows further on; undefined where there are fewer. */
async function findIdBehind(db: Db, { tenantId, tables, from }: Pick<Search<unknown>, 'tenantId' | 'tables' | 'from'>, before: string | undefined, count: number): Promise<string | undefined> {
  const values: unknown[] = [tenantId, count]
  const bounds = [...before === undefined ? [] : [`and id < $${values.push(before)}`], ...from === undefined ? [] : [`and id >= $${values.push(lowestId(from))}`]].join(' ')
  const { rows } = await db.query<{ id: string }>(`select id from (${tables.map((table) => `select id from ${table} where tenant_id = $1 ${bounds}`).join(' union all ')}) r order by id desc offset $2 limit 1`, values)
  return rows[0]?.id
}

/** For `like`: the text as it stands within JSON, its own wildcards taken literally. */
export function likePattern(text: string): string {
  return `%${literally(JSON.stringify(text.toWellFormed()).slice(1, -1))}%`
}

/** How JSON is looked through for a text, in upper or lower case: `column` and this and the pattern. A text of ASCII alone needs no other language's letters, which takes less than half the time. */
export function ilikeFor(text: string): string {
  // eslint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text) ? 'collate "C" ilike' : 'ilike'
}

interface ListSearch extends Pick<Search<unknown>, 'tenantId' | 'tables' | 'pageMs'>, PageRequest { filter: { q?: string | undefined, from?: Date | undefined, to?: Date | undefined } }

/** A page of a list that is sorted by id, `read` as far as `limit` says. */
export async function searchList<Row extends { id: string }, Item>(db: Db, { filter: { q, from, to }, cursor, limit, ...where }: ListSearch, read: (db: Db, page: Stretch & { limit: number }) => Promise<Row[]>, shape: (row: Row) => Item): Promise<SearchedPage<Item>> {
  const found = await searchBack(db, {
    ...where, before: readIdCursor(cursor), from, to, limit, isDeep: q !== undefined,
    async read(tx, stretch, most) {
      const rows = await read(tx, { ...stretch, limit: most + 1 })
      return { rows: rows.slice(0, most), more: rows.length > most }
    },
  })
  return searchedPage(found, shape)
}

/** The page that a search gives, of a list that is sorted by id. */
export function searchedPage<Row extends { id: string }, Item>({ rows, more, reached }: Searched<Row>, shape: (row: Row) => Item): SearchedPage<Item> {
  const last = reached ?? rows.at(-1)?.id
  return { data: rows.map(shape), nextCursor: more && last !== undefined ? cursorOf([last]) : null, searchedUntil: reached === undefined ? null : new Date(idTime(reached)) }
}
