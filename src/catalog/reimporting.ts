/** A newer document for a connector: what would change, whom it touches, and then the change itself. */
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { HubError } from '../errors.ts'
import { discard, prepare, understand, writeDocuments, type Prepared } from './importing.ts'
import { readFromCatalogue, type InstallDeps } from './installing.ts'
import { diffDocuments } from './openapi/engine.ts'
import type { DocumentDifference } from './openapi/types.ts'
import type { DocumentSource } from './source.ts'
import { findConnector, replaceOperations, updateConnector, type ConnectorRow } from './store.ts'

/** Who uses a connector. Integrations and executions answer. */
export interface ConnectorUse {
  integrations(tenantId: string, connectorId: string): Promise<{ id: string, name: string }[]>
  /** Which of `operations` each integration has run lately, by integration id. */
  recentOperations(tenantId: string, integrationIds: string[], operations: string[]): Promise<Map<string, string[]>>
}

export interface AffectedIntegration {
  id: string
  name: string
  /** Removed or incompatibly changed operations that it has run lately. */
  uses: string[]
}

export interface Reimport {
  difference: DocumentDifference
  /** All integrations of the connector; first those that have run what breaks. */
  integrations: AffectedIntegration[]
  warnings: string[]
  applied: boolean
  /** After the change, where it was applied. */
  row: ConnectorRow
}

export interface ReimportDeps extends InstallDeps { use: ConnectorUse }

export interface ReimportInput {
  /** Left out: where the document came from, an address or the catalogue. */
  source?: DocumentSource | undefined
  apply: boolean
  /** The connector's revision as it was read. */
  ifMatch?: string | undefined
}

export async function reimportConnector(deps: ReimportDeps, caller: Caller, id: string, { source, apply, ifMatch }: ReimportInput): Promise<Reimport> {
  const { tenantId } = caller
  const before = await findConnector(deps.database.tenant(tenantId), tenantId, id)
  if (before === undefined) throw new HubError('not_found', 'There is no such imported connector.')
  if (ifMatch !== undefined && ifMatch !== String(before.revision)) throw changedMeanwhile()
  const prepared = source === undefined ? await fromOrigin(deps, before) : await prepare(deps, source)
  const old = await deps.documents.read(tenantId, before.documentBlob)
  const difference = await diffDocuments(old, prepared.document.normalised)
  const integrations = await affected(deps.use, tenantId, id, difference)
  const { warnings } = prepared.document
  if (!apply) return { difference, integrations, warnings, applied: false, row: before }
  return { difference, integrations, warnings, applied: true, row: await applyDocument(deps, caller, { before, prepared, difference }) }
}

async function fromOrigin(deps: ReimportDeps, { id, origin, detail }: ConnectorRow): Promise<Prepared> {
  if (detail.sourceUrl !== null) return prepare(deps, { url: detail.sourceUrl })
  const found = origin === 'catalogue' ? await readFromCatalogue(deps, id) : undefined
  if (found !== undefined) return { read: found.read, document: await understand(found.read) }
  throw new HubError('invalid_input', 'Send the new document, or the URL of one: this connector did not come from a URL.', { errors: [{ pointer: '/document', detail: 'is needed' }] })
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the connector meanwhile. Look at the difference again, then apply it.')
}

async function affected(use: ConnectorUse, tenantId: string, connectorId: string, { removed, changed }: DocumentDifference): Promise<AffectedIntegration[]> {
  const all = await use.integrations(tenantId, connectorId)
  const breaking = [...removed, ...changed.filter((operation) => operation.breaking)].map(({ id }) => id)
  const recent = all.length === 0 || breaking.length === 0 ? new Map<string, string[]>() : await use.recentOperations(tenantId, all.map(({ id }) => id), breaking)
  return all.map(({ id, name }) => ({ id, name, uses: (recent.get(id) ?? []).sort() })).sort((a, b) => Number(b.uses.length > 0) - Number(a.uses.length > 0))
}

interface Application { before: ConnectorRow, prepared: Prepared, difference: DocumentDifference }

async function applyDocument(deps: ReimportDeps, caller: Caller, { before, prepared, difference }: Application): Promise<ConnectorRow> {
  const { tenantId } = caller
  const { document } = prepared
  // A name that was the document's own follows it; one that somebody chose stays.
  const name = before.name === before.detail.title ? document.title : before.name
  const row = await writeDocuments(deps, tenantId, { ...prepared, id: before.id, name })
  // What the catalogue said of it still holds.
  row.manifest.categories = before.manifest.categories
  try {
    const updated = await deps.database.tenant(tenantId).transaction(async (db) => {
      const updated = await updateConnector(db, tenantId, row, before.revision)
      if (updated === undefined) throw changedMeanwhile()
      await replaceOperations(db, tenantId, before.id, document.operations)
      await recordChange(db, caller, {
        action: 'connector.reimported', targetType: 'connector', targetId: before.id,
        detail: { revision: updated.revision, added: difference.added.length, removed: difference.removed.length, changed: difference.changed.length, breaking: difference.breaking },
      })
      return updated
    })
    await deps.documents.remove(tenantId, [before.documentBlob, before.detail.originalBlob])
    return updated
  } catch (error) {
    await discard(deps, tenantId, row, error)
    throw error
  }
}
