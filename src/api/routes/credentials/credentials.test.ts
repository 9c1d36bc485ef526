import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'
import { formsOfSecret, readOut } from '../../../credentials/setup.fixture.ts'
import { createDatabase, type Database } from '../../../db/database.ts'

const canary = 'canary-secret/with+odd"chars'

let hub: TestHub
let close: () => Promise<void>
let database: Database
let upstream: Upstream
let foreignKey: string
/** Everything that the hub answered in this suite. */
const answered: string[] = []

beforeAll(async () => {
  ({ hub, close } = await openHub())
  database = createDatabase({ connectionString: hub.connectionString, maxConnections: 8, onError: () => undefined })
  upstream = await startUpstream()
  foreignKey = await hub.addTenant('other')
})

afterAll(async () => {
  await upstream.close()
  await database.close()
  await close()
})

const call: TestHub['call'] = async (...request) => {
  const reply = await hub.call(...request)
  answered.push(reply.text, JSON.stringify([...reply.headers]))
  return reply as Reply<never>
}

const path = '/api/v1/credentials'
const smtp = { connector: 'smtp-email', credentials: { host: 'mail.example.com', port: 587, password: canary, from: 'hub@example.com' } }

test('a credential is made under a chosen id, shown without its secrets, listed, renamed and deleted', async () => {
  const created = await call('POST', path, { id: 'smtp-credentials', ...smtp })
  expect(created.status).toBe(201)
  expect(created.body).toEqual({
    id: 'smtp-credentials', name: 'smtp-credentials', connector: 'smtp-email', etag: '1', expiresAt: null, createdAt: expect.any(String), updatedAt: expect.any(String),
    connections: {},
    fields: { host: { type: 'text', set: true, value: 'mail.example.com' }, port: { type: 'text', set: true, value: 587 }, password: { type: 'password', set: true }, from: { type: 'text', set: true, value: 'hub@example.com' } },
  })
  expect(created.headers.get('etag')).toBe('"1"')
  expect((await call('GET', `${path}/smtp-credentials`)).body).toEqual(created.body)
  expect((await call('GET', `${path}?connector=smtp-email`)).body).toEqual({ data: [created.body], nextCursor: null })
  expect((await call('GET', `${path}?connector=http`)).body.data).toEqual([])
  expect((await call('PATCH', `${path}/smtp-credentials`, { name: 'Mail' })).body).toMatchObject({ name: 'Mail', etag: '2' })
  expect((await call('DELETE', `${path}/smtp-credentials`)).status).toBe(204)
  expect((await call('GET', `${path}/smtp-credentials`)).status).toBe(404)
})

test('without an id one is made; the same Idempotency-Key makes no second credential', async () => {
  const headers = { 'idempotency-key': 'credentials-once' }
  const [first, second] = [await call('POST', path, smtp, { headers }), await call('POST', path, smtp, { headers })]
  expect(first.body.id).toMatch(/^[0-9a-f-]{36}$/)
  expect(second.body).toEqual(first.body)
  expect((await call('POST', path, { ...smtp, name: 'Other' }, { headers })).body).toMatchObject({ code: 'idempotency_key_reused' })
})

test('what is wrong is told by pointer', async () => {
  const pointersOf = async (body: unknown): Promise<unknown> => {
    const { status, body: problem } = await call('POST', path, body)
    expect(status).toBe(422)
    return (problem.errors as { pointer: string }[]).map(({ pointer }) => pointer)
  }
  expect(await pointersOf({ connector: 'smtp-email', credentials: { host: 5, hots: 'x' } })).toEqual(['/credentials/hots', '/credentials/from'])
  expect(await pointersOf({ connector: 'smtp-email', credentials: { host: ['x'], from: 'a@b.c' } })).toEqual(['/credentials/host'])
  expect(await pointersOf({ connector: 'no-such', credentials: {} })).toEqual(['/connector'])
  expect(await pointersOf({ ...smtp, id: 'a/b' })).toEqual(['/id'])
  expect(await pointersOf({ ...smtp, secret: 1 })).toEqual(['/secret'])
  expect(await pointersOf({ connector: 'smtp-email' })).toEqual(['/credentials'])
  expect(await pointersOf({ ...smtp, credentials: { ...smtp.credentials, password: { $env: 'PATH' } } })).toEqual(['/credentials/password/$env'])
  await call('POST', path, { id: 'taken', ...smtp })
  expect((await call('POST', path, { id: 'taken', ...smtp })).body).toMatchObject({ status: 409, errors: [{ pointer: '/id' }] })
  for (const id of ['%00', 'no-such', '..%2F..%2Fetc', 'x'.repeat(200)]) expect((await call('GET', `${path}/${id}`)).status).toBe(404)
  expect((await call('GET', `${path}?cursor=nonsense`)).body).toMatchObject({ status: 400, code: 'invalid_cursor' })
})

