/** A catalogue's service becomes a connector of the tenant. */
import { HubError, isHubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import type { DocumentArchive } from './directory/archive.ts'
import type { Catalogue, CatalogueEntry } from './directory/catalogue.ts'
import { isConnectorId } from './ids.ts'
import { storeConnector, understand, type ImportDeps } from './importing.ts'
import type { ReadDocument } from './source.ts'
import { findConnector, type ConnectorRow } from './store.ts'

export interface InstallDeps extends ImportDeps { catalogue: Catalogue, archive: Pick<DocumentArchive, 'read'> }

export async function installFromCatalogue(deps: InstallDeps, caller: Caller, id: string): Promise<{ row: ConnectorRow, isNew: boolean }> {
  const found = (): Promise<ConnectorRow | undefined> => findConnector(deps.database.tenant(caller.tenantId), caller.tenantId, id)
  const existing = isConnectorId(id) ? await found() : undefined
  if (existing !== undefined) return { row: existing, isNew: false }
  const listed = await readFromCatalogue(deps, id)
  if (listed === undefined) throw new HubError('not_found', `The catalogue has no service ${id.slice(0, 128)}.`)
  const { entry: { name, description, categories, date, asOf }, read } = listed
  try {
    const document = await understand(read)
    return { row: await storeConnector(deps, caller, { id, name, read, document, catalogue: { description, categories, date: date ?? asOf ?? '' } }), isNew: true }
  } catch (error) {
    // Somebody else installed it meanwhile.
    const row = isHubError(error, 'conflict') ? await found() : undefined
    if (row === undefined) throw error
    return { row, isNew: false }
  }
}

/** Undefined for what the catalogue doesn't have. */
export async function readFromCatalogue({ catalogue, archive }: Pick<InstallDeps, 'catalogue' | 'archive'>, id: string): Promise<{ entry: CatalogueEntry, read: ReadDocument } | undefined> {
  const entry = await catalogue.find(id)
  if (entry === undefined || entry.file === null) return undefined
  // The published address is no base for relative servers: what is in the package is complete by itself.
  return { entry, read: { bytes: await archive.read(entry.file), contentType: 'application/json', sourceUrl: undefined, origin: 'catalogue' } }
}
