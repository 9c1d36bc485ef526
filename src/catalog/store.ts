import type { IntegrationKind, Manifest, OperationSummary } from '../connectors/connector.ts'
import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import type { SecurityRequirement, SecurityScheme, Server } from './openapi/types.ts'
import { storableJson } from './storable.ts'

/** Where a connector's document came from. */
export const origins = ['document', 'url', 'catalogue'] as const
export type DocumentOrigin = (typeof origins)[number]

/** What the kind `openapi` needs besides the manifest. */
export interface ConnectorDetail {
  /** Of the document; the connector's own name may be another. */
  title: string
  /** Version of OpenAPI that the document was written in. */
  specification: string
  servers: Server[]
  operationServers: Server[]
  securitySchemes: Record<string, SecurityScheme>
  security: SecurityRequirement[]
  warnings: string[]
  operationCount: number
  /** The address that the document was read from. */
  sourceUrl: string | null
  /** The document as it came, beside the normal form in `documentBlob`. Both are zstd. */
  originalBlob: string
  originalType: string
}

export interface ConnectorRow {
  tenantId: string
  id: string
  kind: string
  name: string
  origin: DocumentOrigin
  manifest: Manifest
  detail: ConnectorDetail
  documentBlob: string
  /** Of the normal form. */
  documentSha256: string
  revision: number
  createdAt: Date
  updatedAt: Date
}

const columns = `tenant_id as "tenantId", id, kind, name, origin, manifest, detail, document_blob as "documentBlob", document_sha256 as "documentSha256",
  revision, created_at as "createdAt", updated_at as "updatedAt"`

/** A connector without what makes rows large: what a list shows of it. */
export interface SummaryRow {
  id: string
  /** What made it: `openapi`, or its own id for a hand-written one. */
  type: string
  name: string
  /** In lists cut to its beginning. */
  description: string
  kind: IntegrationKind
  origin: DocumentOrigin
  version: string
  service: string
  categories: string[]
  authentication: string[]
  supportLevel: Manifest['supportLevel']
  documentation: string
  lastUpdated: string
  operationCount: number
  /** Where its document was fetched. */
  sourceUrl: string | null
  createdAt: Date
  updatedAt: Date
  /** False where the document names no server. */
  hasServer: boolean
}

const summaryColumns = `id, kind as type, name, left(manifest->>'description', 400) as description, manifest->>'kind' as kind, origin, manifest->>'version' as version,
  manifest->>'service' as service, manifest->'categories' as categories, manifest->'capabilities'->'authentication' as authentication,
  manifest->>'supportLevel' as "supportLevel", manifest->>'documentation' as documentation, manifest->>'lastUpdated' as "lastUpdated",
  (detail->>'operationCount')::int as "operationCount", detail->>'sourceUrl' as "sourceUrl", created_at as "createdAt", updated_at as "updatedAt",
  not coalesce(manifest->'configurationSchema'->'required' ? 'baseUrl', false) as "hasServer"`

export type NewConnector = Omit<ConnectorRow, 'tenantId' | 'revision' | 'createdAt' | 'updatedAt'>

