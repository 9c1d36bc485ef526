/** Making and changing integrations: what is refused and where, what may be written back, whose credential is changed. */
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { serviceDocument } from '../../../../test/api-document.ts'
import { openHub, type Reply, type TestHub } from '../../../../test/hub.ts'
import { addConnector, addIntegration, expectStatus } from '../../../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../../../test/upstream.ts'

const path = '/api/v1/integrations'
const poll = { timeout: 30_000, interval: 20 }
const first = 'first-key-of-the-shop-0123'
const second = 'second-key-of-the-shop-012'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
let keyed: string
let database: Pool

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  keyed = await addConnector(hub.call, upstream.url, { security: 'apiKey' })
  database = new Pool({ connectionString: hub.connectionString })
})
afterAll(async () => {
  await database.end()
  await close()
  await upstream.close()
})
beforeEach(() => {
  upstream.answer((request, response) => { json(response, 200, { asked: request.url }) })
})

const get = async (id: string): Promise<any> => expectStatus(200, await hub.call('GET', `${path}/${id}`)).body // eslint-disable-line typescript/no-explicit-any
const patch = (id: string, change: unknown, headers: Record<string, string> = {}): Promise<Reply<any>> => hub.call('PATCH', `${path}/${id}`, change, { headers }) // eslint-disable-line typescript/no-explicit-any
const refusal = async (body: Record<string, unknown>): Promise<unknown> => {
  const { status, body: { code, errors } } = await hub.call('POST', `${path}?test=false`, { name: 'n', ...body })
  return { status, code, errors }
}

/** The key that the service gets with a call. */
async function keyOf(id: string): Promise<unknown> {
  expectStatus(200, await hub.call('POST', `${path}/${id}/run`, { operation: 'getItem', input: { id: '1' } }))
  return upstream.asked.at(-1)!.headers['x-shop-key']
}

describe('configuration', () => {
  test.each([['http', 'baseUrl, hosts, testPath, authentication'], ['stripe', 'apiVersion, account'], ['of a document', 'baseUrl']])('an unknown field for %s is refused where it is, with the names of those that there are', async (connector, known) => {
    const detail = `is not a known field: there are ${known}`
    expect(await refusal({ connector: connector === 'of a document' ? keyed : connector, configuration: { baseURL: 'https://a.example', 'x/y': 1 } })).toEqual({
      status: 422, code: 'invalid_input', errors: [{ pointer: '/configuration/baseURL', detail }, { pointer: '/configuration/x~1y', detail }],
    })
  })

  test('an unknown variable of a server is refused too, also of a document that was imported before such were', async () => {
    const document = { ...serviceDocument('https://{region}.example.com', { title: 'Regions' }), servers: [{ url: 'https://{region}.example.com', variables: { region: { default: 'eu' } } }] }
    const { body: { id: connector, configurationSchema } } = expectStatus(201, await hub.call('POST', '/api/v1/connectors', { document }))
    expect(configurationSchema).toMatchObject({ additionalProperties: false, properties: { serverVariables: { additionalProperties: false } } })
    await database.query(`update connectors set manifest = manifest #- '{configurationSchema,additionalProperties}' #- '{configurationSchema,properties,serverVariables,additionalProperties}' where id = $1`, [connector])
    expect(await refusal({ connector, configuration: { serverVariables: { regoin: 'us' } } })).toMatchObject({ status: 422, errors: [{ pointer: '/configuration/serverVariables/regoin', detail: 'is not a known field: there are region' }] })
    expectStatus(201, await hub.call('POST', `${path}?test=false`, { name: 'n', connector, configuration: { serverVariables: { region: 'us' } } }))
  })

  test('an address with a user name or password is refused wherever it stands, and the refusal says where they belong and does not repeat them', async () => {
    const detail = 'holds a user name or password: they belong into the credentials'
    const secret = 'https://me:hunter2-and-more@api.example.com/v1'
    const places: [Record<string, unknown>, string][] = [
      [{ connector: 'http', configuration: { baseUrl: secret } }, '/configuration/baseUrl'],
      [{ connector: 'http', configuration: { baseUrl: 'https:me:hunter2-and-more@api.example.com' } }, '/configuration/baseUrl'],
      [{ connector: 'http', configuration: { baseUrl: 'https://token@api.example.com' } }, '/configuration/baseUrl'],
      [{ connector: 'http', configuration: { baseUrl: 'https://a.example', authentication: { tokenUrl: secret } } }, '/configuration/authentication/tokenUrl'],
      [{ connector: keyed, configuration: { baseUrl: secret } }, '/configuration/baseUrl'],
      [{ connector: keyed, connection: { endpoint: secret } }, '/connection/endpoint'],
      [{ connector: keyed, connection: { endpoint: String.raw`https:\\me:hunter2-and-more@api.example.com` } }, '/connection/endpoint'],
      [{ connector: keyed, monitoring: { healthChecks: [{ endpoint: secret }] } }, '/monitoring/healthChecks/0/endpoint'],
      [{ connector: keyed, monitoring: { alerts: [{ name: 'a', metric: 'health', operator: 'below', threshold: 1, url: secret }] } }, '/monitoring/alerts/0/url'],
    ]
    for (const [body, pointer] of places) {
      const refused = await refusal(body)
      expect(refused, pointer).toMatchObject({ errors: expect.arrayContaining([{ pointer, detail }]) })
      expect(JSON.stringify(refused)).not.toContain('hunter2')
    }
  })

  test('a registration is refused at the places that its own body has', async () => {
    const register = async (body: object): Promise<unknown> => {
      const { status, body: { errors } } = await hub.call('POST', '/api/integration/register', { name: 'n', ...body })
      return { status, pointers: errors?.map(({ pointer }: { pointer: string }) => pointer) }
    }
    expect(await register({ type: 'http', config: { baseURL: 'https://a.example' } })).toEqual({ status: 422, pointers: ['/config/baseURL'] })
    expect(await register({ type: 'nosuch' })).toEqual({ status: 422, pointers: ['/type'] })
    const openAPISpec = serviceDocument(upstream.url)
    expect(await register({ type: 'openapi', config: { openAPISpec, endpoint: 'https://me:pw@a.example' } })).toEqual({ status: 422, pointers: ['/config/endpoint'] })
    expect(await register({ type: 'openapi', config: { openAPISpec, healthCheck: { interval: 1_000_000_000 } } })).toEqual({ status: 422, pointers: ['/config/healthCheck/interval'] })
  })

  test('autoRegister adds a check of the base URL every 30 s, and nothing where there is one', async () => {
    const register = async (config: object): Promise<any> => expectStatus(201, await hub.call('POST', '/api/integration/register', { name: 'Watched', type: 'openapi', config: { openAPISpec: serviceDocument(upstream.url), autoRegister: true, ...config } })).body.monitoring.healthChecks // eslint-disable-line typescript/no-explicit-any
    const checks = await register({})
    expect(checks).toEqual([{ name: 'health', interval: 30_000, timeout: 3000 }])
    expect(await register({ healthCheck: { endpoint: '/health', interval: 3_600_000 } })).toEqual([{ name: 'health', endpoint: '/health', interval: 3_600_000, timeout: 3000 }])
  })
})