test('a change with If-Match is refused where somebody else was faster; PATCH keeps what PUT takes away', async () => {
  const { body: { id } } = await call('POST', path, smtp)
  const headers = { 'if-match': '"1"' }
  expect((await call('PATCH', `${path}/${id}`, { credentials: { username: 'somebody' } }, { headers })).body.fields).toHaveProperty('password')
  for (const [method, body] of [['PATCH', { name: 'late' }], ['PUT', { credentials: smtp.credentials }]] as const) {
    expect((await call(method, `${path}/${id}`, body, { headers })).body).toMatchObject({ status: 412, code: 'precondition_failed' })
  }
  const { body } = await call('PUT', `${path}/${id}`, { credentials: { host: 'h', from: 'hub@example.com' } }, { headers: { 'if-match': '"2"' } })
  expect(Object.keys(body.fields as object).sort()).toEqual(['from', 'host'])
})

test('when it ends stays with a change, and is unknown again where all values are replaced', async () => {
  const expiresAt = '2031-05-06T07:08:09.000Z'
  const ends = async (method: string, body: object): Promise<unknown> => (await call(method, `${path}/ending`, body)).body.expiresAt
  expect((await call('POST', path, { id: 'ending', ...smtp, expiresAt: '2031-05-06T09:08:09+02:00' })).body.expiresAt).toBe(expiresAt)
  expect([await ends('PATCH', { name: 'Ending' }), await ends('PATCH', { expiresAt: null }), await ends('PATCH', { expiresAt }), await ends('PUT', { credentials: smtp.credentials })]).toEqual([expiresAt, null, expiresAt, null])
  expect(await call('PATCH', `${path}/ending`, { expiresAt: 'soon' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expiresAt' }] } })
})

test("another tenant's credential is not found, on any method; its id may be chosen anew", async () => {
  await call('POST', path, { id: 'mine', ...smtp })
  for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }], ['PUT', { credentials: smtp.credentials }], ['DELETE']] as const) {
    expect((await call(method, `${path}/mine`, body, { key: foreignKey })).status).toBe(404)
  }
  expect((await call('GET', path, undefined, { key: foreignKey })).body.data).toEqual([])
  expect((await call('POST', path, { id: 'mine', ...smtp }, { key: foreignKey })).status).toBe(201)
})

test('a viewer reads and writes nothing, a developer writes and rotates nothing, and the root key is the operator\'s', async () => {
  const keyOf = async (role: string, key = hub.key): Promise<string> => (await hub.call('POST', '/api/v1/keys', { name: role, role }, { key })).body.key as string
  const [viewer, developer, admin] = [await keyOf('viewer'), await keyOf('developer'), await keyOf('admin')]
  const status = async (method: string, at: string, body: unknown, key: string): Promise<number> => (await call(method, at, body, { key })).status
  expect(await status('GET', path, undefined, viewer)).toBe(200)
  expect(await status('POST', path, smtp, viewer)).toBe(403)
  expect(await status('POST', path, smtp, developer)).toBe(201)
  expect(await status('POST', `${path}/rotate-keys`, {}, developer)).toBe(403)
  expect(await status('POST', `${path}/rotate-keys`, undefined, admin)).toBe(200)
  expect(await status('POST', `${path}/rotate-keys`, { allTenants: true }, admin)).toBe(403)
  expect(await status('POST', `${path}/rotate-keys`, { allTenants: true }, foreignKey)).toBe(403)
  for (const key of [admin, foreignKey]) expect(await status('POST', '/api/v1/system/rotate-root-key', {}, key)).toBe(403)
  expect((await call('POST', `${path}/rotate-keys`, { allTenants: true })).body).toMatchObject({ tenants: 2, unreadable: 0 })
  expect((await call('POST', '/api/v1/system/rotate-root-key', {})).body).toEqual({ rootKeyId: expect.stringMatching(/^[0-9a-f]{12}$/), tenantKeys: 2, unreadable: 0 })
})

