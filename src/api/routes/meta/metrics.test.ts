import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../../test/service.ts'
import { startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let other: string
let integration: string
let tenant: string

beforeAll(async () => {
  upstream = await startUpstream();
  ({ hub, close } = await openHub())
  other = await hub.addTenant('other')
  const connector = await addConnector(hub.call, upstream.url, { key: other })
  integration = await addIntegration(hub.call, { connector }, { key: other })
  expectStatus(200, await hub.call('POST', `/api/v1/integrations/${integration}/run`, { operation: 'getItem', input: { id: '1' } }, { key: other }))
  tenant = (await hub.call('GET', '/api/v1/tenant', undefined, { key: other })).body.id
})
afterAll(async () => {
  await close()
  await upstream.close()
})

const keyOf = async (body: object): Promise<string> => expectStatus(201, await hub.call('POST', '/api/v1/keys', { name: 'k', ...body })).body.key

test('whoever has no key sees figures of the process, and nothing of any tenant', async () => {
  const { status, text } = await hub.call('GET', '/metrics', undefined, { key: null })
  expect(status).toBe(200)
  for (const name of ['interchange_http_request_duration_seconds_count', 'interchange_jobs', 'interchange_integration_call_duration_seconds_count', 'process_resident_memory_bytes']) expect(text).toContain(name)
  for (const hidden of [integration, tenant, 'interchange_integration_calls_total', 'interchange_stored_bytes']) expect(text).not.toContain(hidden)
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
})

test("a key of the operator's with the scope for it sees the calls of every tenant's integrations besides, and what each tenant stores", async () => {
  const key = await keyOf({ role: 'admin', scopes: ['metrics:read'] })
  const { status, text } = await hub.call('GET', '/metrics', undefined, { key })
  expect(status).toBe(200)
  expect(text).toContain(`interchange_integration_calls_total{tenant="${tenant}",integration="${integration}",status="succeeded"} 1`)
  expect(text).toMatch(new RegExp(`interchange_stored_bytes\\{tenant="${tenant}",kind="executions"\\} [1-9]`))
  expect(text).toContain('interchange_jobs')
  expect(text.match(/^# TYPE \S+/gm)!.length).toBe(new Set(text.match(/^# TYPE \S+/gm)).size)
  expect(await hub.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 403 })
})

test("a key of another tenant, of a lower role or of nobody is refused, not taken for none", async () => {
  for (const key of [other, await keyOf({ role: 'developer' })]) expect(await hub.call('GET', '/metrics', undefined, { key })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await hub.call('GET', '/metrics', undefined, { key: 'nobodys-key-0123456789' })).toMatchObject({ status: 401 })
  expect(await hub.call('POST', '/api/v1/keys', { name: 'k', role: 'admin', scopes: ['metrics:read'] }, { key: other })).toMatchObject({ status: 403 })
})

test('what a proxy before the hub asked for as a password is no key', async () => {
  expect(await hub.call('GET', '/metrics', undefined, { key: null, headers: { authorization: 'Basic dXNlcjpwYXNz' } })).toMatchObject({ status: 200 })
})
