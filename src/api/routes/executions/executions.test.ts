import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { addIntegration, sample } from '../../../executions/samples.ts'
import { createDatabase, type Database } from '../../../db/database.ts'
import type { Execution } from '../../../executions/record.ts'
import { systemCaller, type Caller } from '../../../tenants/caller.ts'

let hub: TestHub
let close: () => Promise<void>
let database: Database
let caller: Caller
let foreignKey: string

beforeAll(async () => {
  ({ hub, close } = await openHub())
  database = createDatabase({ connectionString: hub.connectionString, maxConnections: 8, onError: () => undefined })
  caller = systemCaller((await hub.call('GET', '/api/v1/tenant')).body.id as string)
  foreignKey = await hub.addTenant('other')
})

afterAll(async () => {
  await database.close()
  await close()
})

async function record(given: Parameters<typeof sample>[1] = {}): Promise<Execution> {
  const execution = sample(caller, given)
  await hub.hub.services.executions.record(execution)
  return execution
}

test('an execution is answered with all of its fields as they were recorded', async () => {
  const { tenantId: _tenant, startedAt, ...fields } = await record({ status: 'failed', response: { statusCode: 404 }, error: { type: 'upstream_rejected', message: 'no such order', recoverable: false } })
  const { status, body } = await hub.call('GET', `/api/v1/executions/${fields.id}`)
  expect(status).toBe(200)
  expect(body).toEqual({ ...fields, startedAt: startedAt.toISOString(), runId: null })
})

test('the list filters by everything that it takes, and pages with a cursor', async () => {
  const integrationId = await addIntegration(database, caller, { name: 'Orders' })
  const at = Date.now() - 3_600_000
  const made = [await record({ integrationId, at }), await record({ integrationId, at: at + 1, status: 'refused', operation: 'list' }), await record({ integrationId, at: at + 2, payload: 'needle' })].map(({ id }) => id)
  const list = async (query: string): Promise<{ data: { id: string }[], nextCursor: string | null }> => (await hub.call('GET', `/api/v1/executions?integrationId=${integrationId}&${query}`)).body
  const ids = async (query: string): Promise<string[]> => (await list(query)).data.map(({ id }) => id)
  expect((await list('')).data[0]).toMatchObject({ integrationName: 'Orders', latencyMs: 12, statusCode: 200, error: null })
  expect(await ids('')).toEqual(made.toReversed())
  expect(await ids('status=refused')).toEqual([made[1]])
  expect(await ids('operation=list')).toEqual([made[1]])
  expect(await ids('q=NEEDLE')).toEqual([made[2]])
  expect(await ids(`from=${encodeURIComponent(new Date(at + 1).toISOString())}&to=${encodeURIComponent(new Date(at + 2).toISOString())}`)).toEqual([made[1]])
  const { data, nextCursor } = await list('limit=2')
  expect(data.map(({ id }) => id)).toEqual([made[2], made[1]])
  expect(await ids(`limit=2&cursor=${nextCursor}`)).toEqual([made[0]])
})

test('a query that is not understood is refused, and says where', async () => {
  for (const [query, pointer] of [['status=lost', '?status'], ['from=yesterday', '?from'], ['to=2024-01-01', '?to'], ['integrationId=1', '?integrationId'], ['limit=0', '?limit'], ['q=', '?q'], ['statsu=failed', '?statsu']] as const) {
    const { status, body } = await hub.call('GET', `/api/v1/executions?${query}`)
    expect({ status, code: body.code, pointer: body.errors?.[0]?.pointer }).toEqual({ status: 400, code: 'invalid_request', pointer })
  }
  expect((await hub.call('GET', '/api/v1/executions?cursor=abc')).body.code).toBe('invalid_cursor')
  expect((await hub.call('GET', '/api/v1/executions?q=%00')).body.errors).toMatchObject([{ pointer: '?q' }])
  expect((await hub.call('GET', `/api/v1/executions?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&q=${encodeURIComponent("%_\\'")}`)).body).toEqual({ data: [], nextCursor: null, searchedUntil: null })
})

test("another tenant's execution, or no id at all, is not found", async () => {
  const { id } = await record()
  expect((await hub.call('GET', `/api/v1/executions/${id}`, undefined, { key: foreignKey })).status).toBe(404)
  expect((await hub.call('GET', '/api/v1/executions', undefined, { key: foreignKey })).body.data).toEqual([])
  for (const wrong of ['018f0000-0000-7000-8000-000000000000', 'x', '%00', '..%2f', "'"]) expect((await hub.call('GET', `/api/v1/executions/${wrong}`)).status).toBe(404)
})

test('the stack trace is given to a key that may debug, and to no other', async () => {
  const { id } = await record({ status: 'failed', error: { type: 'internal', message: 'broke', recoverable: false, stackTrace: 'at run (x.ts:1)' } })
  const viewer = (await hub.call('POST', '/api/v1/keys', { name: 'viewer', role: 'viewer' })).body.key as string
  expect((await hub.call('GET', `/api/v1/executions/${id}`)).body.error.stackTrace).toBe('at run (x.ts:1)')
  expect((await hub.call('GET', `/api/v1/executions/${id}`, undefined, { key: viewer })).body.error).toEqual({ type: 'internal', message: 'broke', recoverable: false })
})

test('a large value is told of by reference, and downloads whole', async () => {
  const data = { text: 'ü'.repeat(50_000) }
  const { id } = await record({ data })
  const { $blob } = (await hub.call('GET', `/api/v1/executions/${id}`)).body.response.data
  const { status, text, headers } = await hub.call('GET', `/api/v1/blobs/${$blob.id}`)
  expect(status).toBe(200)
  expect(JSON.parse(text)).toEqual(data)
  expect(headers.get('content-length')).toBe(String($blob.sizeBytes))
})