test('calls go on while keys are rotated, and a credential in use is not deleted', async () => {
  upstream.answer((_asked, response) => { json(response, 200, { fine: true }) })
  const { body: { id } } = await call('POST', path, { connector: 'http', credentials: { token: canary } })
  const { body: integration } = await call('POST', '/api/v1/integrations', { name: 'Echo', connector: 'http', configuration: { baseUrl: upstream.url }, credentialId: id, dataHandling: { rateLimit: { requestsPerMinute: 10_000 } } })
  expect((await call('DELETE', `${path}/${id}`)).body).toMatchObject({ status: 409, code: 'conflict' })
  const work = { goesOn: true }
  const statuses = new Set<number>()
  const running = (async () => {
    while (work.goesOn) {
      statuses.add((await call('POST', `/api/v1/integrations/${integration.id}/run`, { operation: 'get', input: { url: '/x' } })).status)
      await call('PATCH', `${path}/${id}`, { name: 'Renamed' })
    }
  })()
  for (let round = 0; round < 3; round += 1) {
    expect((await call('POST', `${path}/rotate-keys`, {})).status).toBe(200)
    expect((await call('POST', '/api/v1/system/rotate-root-key', {})).status).toBe(200)
  }
  work.goesOn = false
  await running
  expect([...statuses]).toEqual([200])
  expect(upstream.asked.every(({ headers }) => headers.authorization === `Bearer ${canary}`)).toBe(true)
})

test('a service that sends the secret back, in whatever form, is no way to read it; nor are failures, logs of changes and figures', async () => {
  let [status, tokenStatus] = [200, 200]
  const forms = [encodeURIComponent(canary), `${new URLSearchParams({ a: canary })}`, Buffer.from(canary).toString('hex'), ...['', 'u', 'u:'].map((before) => Buffer.from(`${before}${canary}`).toString('base64'))]
  upstream.answer(({ url, headers, body }, response) => {
    if (url === '/token') json(response, tokenStatus, { access_token: `${canary}-token`, expires_in: 3600, error_description: `not ${body} ${headers.authorization}` })
    else json(response, status, { url, headers, message: `${canary} is wrong`, forms }, { 'x-echo': encodeURIComponent(canary) })
  })
  const make = async (authentication: object, credentials: object): Promise<string> =>
    (await call('POST', '/api/v1/integrations', { name: `Echo ${JSON.stringify(authentication)}`, connector: 'http', configuration: { baseUrl: upstream.url, authentication }, credentials })).body.id as string
  const integrations = [
    await make({ type: 'bearer' }, { token: canary }), await make({ type: 'apiKey', in: 'query', name: 'key' }, { apiKey: canary }), await make({ type: 'basic' }, { username: 'user', password: canary }),
    await make({ type: 'oauth2ClientCredentials', tokenUrl: `${upstream.url}/token` }, { clientId: 'client', clientSecret: canary }),
  ]
  for (const now of [200, 400, 401, 500]) {
    status = now
    for (const id of integrations) {
      await call('POST', `/api/v1/integrations/${id}/run`, { operation: 'post', input: { url: '/x', json: { said: canary } } })
      await call('POST', `/api/v1/integrations/${id}/test`, {})
    }
  }
  tokenStatus = 401
  const [last] = integrations.slice(-1)
  await call('PATCH', `/api/v1/integrations/${last}`, { credentials: { clientSecret: `${canary}-2` } })
  await call('POST', `/api/v1/integrations/${last}/run`, { operation: 'get', input: { url: '/x' } })
  for (const at of ['/api/v1/executions', '/api/v1/integrations', '/api/v1/audit', '/metrics', path, ...integrations.map((id) => `/api/v1/integrations/${id}/logs`)]) expect((await call('GET', at)).status).toBe(200)
  for (const { id } of (await call('GET', '/api/v1/executions?limit=100')).body.data as { id: string }[]) await call('GET', `/api/v1/executions/${id}`)

  // The service did send them, and they would be found where they stood.
  expect(upstream.asked.some(({ headers }) => headers.authorization === `Bearer ${canary}-token`)).toBe(true)
  const everything = [...answered, await readOut(database)].join('\n')
  expect(everything).toContain('[secret]')
  for (const form of [...formsOfSecret(canary), 'canary-secret']) expect(everything.includes(form), form).toBe(false)
})
