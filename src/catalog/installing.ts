/** A catalogue's service becomes a connector of the tenant. */
import { HubError, isHubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import type { DocumentArchive } from './directory/archive.ts'
import type { Catalogue } from './directory/catalogue.ts'
import { isConnectorId } from './ids.ts'
import { storeConnector, understand, type ImportDeps } from './importing.ts'
import type { ReadDocument } from './source.ts'
import { findConnector, type ConnectorRow } from './store.ts'

export interface InstallDeps extends ImportDeps { catalogue: Catalogue, archive: Pick<DocumentArchive, 'read'> }

export async function installFromCatalogue(deps: InstallDeps, caller: Caller, id: string): Promise<{ row: ConnectorRow, isNew: boolean }> {
  const { database, catalogue, archive } = deps
  const found = (): Promise<ConnectorRow | undefined> => findConnector(database.tenant(caller.tenantId), caller.tenantId, id)
  const existing = isConnectorId(id) ? await found() : undefined
  if (existing !== undefined) return { row: existing, isNew: false }
  const entry = await catalogue.find(id)
  if (entry === undefined || entry.file === null) throw new HubError('not_found', `The catalogue has no service ${id.slice(0, 128)}.`)
  // The published address is no base for relative servers: what is in the package is complete by itself.
  const read: ReadDocument = { bytes: await archive.read(entry.file), contentType: 'application/json', sourceUrl: undefined, origin: 'catalogue' }
  const date = entry.date ?? entry.asOf ?? ''
  try {
    const document = await understand(read)
    return { row: await storeConnector(deps, caller, { id, name: entry.name, read, document, catalogue: { description: entry.description, categories: entry.categories, date } }), isNew: true }
  } catch (error) {
    // Somebody else installed it meanwhile.
    const row = isHubError(error, 'conflict') ? await found() : undefined
    if (row === undefined) throw error
    return { row, isNew: false }
  }
}
