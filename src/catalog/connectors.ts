/** Connectors of a tenant: the hub's own, and those made from documents. */
import type { Connector, JsonSchema, OperationSummary } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { createAvailable, type AvailableFilter, type Card } from './available.ts'
import type { DocumentArchive } from './directory/archive.ts'
import type { Catalogue } from './directory/catalogue.ts'
import type { Documents } from './documents.ts'
import { exampleOf } from './example.ts'
import { factsOfBuiltIn, factsOfRow, type ConnectorFacts } from './facts.ts'
import { isConnectorId } from './ids.ts'
import { importConnector, type ImportInput } from './importing.ts'
import { importNamed } from './import-named.ts'
import { installFromCatalogue } from './installing.ts'
import { CONNECTORS_CHANGED, type ConnectorRegistry } from './registry.ts'
import { reimportConnector, type ConnectorUse, type Reimport, type ReimportInput } from './reimporting.ts'
import { deleteConnector, findConnector, listConnectors, listOperations, listTags, lockConnector, type ConnectorRow } from './store.ts'

export interface OperationsFilter { q?: string | undefined, tag?: string | undefined }

/** An operation with its schemas: all that is needed to run it. */
export interface OperationFacts extends OperationSummary {
  input: JsonSchema
  output: JsonSchema | undefined
  example: unknown
  /** Undefined where it depends on the input. */
  retrySafe: boolean | undefined
  readOnly: boolean | undefined
}

export interface ConnectorsDeps {
  database: Database
  http: HttpClient
  documents: Documents
  catalogue: Catalogue
  archive: Pick<DocumentArchive, 'read'>
  builtIn: Connector[]
  registry: ConnectorRegistry
  use: ConnectorUse
}

export interface Connectors {
  /** Throws `invalid_document` with pointers into the document, `conflict` where the id is taken; nothing is stored then. */
  import(caller: Caller, input: ImportInput): Promise<ConnectorFacts>
  /** For a registration by name alone: a free id is found, and the very same document is not stored twice. */
  importNamed(caller: Caller, name: string, document: string | Record<string, unknown>): Promise<ConnectorFacts>
  /** Says what a newer document would change; changes it only with `apply`. */
  reimport(caller: Caller, id: string, input: ReimportInput): Promise<Omit<Reimport, 'row'> & { connector: ConnectorFacts }>
  /** By id, built-in and imported ones in one list. */
  list(caller: Caller, filter: { q?: string | undefined }, page: PageRequest): Promise<Page<ConnectorFacts>>
  find(caller: Caller, id: string): Promise<ConnectorFacts>
  operations(caller: Caller, id: string, filter: OperationsFilter, page: PageRequest): Promise<Page<OperationSummary>>
  /** How many operations each tag has. */
  tags(caller: Caller, id: string): Promise<{ tag: string, operations: number }[]>
  operation(caller: Caller, id: string, operationId: string): Promise<OperationFacts>
  /** The document as it came, or in the normal form that the hub works with: OpenAPI 3.2 in JSON. */
  document(caller: Caller, id: string, form: 'original' | 'normal'): Promise<{ bytes: Buffer, contentType: string, filename: string }>
  /** Throws `conflict` where integrations use it. */
  remove(caller: Caller, id: string): Promise<void>
  /** What is installed already is answered as it is. Throws `not_found` for what the catalogue doesn't have. */
  installFromCatalogue(caller: Caller, id: string): Promise<ConnectorFacts>
  available(caller: Caller, filter: AvailableFilter, page: PageRequest): Promise<Page<Card> & { total: number }>
  categories(): Promise<{ name: string, count: number }[]>
}

