/** Connectors ready to be used: the hub's own, and those made from documents, which are kept in memory with the operations in use. */
import { LRUCache } from 'lru-cache'
import type { Connector, Operation } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError, isHubError } from '../errors.ts'
import type { Documents } from './documents.ts'
import { isConnectorId } from './ids.ts'
import { resolveOperation } from './openapi/engine.ts'
import { createOpenApiConnector } from './openapi/connector.ts'
import type { ResolvedOperation } from './openapi/types.ts'
import { storableJson } from './storable.ts'
import { findConnector, findDocumentId, findOperation, keepResolved, listOperations, type ConnectorRow } from './store.ts'

/** Payload: `<tenant>:<connector>`. */
export const CONNECTORS_CHANGED = 'interchange_connectors'

export interface ConnectorRegistry {
  /** What is in memory and fresh: for the hot path, where a promise costs more than the look-up. */
  peek(tenantId: string, id: string): Connector | undefined
  find(tenantId: string, id: string): Promise<Connector | undefined>
  /** It was changed: the next `find` asks the database. */
  forget(tenantId: string, id: string): void
  forgetAll(): void
}

export interface RegistryDeps { database: Database, documents: Documents, builtIn: Connector[] }

interface Entry {
  connector: Connector
  /** Id of its document: another one with each import, so that not even removing and importing anew goes unseen. */
  document: string
  freshUntil: number
  /** Length of the text that the operations in use were made from. */
  operationsText: number
}

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000
/** Bounds the memory that connectors and their operations take, measured by the text that they were made from. */
const MAX_TEXT = 128 * 1024 * 1024
const CONNECTOR_TEXT = 20_000

export function createConnectorRegistry(deps: RegistryDeps): ConnectorRegistry {
  const builtIn = new Map(deps.builtIn.map((connector) => [connector.manifest.type, connector]))
  const shelf = new Shelf()
  const loading = new Map<string, Promise<Connector | undefined>>()

  const peek = (tenantId: string, id: string): Connector | undefined => builtIn.get(id) ?? shelf.fresh(`${tenantId}:${id}`)

  const forget = (tenantId: string, id: string): void => {
    shelf.expire(`${tenantId}:${id}`)
    // What is being read at this moment may be from before the change.
    loading.delete(`${tenantId}:${id}`)
  }

  const find = async (tenantId: string, id: string): Promise<Connector | undefined> => {
    const known = peek(tenantId, id)
    if (known !== undefined || !isConnectorId(id)) return known
    const key = `${tenantId}:${id}`
    let running = loading.get(key)
    if (running === undefined) {
      const newest = (): Promise<Connector | undefined> => {
        forget(tenantId, id)
        return find(tenantId, id)
      }
      running = load(deps, shelf, { tenantId, id, newest }).finally(() => { if (loading.get(key) === running) loading.delete(key) })
      loading.set(key, running)
    }
    return running
  }

  const forgetAll = (): void => {
    shelf.expireAll()
    loading.clear()
  }

  return { peek, find, forget, forgetAll }
}

/** What is in memory. */
class Shelf {
  readonly #entries = new LRUCache<string, Entry>({ maxSize: MAX_TEXT, sizeCalculation: ({ operationsText }) => Math.min(MAX_TEXT, CONNECTOR_TEXT + operationsText) })
  #changes = 0

