/** A tenant that owns one of everything, so that suites can show that nobody else reaches any of it. */
import { Client } from 'pg'
import { uuidv7 } from 'uuidv7'
import { expect, vi } from 'vitest'
import { json, type Upstream } from './upstream.ts'
import { serviceDocument } from './api-document.ts'
import { addConnector, addIntegration, expectStatus } from './service.ts'
import type { Reply, TestHub } from './hub.ts'

/** Ids by kind. All of them, and `mark`, must never be seen by another tenant. */
export interface Everything {
  tenantId: string
  /** Stands in names, so that it shows in whatever leaks. */
  mark: string
  integration: string
  example: string
  credential: string
  connector: string
  execution: string
  blob: string
  member: string
  invitation: string
  key: string
  event: string
  eventType: string
  pulsarBridge: string
  webhookSource: string
  webhook: string
  delivery: string
  oauthClient: string
  connectSession: string
  authorization: string
  deviceAuthorization: string
  agent: string
  flow: string
  run: string
}

/** Takes over the upstream's answers. `key`: of an owner of the tenant. */
export async function ownEverything(hub: TestHub, upstream: Upstream, { key, mark }: { key: string, mark: string }): Promise<Everything> {
  const call = async (method: string, path: string, body?: unknown): Promise<any> => expectStatus(method === 'POST' ? 201 : 200, await hub.call(method, path, body, { key })).body // eslint-disable-line typescript/no-explicit-any
  upstream.answer((request, response) => {
    if (request.url === '/device') json(response, 200, { device_code: 'a-device-code', user_code: 'AB-CD', verification_uri: 'https://example.com/device', expires_in: 3600 })
    else if (request.url === '/token') json(response, 200, { access_token: 'a-token-of-some-length', token_type: 'bearer', expires_in: 3600 })
    else if (request.url.startsWith('/files/')) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.alloc(1000, 7))
    else if (request.url === '/health') json(response, 503, {})
    else json(response, 200, {})
  })
  const tenant = await call('GET', '/api/v1/tenant')
  const connector = await addConnector(hub.call, upstream.url, { key, security: 'oauth', id: `${mark}-shop` })
  const credential = await call('POST', '/api/v1/credentials', { id: `${mark}-credential`, name: mark, connector, credentials: { oauth: { clientId: `${mark}-client`, clientSecret: 'a client secret of length' } } })
  const integration = await addIntegration(hub.call, {
    name: mark, connector, credentialId: credential.id, metadata: { tags: [mark] },
    monitoring: { healthChecks: [{ endpoint: '/health', interval: 3_600_000 }], alerts: [{ name: mark, metric: 'health', operator: 'below', threshold: 1, url: `${upstream.url}/alert` }] },
  }, { key })
  const run = expectStatus(200, await hub.call('POST', `/api/v1/integrations/${integration}/run`, { operation: 'getFile', input: { id: '1' } }, { key })).body
  // The first check is due at once, fires the alert, and the alert is told. Afterwards all is quiet.
  await vi.waitFor(() => { expect(upstream.asked.map(({ body }) => body)).toContainEqual(expect.stringContaining(integration)) }, { timeout: 20_000, interval: 50 })
  const member = await call('POST', '/api/v1/members', { email: `${mark}@example.com`, name: mark, role: 'developer' })
  const invitation = await call('POST', '/api/v1/members/invitations', { email: `${mark}-guest@example.com`, role: 'viewer' })
  const made = await call('POST', '/api/v1/keys', { name: mark, role: 'viewer' })
  expectStatus(201, await hub.call('POST', '/api/v1/connectors', { id: `${mark}-second`, document: serviceDocument(upstream.url, { title: mark }) }, { key, headers: { 'idempotency-key': `${mark}-key` } }))
  await addMinute(hub.connectionString, tenant.id, integration)
  await told(hub, { type: 'integration.created', key })
  const example = await call('POST', `/api/v1/integrations/${integration}/examples`, { operation: 'getFile', name: mark, input: { id: mark } })
  return {
    tenantId: tenant.id, mark, integration, example: example.id, credential: credential.id, connector, execution: run.execution.id, blob: run.data.$blob.id, member: member.id, invitation: invitation.id, key: made.id,
    ...await ownEvents(hub, { tenantId: tenant.id, key, mark }),
    // Paused: what runs one writes down what it does.
    pulsarBridge: (await call('POST', '/api/v1/pulsar-bridges', { name: mark, serviceUrl: 'ws://127.0.0.1:1', authentication: { token: `${mark}-token` }, consume: [{ topic: mark }], status: 'paused' })).id,
    agent: (await call('POST', '/api/v1/agents', { name: `${mark}-agent`, description: mark, model: { integration }, tools: { operations: [`${mark}/*`] } })).id,
    webhookSource: await ownSource(hub, { key, mark }),
    ...await ownConnections(hub, { url: upstream.url, tenantId: tenant.id, credential: credential.id, key, mark }),
    ...await ownWebhooks(hub, { url: `${upstream.url}/hook`, key, mark }),
    ...await ownFlow(hub, { tenantId: tenant.id, mark }),
  }
}