export function createConnectors(deps: ConnectorsDeps): Connectors {
  const { database, catalogue, registry } = deps
  const builtIn = new Map(deps.builtIn.map((connector) => [connector.manifest.type, connector]))
  const available = createAvailable({ database, catalogue, builtIn })
  const importing = { ...deps, builtIn }
  const changed = async ({ tenantId }: Caller, id: string): Promise<void> => {
    registry.forget(tenantId, id)
    await database.system.query('select pg_notify($1, $2)', [CONNECTORS_CHANGED, `${tenantId}:${id}`])
  }
  const announced = async (caller: Caller, row: ConnectorRow): Promise<ConnectorFacts> => {
    await changed(caller, row.id)
    return factsOfRow(row)
  }
  const find = async (caller: Caller, id: string): Promise<ConnectorFacts> => {
    const own = builtIn.get(id)
    return own === undefined ? factsOfRow(await findImported(database, caller, id)) : factsOfBuiltIn(own)
  }
  return {
    import: async (caller, input) => announced(caller, await importConnector(importing, caller, input)),
    importNamed: async (caller, name, document) => announced(caller, await importNamed(importing, caller, name, document)),
    async reimport(caller, id, input) {
      refuseBuiltIn(builtIn, id)
      const { row, ...result } = await reimportConnector(importing, caller, id, input)
      return { ...result, connector: result.applied ? await announced(caller, row) : factsOfRow(row) }
    },
    list: (caller, { q }, page) => listAll(database, builtIn, caller, { q, ...page }),
    find,
    operations: (caller, id, filter, page) => operations(database, builtIn, caller, { id, filter, page }),
    async tags(caller, id) {
      const own = builtIn.get(id)
      if (own !== undefined) return countTags(await own.operations.list())
      await findImported(database, caller, id)
      return listTags(database.tenant(caller.tenantId), caller.tenantId, id)
    },
    operation: (caller, id, operationId) => describeOperation(registry, caller, id, operationId),
    async document(caller, id, form) {
      refuseBuiltIn(builtIn, id)
      const { detail, documentBlob } = await findImported(database, caller, id)
      const contentType = form === 'normal' ? 'application/json' : detail.originalType
      const bytes = await deps.documents.read(caller.tenantId, form === 'normal' ? documentBlob : detail.originalBlob)
      return { bytes, contentType, filename: `${id.replaceAll(':', '-')}.${contentType.endsWith('json') ? 'json' : 'yaml'}` }
    },
    async remove(caller, id) {
      refuseBuiltIn(builtIn, id)
      await removeConnector(deps, caller, id)
      await changed(caller, id)
    },
    async installFromCatalogue(caller, id) {
      if (builtIn.has(id)) return find(caller, id)
      const { row, isNew } = await installFromCatalogue({ ...importing, catalogue, archive: deps.archive }, caller, id)
      return isNew ? announced(caller, row) : factsOfRow(row)
    },
    available: (caller, filter, page) => available.list(caller, filter, page),
    categories: () => catalogue.categories(),
  }
}

async function findImported(database: Database, { tenantId }: Caller, id: string): Promise<ConnectorRow> {
  const row = isConnectorId(id) ? await findConnector(database.tenant(tenantId), tenantId, id) : undefined
  if (row === undefined) throw new HubError('not_found', `There is no connector ${id.slice(0, 128)} here. One of the catalogue is installed with POST /api/v1/connectors/{id}/install, or by its first integration.`)
  return row
}

function refuseBuiltIn(builtIn: ReadonlyMap<string, Connector>, id: string): void {
  if (builtIn.has(id)) throw new HubError('conflict', `${id} is a connector of the hub itself: it has no document, and stays.`)
}

async function listAll(database: Database, builtIn: ReadonlyMap<string, Connector>, { tenantId }: Caller, { q, limit, cursor }: { q: string | undefined } & PageRequest): Promise<Page<ConnectorFacts>> {
  const after = readCursor(cursor, 1)?.[0]
  const words = q?.replaceAll('\0', '').toLowerCase()
  const rows = await listConnectors(database.tenant(tenantId), tenantId, { q: words, after, limit: limit + 1 })
  const own = [...builtIn.values()].map(factsOfBuiltIn).filter(({ id, name, description }) =>
    (after === undefined || id > after) && (words === undefined || `${id} ${name} ${description}`.toLowerCase().includes(words)))
  const all = [...own, ...rows.map(factsOfRow)].sort((a, b) => (a.id < b.id ? -1 : 1))
  return toPage(all, limit, ({ id }) => [id])
}

