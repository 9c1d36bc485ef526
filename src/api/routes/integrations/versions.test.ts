import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestHub } from '../../../../test/hub.ts'
import { addIntegration, expectStatus, openHubWithService } from '../../../../test/service.ts'
import type { Upstream } from '../../../../test/upstream.ts'
import { withClient } from '../../../../test/everything.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let connector: string

beforeAll(async () => {
  ({ hub, upstream, connector, close } = await openHubWithService())
})
afterAll(() => close())

const read = async (path: string) => expectStatus(200, await hub.call('GET', path)).body
const pathOf = (id: string): string => `/api/v1/integrations/${id}`

test('each change is kept with who and when and what it changed; what only the hub changes makes none', async () => {
  const id = await addIntegration(hub.call, { name: 'first', connector })
  expectStatus(200, await hub.call('PATCH', pathOf(id), { name: 'second', dataHandling: { rateLimit: { requestsPerMinute: 7 } } }))
  expectStatus(200, await hub.call('POST', `${pathOf(id)}/test`, {}))
  const { data } = await read(`${pathOf(id)}/versions`)
  expect(data).toMatchObject([{ version: 2, changed: ['dataHandling', 'name'], restoredFrom: null, actor: expect.stringMatching(/^key:/) }, { version: 1, changed: [] }])
  expect(await read(`${pathOf(id)}/versions/1`)).toMatchObject({ version: 1, settings: { name: 'first', connector, dataHandling: { rateLimit: { requestsPerMinute: 60 } } } })
  const first = await read(`${pathOf(id)}/versions?limit=1`)
  expect((await read(`${pathOf(id)}/versions?limit=1&cursor=${first.nextCursor}`)).data).toMatchObject([{ version: 1 }])
  for (const version of ['3', '999999999']) expect((await hub.call('GET', `${pathOf(id)}/versions/${version}`)).status).toBe(404)
  expect((await hub.call('GET', `${pathOf(id)}/versions/one`)).status).toBeGreaterThanOrEqual(400)
  expect((await hub.call('GET', `${pathOf(id)}/versions?cursor=${Buffer.from('["x"]').toString('base64url')}`)).body.code).toBe('invalid_cursor')
})

test('what was restored is a change of its own: told when somebody was faster, and the credential stays', async () => {
  const id = await addIntegration(hub.call, { name: 'before', connector })
  const credential = expectStatus(201, await hub.call('POST', '/api/v1/credentials', { connector: 'http', credentials: { token: 'a-token-of-some-length' } })).body
  const plain = await addIntegration(hub.call, { name: 'plain', connector: 'http', configuration: { baseUrl: upstream.url } })
  expectStatus(200, await hub.call('PATCH', pathOf(id), { name: 'after', description: 'changed' }))
  expect((await hub.call('POST', `${pathOf(id)}/versions/1/restore`, {}, { headers: { 'if-match': '"1"' } })).body.code).toBe('precondition_failed')
  expect(expectStatus(200, await hub.call('POST', `${pathOf(id)}/versions/1/restore`, {}, { headers: { 'if-match': '"2"' } })).body).toMatchObject({ name: 'before', description: '', etag: '3' })
  expect((await read(`${pathOf(id)}/versions`)).data[0]).toMatchObject({ version: 3, restoredFrom: 1, changed: ['description', 'name'] })
  expect((await read(`/api/v1/audit?targetId=${id}`)).data[0]).toMatchObject({ action: 'integration.updated', detail: { restoredFrom: 1 } })
  expectStatus(200, await hub.call('PATCH', pathOf(plain), { credentialId: credential.id }))
  expect(expectStatus(200, await hub.call('POST', `${pathOf(plain)}/versions/1/restore`, {})).body.credentialId).toBe(credential.id)
})

test('versions hold no secrets, are bounded, and go with their integration', async () => {
  const id = await addIntegration(hub.call, { name: 'kept', connector: 'http', configuration: { baseUrl: upstream.url }, credentials: { token: 'canary-token-of-a-version' } })
  await withClient(hub.connectionString, async (client) => {
    const { rows } = await client.query<{ all: string }>('select json_agg(v)::text as all from integration_versions v where integration_id = $1', [id])
    expect(rows[0]!.all).not.toContain('canary')
    await client.query("insert into integration_versions (tenant_id, integration_id, version, actor, changed, settings) select tenant_id, integration_id, -n, actor, '{}', settings from integration_versions, generate_series(1, 300) n where integration_id = $1 and version = 1", [id])
  }, '-c role=interchange_system')
  expectStatus(200, await hub.call('PATCH', pathOf(id), { description: 'one more' }))
  expect((await read(`${pathOf(id)}/versions?limit=500`)).data).toHaveLength(200)
  expectStatus(204, await hub.call('DELETE', pathOf(id)))
  await withClient(hub.connectionString, async (client) => { expect((await client.query('select 1 from integration_versions where integration_id = $1', [id])).rowCount).toBe(0) }, '-c role=interchange_system')
})