test('what was read may be written back by PUT and by PATCH, with all that the hub measured and keeps, and changes nothing', async () => {
  const id = await addIntegration(hub.call, { connector: keyed, credentials: { apiKey: first }, metadata: { tags: ['t'] }, usage: { usageQuota: { limit: 50 } } })
  await keyOf(id)
  await hub.hub.services.figures.rollUp()
  const before = await get(id)
  expect(before.monitoring.performance).toMatchObject({ successRate: 100 })
  for (const method of ['PUT', 'PATCH']) {
    expectStatus(200, await hub.call(method, `${path}/${id}`, { ...before, metadata: { ...before.metadata, createdBy: 'somebody else' } }))
    const { etag: _etag, metadata: { lastModified: _at, ...metadata }, monitoring: { performance: _measured, ...monitoring }, ...same } = before
    expect(await get(id), method).toMatchObject({ ...same, metadata, monitoring })
    expect(await keyOf(id)).toBe(first)
  }
  expect(await patch(id, { nosuch: 1 })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/nosuch' }] } })
})

describe("an integration's credentials", () => {
  const own = (): Promise<string> => addIntegration(hub.call, { connector: keyed, credentials: { apiKey: first } })
  const choosing = async (credentialId: string): Promise<string> => addIntegration(hub.call, { connector: keyed, credentialId })
  const store = async (): Promise<string> => (await hub.call('POST', '/api/v1/credentials', { connector: keyed, credentials: { apiKey: first } })).body.id

  test('of its own are changed in place, by PATCH and by PUT, also where its id comes along', async () => {
    const id = await own()
    const { credentialId, ...rest } = await get(id)
    expectStatus(200, await patch(id, { credentials: { apiKey: second } }))
    expect([await keyOf(id), (await get(id)).credentialId]).toEqual([second, credentialId])
    expectStatus(200, await hub.call('PUT', `${path}/${id}`, { ...rest, credentialId, credentials: { apiKey: first } }))
    expect([await keyOf(id), (await get(id)).credentialId]).toEqual([first, credentialId])
  })

  test('that were chosen by id are not changed: a 409 names the place where they are', async () => {
    const credentialId = await store()
    const id = await choosing(credentialId)
    for (const [method, more] of [['PATCH', {}], ['PUT', { name: 'n', connector: keyed }]] as const) {
      expect(await hub.call(method, `${path}/${id}`, { ...more, credentials: { apiKey: second } }), method).toMatchObject({
        status: 409, body: { code: 'conflict', detail: expect.stringContaining(`/api/v1/credentials/${credentialId}`), errors: [{ pointer: '/credentials' }] },
      })
    }
    expect(await keyOf(id)).toBe(first)
  })

  test('that another integration uses are changed for neither of them from either', async () => {
    const one = await own()
    const { credentialId } = await get(one)
    const other = await choosing(credentialId)
    for (const id of [one, other]) expect(await patch(id, { credentials: { apiKey: second } })).toMatchObject({ status: 409 })
    expect([await keyOf(one), await keyOf(other)]).toEqual([first, first])
    expectStatus(204, await hub.call('DELETE', `${path}/${other}`))
    expectStatus(200, await patch(one, { credentials: { apiKey: second } }))
    expect(await keyOf(one)).toBe(second)
  })

  test('become its own with `credentialId: null` beside them, and others keep theirs', async () => {
    const credentialId = await store()
    const [one, other] = [await choosing(credentialId), await choosing(credentialId)]
    expectStatus(200, await patch(one, { credentialId: null, credentials: { apiKey: second } }))
    expect([await keyOf(one), await keyOf(other)]).toEqual([second, first])
    expectStatus(200, await patch(one, { credentials: { apiKey: first } }))
    expect(await keyOf(one)).toBe(first)
  })

  test('stay what they were where the change comes too late, or does not fit', async () => {
    const id = await own()
    const { credentialId } = await get(id)
    expect(await patch(id, { credentials: { apiKey: second } }, { 'if-match': '"0"' })).toMatchObject({ status: 412 })
    expect(await patch(id, { credentials: { apiKey: second }, connection: { timeout: -1 } })).toMatchObject({ status: 422 })
    const other = await database.connect()
    // Somebody else's change, which is committed once this one has read the integration and wants to write.
    await other.query('begin')
    await other.query('update integrations set revision = revision + 1 where id = $1', [id])
    const late = patch(id, { credentials: { apiKey: second } })
    await vi.waitFor(async () => {
      const waiting = await database.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'update integrations%'`)
      expect(waiting.rowCount).toBe(1)
    }, poll).finally(async () => {
      await other.query('commit')
      other.release()
    })
    expect(await late).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
    expect(await keyOf(id)).toBe(first)
    expect((await hub.call('GET', `/api/v1/credentials/${credentialId}`)).body).toMatchObject({ etag: '1' })
  })

  const isKept = async (credentialId: string): Promise<boolean> => (await hub.call('GET', `/api/v1/credentials/${credentialId}`)).status === 200

  test('of its own go with it; those that were chosen, or that another integration uses, stay', async () => {
    const [alone, shared, chosen] = [await own(), await own(), await store()]
    const credentials = await Promise.all([alone, shared].map(async (id): Promise<string> => (await get(id)).credentialId))
    const other = await choosing(credentials[1]!)
    for (const id of [alone, shared, await choosing(chosen)]) expectStatus(204, await hub.call('DELETE', `${path}/${id}`))
    expect(await Promise.all([...credentials, chosen].map(isKept))).toEqual([false, true, true])
    expect(await keyOf(other)).toBe(first)
    expect((await hub.call('GET', `/api/v1/audit?action=credential.deleted&targetId=${credentials[0]}`)).body.data).toHaveLength(1)
  })

  test('of its own go where others are chosen in their place, or none', async () => {
    for (const credentialId of [await store(), null]) {
      const id = await own()
      const { credentialId: before } = await get(id)
      expectStatus(200, await patch(id, { credentialId }))
      expect([await isKept(before), (await get(id)).credentialId]).toEqual([false, credentialId])
    }
  })

  test('of its own go with it while somebody changes them, and neither waits for the other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await own()
      const { credentialId } = await get(id)
      const [changed, deleted] = await Promise.all([patch(id, { credentials: { apiKey: second } }), hub.call('DELETE', `${path}/${id}`)])
      expect([200, 404, 412]).toContain(changed.status)
      expect([deleted.status, await isKept(credentialId)]).toEqual([204, false])
    }
  })

  test('that come with an integration that cannot be stored are not stored either', async () => {
    const count = async (): Promise<number> => (await hub.call('GET', `/api/v1/credentials?connector=${keyed}&limit=500`)).body.data.length
    const before = await count()
    await database.query(`alter table integrations add constraint test_refusal check (name <> 'refused')`)
    expect(await hub.call('POST', `${path}?test=false`, { name: 'refused', connector: keyed, credentials: { apiKey: first } })).toMatchObject({ status: 500 })
    await database.query('alter table integrations drop constraint test_refusal')
    expect(await count()).toBe(before)
  })
})
