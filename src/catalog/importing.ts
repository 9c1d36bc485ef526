/** From a document's bytes to a stored connector. */
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Connector } from '../connectors/connector.ts'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import { HubError, isHubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { sha256Of, type Documents } from './documents.ts'
import { manifestOf, type ManifestInput } from './facts.ts'
import { checkConnectorId, connectorIdOf } from './ids.ts'
import { importDocument } from './openapi/engine.ts'
import type { ImportedDocument } from './openapi/types.ts'
import { readSource, type DocumentSource, type ReadDocument } from './source.ts'
import { findConnector, insertConnector, replaceOperations, type ConnectorRow, type NewConnector } from './store.ts'

export interface ImportDeps {
  database: Database
  http: HttpClient
  documents: Documents
  builtIn: ReadonlyMap<string, Connector>
}

export interface ImportInput {
  /** Made from the document's title unless given. */
  id?: string | undefined
  /** The document's title unless given. */
  name?: string | undefined
  source: DocumentSource
}

/** A document that was read and understood, not stored yet. */
export interface Prepared { read: ReadDocument, document: ImportedDocument }

export interface Placed extends Prepared {
  id: string
  name: string
  catalogue?: ManifestInput['catalogue']
}

export async function prepare({ http }: Pick<ImportDeps, 'http'>, source: DocumentSource): Promise<Prepared> {
  const read = await readSource(http, source)
  return { read, document: await understand(read) }
}

export async function understand({ bytes, contentType, sourceUrl }: ReadDocument): Promise<ImportedDocument> {
  const document = await importDocument({ bytes, ...contentType !== undefined && { contentType }, ...sourceUrl !== undefined && { sourceUrl } })
  const unnamable = document.operations.find(({ id }) => id.includes('\0'))
  if (unnamable === undefined) return document
  throw new HubError('invalid_document', 'An operationId of the document holds a NUL character.', { errors: [{ pointer: '', detail: `${unnamable.method} ${unnamable.path} has a NUL character in its operationId` }] })
}

export async function importConnector(deps: ImportDeps, caller: Caller, { id, name, source }: ImportInput): Promise<ConnectorRow> {
  // Told before the document is fetched and read, where it can be.
  if (id !== undefined) await checkFree(deps, caller, checkConnectorId(id))
  const prepared = await prepare(deps, source)
  const chosen = id ?? (connectorIdOf(name ?? prepared.document.title) || `api-${(await sha256Of(prepared.document.normalised)).slice(0, 8)}`)
  if (id === undefined) await checkFree(deps, caller, chosen)
  return storeConnector(deps, caller, { ...prepared, id: chosen, name: name ?? prepared.document.title })
}

async function checkFree({ database, builtIn }: ImportDeps, caller: Caller, id: string): Promise<void> {
  if (builtIn.has(id)) {
    throw new HubError('conflict', `${id} is a connector of the hub itself. Choose another id.`, { errors: [{ pointer: '/id', detail: 'is taken by a built-in connector' }] })
  }
  if (await findConnector(database.tenant(caller.tenantId), caller.tenantId, id) !== undefined) throw taken(id)
}

function taken(id: string): HubError {
  return new HubError('conflict', `There is a connector ${id} already. Choose another id, or import the document anew over it: POST /api/v1/connectors/${id}/reimport.`, {
    errors: [{ pointer: '/id', detail: 'is taken; re-import to replace its document' }],
  })
}

/** Throws `conflict` where the id is taken. Nothing is left behind by a failure. */
export async function storeConnector(deps: ImportDeps, caller: Caller, placed: Placed): Promise<ConnectorRow> {
  const { tenantId } = caller
  const row = await writeDocuments(deps, tenantId, placed)
  try {
    return await deps.database.tenant(tenantId).transaction(async (db) => {
      const inserted = await insertConnector(db, tenantId, row)
      await replaceOperations(db, tenantId, row.id, placed.document.operations)
      await recordChange(db, caller, {
        action: 'connector.imported', targetType: 'connector', targetId: row.id, detail: { name: row.name, origin: row.origin, operations: row.detail.operationCount },
      })
      return inserted
    })
  } catch (error) {
    await discard(deps, tenantId, row, error)
    throw brokenUniqueConstraint(error) === undefined ? error : taken(row.id)
  }
}

/** For a transaction that failed. Where the answer to its commit was lost it may have succeeded, so its documents stay. */
export async function discard({ documents }: Pick<ImportDeps, 'documents'>, tenantId: string, row: NewConnector, error: unknown): Promise<void> {
  if (!isHubError(error, 'database_unavailable')) await documents.remove(tenantId, [row.documentBlob, row.detail.originalBlob])
}

/** The blobs come first: a row must never name a document that isn't there. Whoever fails after it removes them. */
export async function writeDocuments({ documents }: Pick<ImportDeps, 'documents'>, tenantId: string, placed: Placed): Promise<NewConnector> {
  const { id, name, read, document, catalogue } = placed
  const { normalised, ...described } = document
  const [originalBlob, documentBlob, documentSha256] = await Promise.all([
    documents.write(tenantId, read.bytes, id), documents.write(tenantId, normalised, `${id}.openapi.json`), sha256Of(normalised),
  ])
  return {
    id, kind: 'openapi', name, origin: read.origin, manifest: manifestOf({ id, name, document: described, catalogue }), documentBlob, documentSha256,
    detail: {
      title: document.title, specification: document.specification, servers: document.servers, operationServers: document.operationServers,
      securitySchemes: document.securitySchemes, security: document.security, warnings: document.warnings, operationCount: document.operations.length,
      sourceUrl: read.sourceUrl ?? null, originalBlob, originalType: typeOf(read),
    },
  }
}

function typeOf({ bytes }: ReadDocument): string {
  // By content: senders say all sorts of things.
  return /^[\s\ufeff]*[{[]/.test(bytes.toString('utf8', 0, 64)) ? 'application/json' : 'application/yaml'
}