  fresh(key: string): Connector | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.freshUntil > Date.now() ? entry.connector : undefined
  }

  any(key: string): Entry | undefined { return this.#entries.get(key) }

  /** Ask for it before reading; what it gives is in the past where something was changed since. */
  stamp(): () => number {
    const before = this.#changes
    return () => (this.#changes === before ? Date.now() + FRESH_MS : 0)
  }

  set(key: string, entry: Entry): void { this.#entries.set(key, entry) }

  delete(key: string): void { this.#entries.delete(key) }

  grow(key: string, entry: Entry, length: number): void {
    entry.operationsText += length
    if (this.#entries.peek(key) === entry) this.#entries.set(key, entry)
  }

  expire(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.freshUntil = 0
    this.#changes += 1
  }

  expireAll(): void {
    for (const entry of this.#entries.values()) entry.freshUntil = 0
    this.#changes += 1
  }
}

interface Wanted { tenantId: string, id: string, newest: Surroundings['newest'] }

async function load(deps: RegistryDeps, shelf: Shelf, { tenantId, id, newest }: Wanted): Promise<Connector | undefined> {
  const key = `${tenantId}:${id}`
  const db = deps.database.tenant(tenantId)
  const known = shelf.any(key)
  const freshUntil = shelf.stamp()
  if (known !== undefined && await findDocumentId(db, tenantId, id) === known.document) {
    known.freshUntil = freshUntil()
    return known.connector
  }
  const row = await findConnector(db, tenantId, id)
  if (row === undefined) {
    shelf.delete(key)
    return undefined
  }
  const entry: Entry = {
    document: row.documentBlob, freshUntil: freshUntil(), operationsText: 0,
    connector: makeConnector(deps, row, { newest, note: (length) => { shelf.grow(key, entry, length) } }),
  }
  shelf.set(key, entry)
  return entry.connector
}

interface Surroundings {
  /** The connector as it is now: this one's document may have been replaced. */
  newest(): Promise<Connector | undefined>
  /** An operation was made from a text of this length. */
  note(length: number): void
}

function makeConnector(deps: RegistryDeps, row: ConnectorRow, { newest, note }: Surroundings): Connector {
  const { tenantId, id, manifest, detail } = row
  const made = createOpenApiConnector({
    facts: manifest, credentialSchema: manifest.credentialSchema, configurationSchema: manifest.configurationSchema, securitySchemes: detail.securitySchemes, security: detail.security,
    servers: detail.servers, operationServers: detail.operationServers,
    listOperations: async () => (await listOperations(deps.database.tenant(tenantId), tenantId, id, { limit: MOST_LISTED })).map(({ summary }) => summary),
    findResolved: oneAtATime(async (operationId) => {
      const resolved = await findResolved(deps, row, operationId)
      if (resolved === undefined) return undefined
      note(resolved.length)
      return JSON.parse(resolved) as ResolvedOperation
    }),
  })
  const find = async (operationId: string): Promise<Operation | undefined> => {
    try {
      return await made.operations.find(operationId)
    } catch (error) {
      if (!(error instanceof Replaced)) throw error
      return (await newest())?.operations.find(operationId)
    }
  }
  return { ...made, manifest, operations: { ...made.operations, find } }
}

/** The connector has another document than when it was loaded. */
class Replaced extends Error {}

/** Calls that ask for the same thing meanwhile share the answer. */
function oneAtATime<Result>(find: (id: string) => Promise<Result>): (id: string) => Promise<Result> {
  const running = new Map<string, Promise<Result>>()
  return (id) => {
    let found = running.get(id)
    if (found === undefined) {
      found = find(id).finally(() => { running.delete(id) })
      running.set(id, found)
    }
    return found
  }
}

/** More than any document has. */
const MOST_LISTED = 100_000

/** The operation as JSON; undefined where the document has none of that name. What the worker resolved is kept for all processes. */
async function findResolved({ database, documents }: RegistryDeps, row: ConnectorRow, operationId: string): Promise<string | undefined> {
  const { tenantId, id, documentSha256, documentBlob } = row
  if (operationId.includes('\0')) return undefined
  const db = database.tenant(tenantId)
  const stored = await findOperation(db, tenantId, id, operationId)
  if (stored === undefined) return undefined
  if (stored.document !== documentBlob) throw new Replaced()
  if (!stored.there || stored.resolved !== null) return stored.resolved ?? undefined
  try {
    const resolved = storableJson(await resolveOperation(documentSha256, () => documents.read(tenantId, documentBlob), operationId))
    await keepResolved(db, tenantId, id, { id: operationId, resolved, document: documentBlob })
    return resolved
  } catch (error) {
    if (!isHubError(error, 'not_found')) throw error
    if (await findDocumentId(db, tenantId, id) !== documentBlob) throw new Replaced()
    throw new HubError('internal', `The document of the connector ${id} is gone from the blob store.`, { cause: error })
  }
}
