/** Connectors of a tenant: the hub's own, and those made from documents. */
import type { Connector } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import type { Page, PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { createAvailable, type AvailableFilter, type Card } from './available.ts'
import type { DocumentArchive } from './directory/archive.ts'
import type { Catalogue } from './directory/catalogue.ts'
import type { Documents } from './documents.ts'
import { factsOfBuiltIn, factsOfRow, type ConnectorFacts } from './facts.ts'
import { importConnector, type ImportInput } from './importing.ts'
import { importNamed } from './import-named.ts'
import { installFromCatalogue } from './installing.ts'
import { createCataloguePreview, previewDocument, type DocumentPreview } from './preview.ts'
import { createReading, findImported, type Reading } from './reading.ts'
import { CONNECTORS_CHANGED, type ConnectorRegistry } from './registry.ts'
import { reimportConnector, type ConnectorUse, type Reimport, type ReimportInput } from './reimporting.ts'
import type { DocumentSource } from './source.ts'
import { deleteConnector, lockConnector, type ConnectorRow } from './store.ts'

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

export interface Connectors extends Reading {
  /** Throws `invalid_document` with pointers into the document, `conflict` where the id is taken; nothing is stored then. */
  import(caller: Caller, input: ImportInput): Promise<ConnectorFacts>
  /** For a registration by name alone: a free id is found, and the very same document is not stored twice. */
  importNamed(caller: Caller, name: string, document: string | Record<string, unknown>): Promise<ConnectorFacts>
  /** Says what a newer document would change; changes it only with `apply`. */
  reimport(caller: Caller, id: string, input: ReimportInput): Promise<Omit<Reimport, 'row'> & { connector: ConnectorFacts }>
  /** Throws `conflict` where integrations use it. */
  remove(caller: Caller, id: string): Promise<void>
  /** What is installed already is answered as it is. Throws `not_found` for what the catalogue doesn't have. */
  installFromCatalogue(caller: Caller, id: string): Promise<ConnectorFacts>
  /** Throws HubError as an import does. */
  preview(source: DocumentSource): Promise<DocumentPreview>
  previewOfCatalogue(id: string): Promise<DocumentPreview>
  available(caller: Caller, filter: AvailableFilter, page: PageRequest): Promise<Page<Card> & { total: number }>
  categories(): Promise<{ name: string, count: number }[]>
}

export function createConnectors(deps: ConnectorsDeps): Connectors {
  const { database, catalogue, registry } = deps
  const builtIn = new Map(deps.builtIn.map((connector) => [connector.manifest.type, connector]))
  const importing = { ...deps, builtIn }
  const available = createAvailable(importing)
  const changed = async ({ tenantId }: Caller, id: string): Promise<void> => {
    registry.forget(tenantId, id)
    await database.system.query('select pg_notify($1, $2)', [CONNECTORS_CHANGED, `${tenantId}:${id}`])
  }
  const announced = async (caller: Caller, row: ConnectorRow): Promise<ConnectorFacts> => {
    await changed(caller, row.id)
    return factsOfRow(row)
  }
  return {
    ...createReading(importing),
    import: async (caller, input) => announced(caller, await importConnector(importing, caller, input)),
    importNamed: async (caller, name, document) => announced(caller, await importNamed(importing, caller, name, document)),
    async reimport(caller, id, input) {
      refuseBuiltIn(builtIn, id)
      const { row, ...result } = await reimportConnector(importing, caller, id, input)
      return { ...result, connector: result.applied ? await announced(caller, row) : factsOfRow(row) }
    },
    async remove(caller, id) {
      refuseBuiltIn(builtIn, id)
      await removeConnector(deps, caller, id)
      await changed(caller, id)
    },
    async installFromCatalogue(caller, id) {
      const own = builtIn.get(id)
      if (own !== undefined) return factsOfBuiltIn(own)
      const { row, isNew } = await installFromCatalogue(importing, caller, id)
      return isNew ? announced(caller, row) : factsOfRow(row)
    },
    preview: (source) => previewDocument(deps, source),
    previewOfCatalogue: createCataloguePreview(deps),
    available: (caller, filter, page) => available.list(caller, filter, page),
    categories: () => catalogue.categories(),
  }
}

function refuseBuiltIn(builtIn: ReadonlyMap<string, Connector>, id: string): void {
  if (builtIn.has(id)) throw new HubError('conflict', `${id} is a connector of the hub itself: it stays as it is.`)
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