/** Nobody waits for what the hub tells: afterwards it is stored. */
async function told(hub: TestHub, { type, key }: { type: string, key: string }): Promise<void> {
  await vi.waitFor(async () => { expect((await hub.call('GET', `/api/v1/events?type=${type}`, undefined, { key })).body.data).not.toEqual([]) })
}

/** An event with an id of its own that came once more, a type with a schema, and somebody who follows. */
async function ownEvents(hub: TestHub, { tenantId, key, mark }: { tenantId: string, key: string, mark: string }): Promise<Pick<Everything, 'event' | 'eventType'>> {
  const eventType = `${mark}.typed`
  expectStatus(201, await hub.call('PUT', `/api/v1/event-types/${eventType}`, { description: mark, schema: { type: 'object' } }, { key }))
  const { ids: [event] } = expectStatus(202, await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: `${mark}-event`, source: `/${mark}`, type: eventType, data: { mark } }, { key })).body as { ids: string[] }
  await withClient(hub.connectionString, (client) => client.query(`insert into event_followers (tenant_id, name, xid, id) values ($1, $2, '0', '00000000-0000-0000-0000-000000000000')`, [tenantId, mark]))
  expectStatus(202, await hub.call('POST', `/api/v1/events?repeats=${event}`, { specversion: '1.0', id: `${mark}-again`, source: `/${mark}`, type: eventType, data: { mark } }, { key }))
  return { event: event!, eventType }
}

/** A source that took an event once, and refused a request. */
async function ownSource(hub: TestHub, { key, mark }: { key: string, mark: string }): Promise<string> {
  const { id, url } = expectStatus(201, await hub.call('POST', '/api/v1/webhook-sources', { name: mark, verification: { scheme: 'bearer', secret: `${mark}-token` }, dedupe: { header: 'X-Id' } }, { key })).body as { id: string, url: string }
  const path = new URL(url).pathname
  expectStatus(202, await hub.call('POST', path, { mark }, { key: `${mark}-token`, headers: { 'x-id': mark } }))
  expectStatus(401, await hub.call('POST', path, { mark }, { key: 'another token' }))
  // Its figures are written before they are read.
  expectStatus(200, await hub.call('GET', '/api/v1/figures/webhook-sources', undefined, { key }))
  return id
}

