/** Looking at connectors and their operations. */
import type { Connector, EventDeclaration, JsonSchema, OperationSummary } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Documents } from './documents.ts'
import { exampleOf } from './example.ts'
import { factsOfBuiltIn, factsOfRow, type ConnectorFacts, type ConnectorSummary } from './facts.ts'
import { isConnectorId } from './ids.ts'
import type { ConnectorRegistry } from './registry.ts'
import { findConnector, listOperations, listSummaries, listTags, type ConnectorRow } from './store.ts'

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

/** All throw `not_found` for a connector that isn't the tenant's or the hub's own. */
export interface Reading {
  /** By id, built-in and imported ones in one list. */
  list(caller: Caller, filter: { q?: string | undefined }, page: PageRequest): Promise<Page<ConnectorSummary>>
  find(caller: Caller, id: string): Promise<ConnectorFacts>
  operations(caller: Caller, id: string, filter: OperationsFilter, page: PageRequest): Promise<Page<OperationSummary>>
  /** How many operations each tag has. */
  tags(caller: Caller, id: string): Promise<{ tag: string, operations: number }[]>
  /** Throws `operation_not_found`, or `invalid_document` where the document does not describe it well enough. */
  operation(caller: Caller, id: string, operationId: string): Promise<OperationFacts>
  /** What it tells of by itself, with the JSON Schemas behind `schemaPath`. */
  events(caller: Caller, id: string): Promise<(EventDeclaration & { schema: JsonSchema | undefined })[]>
  /** The document as it came, or in the normal form that the hub works with: OpenAPI 3.2 in JSON. Built-in connectors have none: `not_found`. */
  document(caller: Caller, id: string, form: 'original' | 'normal'): Promise<{ bytes: Buffer, contentType: string, filename: string }>
}

export interface ReadingDeps { database: Database, documents: Documents, registry: ConnectorRegistry, builtIn: ReadonlyMap<string, Connector> }

export function createReading({ database, documents, registry, builtIn }: ReadingDeps): Reading {
  const find: Reading['find'] = async (caller, id) => {
    const own = builtIn.get(id)
    return own === undefined ? factsOfRow(await findImported(database, caller, id)) : factsOfBuiltIn(own)
  }
  return {
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
    async events(caller, id) {
      const { manifest } = await find(caller, id)
      return manifest.events.map((event) => ({ ...event, schema: builtIn.get(id)?.eventSchema?.(event.eventType) }))
    },
    async document(caller, id, form) {
      if (builtIn.has(id)) throw new HubError('not_found', `${id} is a connector of the hub itself, which was not made from a document.`)
      const { detail, documentBlob } = await findImported(database, caller, id)
      const contentType = form === 'normal' ? 'application/json' : detail.originalType
      const bytes = await documents.read(caller.tenantId, form === 'normal' ? documentBlob : detail.originalBlob)
      return { bytes, contentType, filename: `${id.replaceAll(':', '-')}.${contentType.endsWith('json') ? 'json' : 'yaml'}` }
    },
  }
}

export async function findImported(database: Database, { tenantId }: Caller, id: string): Promise<ConnectorRow> {
  const row = isConnectorId(id) ? await findConnector(database.tenant(tenantId), tenantId, id) : undefined
  if (row === undefined) throw new HubError('not_found', `There is no connector ${id.slice(0, 128)} here. One of the catalogue is installed with POST /api/v1/connectors/{id}/install, or by its first integration.`)
  return row
}

async function listAll(database: Database, builtIn: ReadonlyMap<string, Connector>, { tenantId }: Caller, { q, limit, cursor }: { q: string | undefined } & PageRequest): Promise<Page<ConnectorSummary>> {
  const after = readCursor(cursor, 1)?.[0]
  const words = q?.replaceAll('\0', '').toLowerCase()
  const rows = await listSummaries(database.tenant(tenantId), tenantId, { q: words, after, limit: limit + 1 })
  const own = [...builtIn.values()].map(factsOfBuiltIn).filter(({ id, name, description }) =>
    (after === undefined || id > after) && (words === undefined || `${id} ${name} ${description}`.toLowerCase().includes(words)))
  const all: ConnectorSummary[] = [...own, ...rows].sort((a, b) => (a.id < b.id ? -1 : 1))
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
