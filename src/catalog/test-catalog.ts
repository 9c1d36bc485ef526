/** For the tests of this folder: connectors of two tenants on a database of their own, and a server that documents are fetched from. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { startUpstream, type Upstream } from '../../test/upstream.ts'
import { withDatabase } from '../../test/postgres.ts'
import { createBlobs } from '../blobs/blobs.ts'
import type { Connector } from '../connectors/connector.ts'
import type { Database } from '../db/database.ts'
import { findUsedOperations } from '../executions/used-operations.ts'
import { testClient, type TestClientOptions } from '../lib/http/test-client.ts'
import { systemCaller, type Caller } from '../tenants/caller.ts'
import { createConnectors, type Connectors } from './connectors.ts'
import { createCatalogue, entryOfManifest } from './directory/catalogue.ts'
import { createDocuments } from './documents.ts'
import { createConnectorRegistry, type ConnectorRegistry } from './registry.ts'

export interface TestCatalog {
  connectors: Connectors
  registry: ConnectorRegistry
  /** As another process of the same hub would have it. */
  otherRegistry: ConnectorRegistry
  database: Database
  /** Owner of the database, past row-level security. */
  caller: Caller
  otherCaller: Caller
  upstream: Upstream
  /** An integration of the connector, as the integrations' area would store it. */
  addIntegration(caller: Caller, connector: string, name: string): Promise<string>
  addExecution(caller: Caller, integrationId: string, operation: string): Promise<void>
  /** Rows of connectors, operations and blobs, over all tenants. */
  countRows(): Promise<{ connectors: number, operations: number, blobs: number, changes: number }>
}

export interface TestCatalogOptions {
  http?: TestClientOptions
  /** Documents of the catalogue, by file. */
  archive?: Record<string, unknown>
}

export function withCatalog(use: (catalog: TestCatalog) => Promise<void>, { http = {}, archive = {} }: TestCatalogOptions = {}): Promise<void> {
  return withDatabase(async (database) => {
    const folder = await mkdtemp(join(tmpdir(), 'interchange-catalog-'))
    const upstream = await startUpstream()
    await using client = testClient(http)
    const documents = createDocuments(createBlobs({ database, folder }))
    const make = (): ConnectorRegistry => createConnectorRegistry({ database, documents, builtIn: [ping] })
    const registry = make()
    const connectors = createConnectors({
      database, http: client, documents, registry, builtIn: [ping], catalogue: createCatalogue({ builtIn: [entryOfManifest(ping.manifest)] }),
      archive: { read: async (file) => Buffer.from(JSON.stringify(archive[file])) },
      use: {
        integrations: async (tenantId, connector) => (await database.tenant(tenantId).query<{ id: string, name: string }>('select id, name from integrations where tenant_id = $1 and connector = $2 order by id', [tenantId, connector])).rows,
        recentOperations: (tenantId, integrationIds, operations) => findUsedOperations(database, tenantId, integrationIds, operations),
      },
    })
    try {
      await use({
        connectors, registry, otherRegistry: make(), database, upstream, caller: await addTenant(database, 'one'), otherCaller: await addTenant(database, 'two'),
        addIntegration: (caller, connector, name) => addIntegration(database, caller, { connector, name }),
        addExecution: (caller, integrationId, operation) => addExecution(database, caller, { integrationId, operation }),
        countRows: () => countRows(database),
      })
    } finally {
      await upstream.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
}

async function addTenant(database: Database, slug: string): Promise<Caller> {
  const id = uuidv7()
  await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, slug])
  return { ...systemCaller(id), actor: `key:of-${slug}` }
}

async function addIntegration(database: Database, { tenantId }: Caller, { connector, name }: { connector: string, name: string }): Promise<string> {
  const id = uuidv7()
  await database.tenant(tenantId).query('insert into integrations (tenant_id, id, name, connector, kind) values ($1, $2, $3, $4, $5)', [tenantId, id, name, connector, 'api'])
  return id
}

async function addExecution(database: Database, { tenantId }: Caller, { integrationId, operation }: { integrationId: string, operation: string }): Promise<void> {
  await database.tenant(tenantId).query(
    `insert into executions (tenant_id, id, integration_id, operation, status, started_at, latency_ms, size_bytes, record) values ($1, $2, $3, $4, 'succeeded', now(), 1, 2, '{}')`,
    [tenantId, uuidv7(), integrationId, operation])
}

async function countRows(database: Database): Promise<{ connectors: number, operations: number, blobs: number, changes: number }> {
  const { rows } = await database.system.query<{ connectors: number, operations: number, blobs: number, changes: number }>(
    `select (select count(*)::int from connectors) as connectors, (select count(*)::int from connector_operations) as operations,
       (select count(*)::int from blobs) as blobs, (select count(*)::int from audit_log) as changes`)
  return rows[0]!
}

/** A connector of the hub's own, as small as the contract allows. */
const ping: Connector = {
  manifest: {
    type: 'ping', name: 'Ping', description: 'Answers what it is given.', service: 'none', version: '1.0.0', kind: 'messaging', categories: ['testing'],
    capabilities: { operations: ['echo'], authentication: ['none'], dataTypes: ['json'], features: [] }, credentialSchema: {},
    configurationSchema: { type: 'object', properties: { loud: { type: 'boolean', default: false } } },
    events: [{ eventType: 'ping.heard', description: 'Somebody said something.', schemaPath: 'heard.json' }], dependencies: [], supportLevel: 'official',
    developer: 'Interchange', documentation: '', lastUpdated: '2026-01-01',
  },
  operations: {
    list: async () => [{ id: 'echo', summary: 'Say it again.', tags: ['talk'] }],
    find: async (id) => (id === 'echo' ? { id, summary: 'Say it again.', retrySafe: true, input: { type: 'object', properties: { text: { type: 'string' } } }, validateInput: () => undefined, run: async ({ input }) => input } : undefined),
  },
  eventSchema: () => ({ type: 'object' }),
  testConnection: async () => ({ detail: 'Nothing to test.' }),
}

interface PathOf { [method: string]: unknown }

/** A small OpenAPI 3.0 document. */
export function petDocument(paths: Record<string, PathOf> = petPaths(), { title = 'Pet Store', servers = [{ url: 'https://pets.example.com/v1' }] }: { title?: string, servers?: { url: string }[] } = {}): Record<string, unknown> {
  return {
    openapi: '3.0.3', info: { title, version: '1.2.0', description: 'Pets and their owners.' }, servers, paths,
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } }, schemas: { Pet: { type: 'object', required: ['name'], properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' }, tag: { type: 'string', enum: ['cat', 'dog'] } } } } },
    security: [{ key: [] }],
  }
}

export function petPaths(): Record<string, PathOf> {
  const pet = { description: 'A pet.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } }
  return {
    '/pets': {
      get: { operationId: 'listPets', summary: 'List pets', tags: ['pets'], parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }], responses: { 200: { description: 'Pets.' } } },
      post: { operationId: 'addPet', summary: 'Add a pet', tags: ['pets'], requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } }, responses: { 201: pet } },
    },
    '/pets/{id}': { get: { operationId: 'getPet', summary: 'Get a pet', tags: ['pets', 'reading'], parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }], responses: { 200: pet } } },
    '/owners': { get: { summary: 'List owners', tags: ['owners'], responses: { 200: { description: 'Owners.' } } } },
  }
}