/** An endpoint that got a delivery, and one that has another waiting. */
async function ownWebhooks(hub: TestHub, { url, key, mark }: { url: string, key: string, mark: string }): Promise<Pick<Everything, 'webhook' | 'delivery'>> {
  const call = (method: string, path: string, body?: unknown): Promise<Reply> => hub.call(method, `/api/v1/webhooks${path}`, body, { key })
  const [active, paused] = (await Promise.all([mark, `${mark} paused`].map((name) => call('POST', '', { name, url, events: [`${mark}.*`], headers: { 'X-Mark': mark } })))).map((reply) => expectStatus(201, reply).body['id'] as string)
  expectStatus(200, await call('POST', `/${paused}/pause`))
  const delivery = expectStatus(200, await call('POST', `/${active}/test`, { type: `${mark}.happened`, data: { mark } })).body
  expectStatus(202, await call('POST', `/${paused}/replay`, { since: new Date(Date.now() - 600_000).toISOString() }))
  // Its figures are written before they are read: afterwards all is quiet.
  await vi.waitFor(async () => { expect((await call('GET', `/${active}`)).body).toMatchObject({ monitoring: { delivered: 1 } }) }, { timeout: 20_000, interval: 50 })
  return { webhook: active!, delivery: delivery['id'] as string }
}

/** A flow with a run that is over and one that is suspended; and a row wherever else a run may leave one. */
async function ownFlow(hub: TestHub, { tenantId, mark }: { tenantId: string, mark: string }): Promise<Pick<Everything, 'flow' | 'run'>> {
  const [flowId, run, live] = [uuidv7(), uuidv7(), uuidv7()]
  const definition = JSON.stringify({ document: { dsl: '1.0.3', namespace: 'default', name: mark, version: '1.0.0' }, do: [{ say: { set: { mark } } }] })
  await withClient(hub.connectionString, async (client) => {
    const insert = (table: string, row: Record<string, unknown>): Promise<unknown> => client.query(`insert into ${table} (tenant_id, ${Object.keys(row).join(', ')}) values ($1, ${Object.keys(row).map((_, index) => `$${index + 2}`).join(', ')})`, [tenantId, ...Object.values(row)])
    const facts = { flow_id: flowId, namespace: 'default', name: mark, version: '1.0.0', trigger: '{"type":"api"}' }
    await insert('flows', { id: flowId, namespace: 'default', name: mark, latest_version: '1.0.0' })
    await insert('flow_versions', { flow_id: flowId, version: '1.0.0', status: 'published', format: 'json', source: definition, definition, sha256: mark, created_by: 'system', published_at: new Date() })
    await insert('flow_versions', { flow_id: flowId, version: '1.1.0', status: 'draft', format: 'json', source: definition, definition, sha256: mark, created_by: 'system' })
    await insert('flow_live', { ...facts, id: live, status: 'suspended', input: '{}', rights: '{"actor":"system","role":"owner","scopes":[]}' })
    await insert('flow_runs', { ...facts, id: run, status: 'completed', started_at: new Date(), ended_at: new Date(), record: JSON.stringify({ input: { mark }, output: { mark }, error: null, tasks: [] }) })
    await insert('flow_journal', { run_id: run, seq: 0, entries: '[]' })
    await insert('flow_waits', { run_id: live, wait_id: mark, filter_index: 0, type: `${mark}.never`, filter: '{}', after_sequence: '' })
    await insert('flow_blobs', { blob_id: uuidv7(), run_id: run })
    await insert('flow_signals', { run_id: live, wait_id: mark, event_id: uuidv7(), filter_index: 0, sequence: '', event: '{}' })
    await insert('flow_schedules', { flow_id: flowId, trigger_id: mark, version: '1.0.0', settings: '{}' })
    await insert('flow_gatherings', { flow_id: flowId, trigger_id: mark, id: live, correlation: '', events: '[]' })
    await insert('flow_approvals', { id: live, hash: Buffer.from(mark), run_id: live, subject: mark, title: mark, detail: mark, expires_at: new Date(Date.now() + 3_600_000) })
    await insert('flow_keys', { flow_id: flowId, key: mark, run_id: run, expires_at: new Date(Date.now() + 3_600_000) })
  })
  await hub.hub.services.stored.measure()
  return { flow: mark, run }
}