interface OperationsQuery { id: string, filter: OperationsFilter, page: PageRequest }

async function operations(database: Database, builtIn: ReadonlyMap<string, Connector>, caller: Caller, { id, filter, page: { limit, cursor } }: OperationsQuery): Promise<Page<OperationSummary>> {
  const after = readPosition(cursor)
  const q = filter.q?.replaceAll('\0', '')
  const tag = filter.tag?.replaceAll('\0', '')
  const own = builtIn.get(id)
  if (own !== undefined) {
    const all = (await own.operations.list()).map((summary, position) => ({ summary, position }))
    const found = all.filter(({ summary, position }) => position > (after ?? -1) && matches(summary, q?.toLowerCase(), tag))
    return toPage(found, limit, ({ position }) => [String(position)], ({ summary }) => summary)
  }
  await findImported(database, caller, id)
  const rows = await listOperations(database.tenant(caller.tenantId), caller.tenantId, id, { q, tag, after, limit: limit + 1 })
  return toPage(rows, limit, ({ position }) => [String(position)], ({ summary }) => summary)
}

function readPosition(cursor: string | undefined): number | undefined {
  const position = readCursor(cursor, 1)?.[0]
  if (position === undefined) return undefined
  if (!/^\d{1,9}$/.test(position)) readCursor('?', 1)
  return Number(position)
}

function matches({ id, summary, path, description, tags }: OperationSummary, q: string | undefined, tag: string | undefined): boolean {
  if (tag !== undefined && !tags?.includes(tag)) return false
  return q === undefined || [id, summary, path, description].join(' ').toLowerCase().includes(q)
}

function countTags(summaries: OperationSummary[]): { tag: string, operations: number }[] {
  const counts = new Map<string, number>()
  for (const tag of summaries.flatMap(({ tags = [] }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].map(([tag, operations]) => ({ tag, operations }))
}

async function describeOperation(registry: ConnectorRegistry, { tenantId }: Caller, id: string, operationId: string): Promise<OperationFacts> {
  const connector = isConnectorId(id) ? await registry.find(tenantId, id) : undefined
  if (connector === undefined) throw new HubError('not_found', 'There is no such connector.')
  const operation = operationId.includes('\0') ? undefined : await connector.operations.find(operationId)
  if (operation === undefined) throw new HubError('operation_not_found', `The connector ${id} has no operation ${operationId.slice(0, 200)}.`)
  const { summary, description, input, output, retrySafe, readOnly } = operation
  const known = (rule: typeof retrySafe | undefined): boolean | undefined => (typeof rule === 'function' ? undefined : rule ?? false)
  return {
    id: operationId, summary, ...description !== undefined && { description }, input, output,
    example: operation.example ?? exampleOf(input), retrySafe: known(retrySafe), readOnly: known(readOnly),
  }
}

async function removeConnector({ database, documents, use }: ConnectorsDeps, caller: Caller, id: string): Promise<void> {
  const { tenantId } = caller
  await findImported(database, caller, id)
  const removed = await database.tenant(tenantId).transaction(async (db) => {
    const row = await lockConnector(db, tenantId, id)
    if (row === undefined) return undefined
    const users = await use.integrations(tenantId, id)
    if (users.length > 0) {
      const names = users.slice(0, 5).map(({ name }) => name).join(', ')
      throw new HubError('conflict', `${users.length === 1 ? 'An integration uses' : `${users.length} integrations use`} this connector: ${names}${users.length > 5 ? ' …' : ''}. Delete them first.`, { extra: { integrations: users.slice(0, 100) } })
    }
    await deleteConnector(db, tenantId, id)
    await recordChange(db, caller, { action: 'connector.removed', targetType: 'connector', targetId: id, detail: { name: row.name } })
    return row
  })
  if (removed !== undefined) await documents.remove(tenantId, [removed.documentBlob, removed.detail.originalBlob])
}