/** Breaks `connectors_pkey` where the id is taken. */
export async function insertConnector(db: Db, tenantId: string, row: NewConnector): Promise<ConnectorRow> {
  const { rows } = await db.query<ConnectorRow>(
    `insert into connectors (tenant_id, id, kind, name, origin, manifest, detail, document_blob, document_sha256)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
    [tenantId, row.id, row.kind, row.name, row.origin, storableJson(row.manifest), storableJson(row.detail), row.documentBlob, row.documentSha256])
  return rows[0]!
}

/** Undefined where the row is gone or was changed since `revision`. */
export async function updateConnector(db: Db, tenantId: string, row: NewConnector, revision: number): Promise<ConnectorRow | undefined> {
  const { rows } = await db.query<ConnectorRow>(
    `update connectors set kind = $3, name = $4, origin = $5, manifest = $6, detail = $7, document_blob = $8, document_sha256 = $9,
       revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and revision = $10 returning ${columns}`,
    [tenantId, row.id, row.kind, row.name, row.origin, storableJson(row.manifest), storableJson(row.detail), row.documentBlob, row.documentSha256, revision])
  return rows[0]
}

export async function findConnector(db: Db, tenantId: string, id: string): Promise<ConnectorRow | undefined> {
  const { rows } = await db.query<ConnectorRow>(`select ${columns} from connectors where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

/** Keeps an integration from being made with it, and another re-import from overtaking, until the transaction ends. */
export async function lockConnector(db: Db, tenantId: string, id: string): Promise<ConnectorRow | undefined> {
  const { rows } = await db.query<ConnectorRow>(`select ${columns} from connectors where tenant_id = $1 and id = $2 for update`, [tenantId, id])
  return rows[0]
}

/** Every import has a document of its own, so that it also tells a connector from its namesake before it. */
export async function findDocumentId(db: Db, tenantId: string, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ document: string }>('select document_blob as document from connectors where tenant_id = $1 and id = $2', [tenantId, id])
  return rows[0]?.document
}

/** Which of these blobs are documents of a connector. Needs the system's connection. */
export async function findNamedDocuments(db: Db, keys: { tenantId: string, id: string }[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select named.id from connectors c, unnest(array[c.document_blob::text, c.detail->>'originalBlob']) as named (id)
     where c.tenant_id = any($1::uuid[]) and named.id = any($2)`,
    [[...new Set(keys.map(({ tenantId }) => tenantId))], keys.map(({ id }) => id)])
  return new Set(rows.map(({ id }) => id))
}

export interface ConnectorFilter { q: string | undefined, after: string | undefined, limit: number }

/** By id, in byte order. `q` looks into id, name and description. */
export async function listSummaries(db: Db, tenantId: string, { q, after, limit }: ConnectorFilter): Promise<SummaryRow[]> {
  const { rows } = await db.query<SummaryRow>(
    `select ${summaryColumns} from connectors
     where tenant_id = $1 and ($2::text is null or id collate "C" > $2)
       and ($3::text is null or concat_ws(' ', id, name, manifest->>'description') ilike '%' || $3 || '%')
     order by id collate "C" limit $4`,
    [tenantId, after ?? null, literally(q), limit])
  return rows
}

export async function deleteConnector(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('delete from connectors where tenant_id = $1 and id = $2', [tenantId, id])
}

/** Rows a statement: a document of 16,000 operations must not hold the connection's parser, nor our thread, in one piece. */
const CHUNK = 500

/** All operations of a connector anew, in the document's order. What was resolved of the old ones goes with them. */
export async function replaceOperations(db: Db, tenantId: string, connectorId: string, operations: OperationSummary[]): Promise<void> {
  await db.query('delete from connector_operations where tenant_id = $1 and connector_id = $2', [tenantId, connectorId])
  for (let start = 0; start < operations.length; start += CHUNK) {
    const chunk = operations.slice(start, start + CHUNK)
    await db.query(
      `insert into connector_operations (tenant_id, connector_id, id, position, summary)
       select $1, $2, each.id, each.position, each.summary::json from unnest($3::text[], $4::int[], $5::text[]) as each (id, position, summary)`,
      [tenantId, connectorId, chunk.map(({ id }) => id), chunk.map((_, index) => start + index), chunk.map((operation) => storableJson(operation))])
  }
}

export interface OperationFilter { q?: string | undefined, tag?: string | undefined, after?: number | undefined, limit: number }
export interface ListedOperation { position: number, summary: OperationSummary }

/** In the document's order. `q` looks into id, summary, description and path. */
export async function listOperations(db: Db, tenantId: string, connectorId: string, { q, tag, after, limit }: OperationFilter): Promise<ListedOperation[]> {
  const { rows } = await db.query<ListedOperation>(
    `select position, summary from connector_operations
     where tenant_id = $1 and connector_id = $2 and ($3::int is null or position > $3)
       and ($4::text is null or case when summary::text ilike '%' || $5 || '%'
         then concat_ws(' ', id, summary->>'summary', summary->>'path', summary->>'description') ilike '%' || $4 || '%' else false end)
       and ($6::text is null or case when summary::text like '%' || $7 || '%' then summary::jsonb->'tags' ? $6 else false end)
     order by position limit $8`,
    // Taking a summary apart costs more than looking through its text, so that comes first.
    [tenantId, connectorId, after ?? null, literally(q), asInJson(q), tag ?? null, asInJson(tag), limit])
  return rows
}

/** How many operations each tag has, in the order of first use. */
export async function listTags(db: Db, tenantId: string, connectorId: string): Promise<{ tag: string, operations: number }[]> {
  const { rows } = await db.query<{ tag: string, operations: number }>(
    `select tag, count(*)::int as operations
     from connector_operations, json_array_elements_text(summary->'tags') as tag
     where tenant_id = $1 and connector_id = $2 group by tag order by min(position)`,
    [tenantId, connectorId])
  return rows
}

/** `resolved` as text: whoever needs it parses it. The document's id comes with it, since a re-import may have happened. */
export interface StoredOperation { document: string, there: boolean, resolved: string | null }

export async function findOperation(db: Db, tenantId: string, connectorId: string, id: string): Promise<StoredOperation | undefined> {
  const { rows } = await db.query<StoredOperation>(
    `select c.document_blob as document, o.id is not null as there, o.resolved::text as resolved
     from connectors c left join connector_operations o on o.tenant_id = c.tenant_id and o.connector_id = c.id and o.id = $3
     where c.tenant_id = $1 and c.id = $2`,
    [tenantId, connectorId, id])
  return rows[0]
}

/** Keeps what an operation resolved to, unless the document was replaced meanwhile: the lock holds a re-import off. */
export async function keepResolved(db: Db, tenantId: string, connectorId: string, operation: { id: string, resolved: string, document: string }): Promise<void> {
  await db.query(
    `with current as (select id from connectors where tenant_id = $1 and id = $2 and document_blob = $5 for share)
     update connector_operations o set resolved = $4::json from current
     where o.tenant_id = $1 and o.connector_id = current.id and o.id = $3`,
    [tenantId, connectorId, operation.id, operation.resolved, operation.document])
}

/** As a pattern for the text of JSON, where quotes and the like are escaped. */
function asInJson(text: string | undefined): string | null {
  return literally(text === undefined ? undefined : JSON.stringify(text).slice(1, -1))
}

/** All of a tenant's, by name. */
export async function listAllSummaries(db: Db, tenantId: string): Promise<SummaryRow[]> {
  const { rows } = await db.query<SummaryRow>(`select ${summaryColumns} from connectors where tenant_id = $1 order by lower(name), id`, [tenantId])
  return rows
}