/** A client at a vendor, accounts that are about to be connected, and one that is. */
async function ownConnections(hub: TestHub, { url, tenantId, credential, key, mark }: { url: string, tenantId: string, credential: string, key: string, mark: string }): Promise<Pick<Everything, 'oauthClient' | 'connectSession' | 'authorization' | 'deviceAuthorization'>> {
  const call = (method: string, path: string, body: unknown): Promise<Reply> => hub.call(method, `/api/v1${path}`, body, { key })
  const oauthClient = `${mark}-vendor`
  expectStatus(200, await call('PUT', `/oauth-clients/${oauthClient}`, { clientId: mark, clientSecret: `${mark}-secret`, endpoints: { authorizationUrl: `${url}/authorize`, tokenUrl: `${url}/token`, deviceAuthorizationUrl: `${url}/device` } }))
  expectStatus(200, await call('PUT', '/oauth/return-urls', { urls: [`https://${mark}.example.com/`] }))
  const session = expectStatus(201, await call('POST', '/connect-sessions', { vendor: oauthClient, endUser: { id: mark } })).body as { id: string, url: string }
  expectStatus(303, await hub.call('POST', new URL(session.url).pathname, '', { key: null, headers: { 'content-type': 'application/x-www-form-urlencoded' } }))
  const device = expectStatus(201, await call('POST', '/oauth/device-authorizations', { vendor: oauthClient })).body as { id: string }
  const authorization = await withClient(hub.connectionString, async (client) => {
    await client.query(`insert into credential_grants (tenant_id, credential_id, field, vendor, server, client_tenant_id, scopes, detail) values ($1, $2, 'oauth', $3, $4, $1, '{}', $5)`, [tenantId, credential, oauthClient, JSON.stringify({ name: mark, keep: [] }), JSON.stringify({ mark })])
    const { rows } = await client.query<{ id: string }>(`select id from oauth_authorizations where tenant_id = $1 and kind = 'code'`, [tenantId])
    return rows[0]!.id
  })
  return { oauthClient, connectSession: session.id, authorization, deviceAuthorization: device.id }
}

/** Figures come into their table once their minute is over, which nobody wants to wait for. */
async function addMinute(connectionString: string, tenantId: string, integrationId: string): Promise<void> {
  await withClient(connectionString, (client) => client.query(
    `insert into integration_minutes (tenant_id, integration_id, minute, succeeded, latency_counts) values ($1, $2, date_trunc('minute', now() - interval '1 hour'), 1, '{}')`,
    [tenantId, integrationId]))
}

/** As the owner of the tables, whom row-level security holds too unless he is a superuser. */
export async function withClient<Result>(connectionString: string, work: (client: Client) => Promise<Result>, options?: string): Promise<Result> {
  const client = new Client({ connectionString, ...options !== undefined && { options } })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Tables with rows of tenants, from the catalogue: a new one is there by itself. Partitions are left out. */
export async function listTenantTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`)
  return rows.map(({ name }) => name)
}

/**
 * All rows of a tenant, as text, table by table. What changes by itself or by looking is left out: figures, which are added up when
 * their minute is over, what is stored, which is measured every minute, when keys were last used, operations made ready for their first run.
 */
export async function dumpTenant(connectionString: string, tenantId: string): Promise<Record<string, string[]>> {
  return withClient(connectionString, async (client) => {
    const dump: Record<string, string[]> = {}
    for (const table of (await listTenantTables(client)).filter((name) => !['integration_minutes', 'webhook_source_minutes', 'stored_days'].includes(name))) {
      const { rows } = await client.query<{ row: string }>(`select (to_jsonb(t) - 'last_used_at' - 'resolved')::text as row from ${table} t where tenant_id = $1 order by 1`, [tenantId])
      dump[table] = rows.map(({ row }) => row)
    }
    return dump
  })
}
