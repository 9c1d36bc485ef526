import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { addIntegration, expectStatus } from '../../../../test/service.ts'
import { startUpstream, type Upstream } from '../../../../test/upstream.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let path: string

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  const schema = { type: 'object', properties: { name: { type: 'string' }, access: { type: 'object', properties: { password: { type: 'string', writeOnly: true }, user: { type: 'string' } } } } }
  const document = { openapi: '3.1.0', info: { title: 'users', version: '1' }, servers: [{ url: upstream.url }], paths: { '/users': { post: { operationId: 'addUser', requestBody: { content: { 'application/json': { schema } } }, responses: { 200: { description: 'd' } } } } } }
  const { body } = await hub.call('POST', '/api/v1/connectors', { id: 'users', document })
  path = `/api/v1/integrations/${await addIntegration(hub.call, { name: 'Users', connector: body.id })}/examples`
})
afterAll(async () => {
  await close()
  await upstream.close()
})

const input = { body: { name: 'Ada', access: { user: 'ada', password: 'canary-password' } } }

test('an input is kept by a name, listed by its operation, changed and deleted; what is secret is not kept', async () => {
  const made = expectStatus(201, await hub.call('POST', path, { operation: 'addUser', name: 'A user', input })).body
  expect(made).toMatchObject({ operation: 'addUser', name: 'A user', input: { body: { name: 'Ada', access: { user: 'ada' } } } })
  expect(JSON.stringify(made)).not.toContain('canary')
  expect((await hub.call('GET', `${path}?operation=addUser`)).body.data).toMatchObject([{ id: made.id }])
  expect((await hub.call('GET', `${path}?operation=other`)).body.data).toEqual([])
  expect((await hub.call('POST', path, { operation: 'addUser', name: 'A user', input: {} })).body).toMatchObject({ status: 409, errors: [{ pointer: '/name' }] })
  expect(expectStatus(200, await hub.call('PUT', `${path}/${made.id}`, { name: 'Another', input: { body: { name: 'Eve' } } })).body).toMatchObject({ name: 'Another', input: { body: { name: 'Eve' } } })
  expect((await hub.call('GET', `${path}/${made.id}`)).body.name).toBe('Another')
  expectStatus(204, await hub.call('DELETE', `${path}/${made.id}`))
  expect((await hub.call('GET', `${path}/${made.id}`)).status).toBe(404)
  expect((await hub.call('GET', '/api/v1/audit?q=addUser')).body.data.map(({ action }: { action: string }) => action)).toEqual(['example.deleted', 'example.changed', 'example.created'])
})

test('what fits no operation, or is too long, is refused with where; a viewer looks and keeps none', async () => {
  expect((await hub.call('POST', path, { operation: 'nope', name: 'n', input: {} })).body).toMatchObject({ status: 422, errors: [{ pointer: '/operation' }] })
  expect((await hub.call('POST', path, { operation: 'addUser', name: 'n', input: 'x'.repeat(300_000) })).body).toMatchObject({ status: 422, errors: [{ pointer: '/input' }] })
  expect((await hub.call('POST', path, { operation: 'addUser', name: ' ', input: {} })).status).toBe(422)
  const { body: { key } } = await hub.call('POST', '/api/v1/keys', { name: 'viewer', role: 'viewer' })
  expect((await hub.call('GET', path, undefined, { key })).status).toBe(200)
  expect((await hub.call('POST', path, { operation: 'addUser', name: 'n', input: {} }, { key })).status).toBe(403)
})
