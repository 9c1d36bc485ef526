/** Cursor pagination: a page is `limit` rows after the last row's sort keys. */
import { HubError } from '../errors.ts'

export interface PageRequest { limit: number, cursor?: string | undefined }
/** `q`: text that is looked for. */
export interface SearchRequest extends PageRequest { q?: string | undefined }
export interface Page<Item> { data: Item[], nextCursor: string | null }

/** `searchedUntil`: where a search ended for now before its page was full, having looked at all that is newer; null at the end, and where the page is full. */
export interface SearchedPage<Item> extends Page<Item> { searchedUntil: Date | null }

/** Keys of the last row seen, as text; a cursor of ours with the right number of keys, or HubError `invalid_cursor`. */
export function readCursor(cursor: string | undefined, keys: number): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(values) && values.length === keys && values.every((value) => typeof value === 'string' && !value.includes('\0'))) return values
  } catch { /* said below */ }
  throw new HubError('invalid_cursor', 'Use `nextCursor` of an earlier answer as it is, or leave `cursor` out.', {
    errors: [{ pointer: '?cursor', detail: 'is not a cursor of this list' }],
  })
}

/** The same, for lists that are sorted by a UUID alone. */
export function readIdCursor(cursor: string | undefined): string | undefined {
  const id = readCursor(cursor, 1)?.[0]
  if (id === undefined || isUuid(id)) return id
  return readCursor('?', 1)?.[0]
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}

/** Makes a page of up to `limit + 1` rows that a store read. */
export function toPage<Row, Item = Row>(rows: Row[], limit: number, keys: (row: Row) => string[], shape?: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    data: shape ? shown.map(shape) : shown as unknown as Item[],
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(keys(last)) : null,
  }
}

export function cursorOf(keys: string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** A page of a list that is whole already. */
export function pageWithin<Item>(all: Item[], { limit, cursor }: PageRequest): Page<Item> {
  const [position = '0'] = readCursor(cursor, 1) ?? []
  if (!/^\d{1,9}$/.test(position)) readCursor('?', 1)
  const from = Number(position)
  return toPage(all.slice(from, from + limit + 1), limit, () => [String(from + limit)])
}
