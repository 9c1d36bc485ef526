/** Nobody reaches what is another tenant's. Walks the route table: a new route is covered by itself, or fails for want of a recipe in walk.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { routes } from '../src/api/routes/index.ts'
import type { Route } from '../src/api/route.ts'
import { scopes } from '../src/tenants/caller.ts'
import { dumpTenant, listTenantTables, ownEverything, withClient, type Everything } from './everything.ts'
import { openHub, type Reply, type TestHub } from './hub.ts'
import { addIntegration } from './service.ts'
import { startUpstream, type Upstream } from './upstream.ts'
import { bodyOf, isOwned, methodsOf, nameOf, pathOf } from './walk.ts'

let hub: TestHub
let close: () => Promise<void>
let upstream: Upstream
/** Owners' keys. `a` is the operator's tenant, whose owner may do everything. */
let keys: { a: string, b: string }
let ofA: Everything
let ofB: Everything

beforeAll(async () => {
  upstream = await startUpstream()
  ;({ hub, close } = await openHub())
  keys = { a: hub.key, b: await hub.addTenant('b') }
  ;[ofA, ofB] = await Promise.all([
    ownEverything(hub, upstream, { key: keys.a, mark: 'mark-of-a' }), ownEverything(hub, upstream, { key: keys.b, mark: 'mark-of-b' }),
  ])
})
afterAll(async () => {
  await close()
  await upstream.close()
})
beforeEach(() => { upstream.asked.length = 0 })

interface Ask { key: string | null, of?: Everything, suffix?: string }

/** Asks a route in all its methods; a request that every other condition lets through. */
async function ask(route: Route, { key, of = ofA, suffix = '' }: Ask): Promise<Reply[]> {
  const replies: Reply[] = []
  for (const method of methodsOf(route)) {
    replies.push(await hub.call(method, pathOf(route, of) + suffix, bodyOf(route, of, upstream.url), { key }))
  }
  return replies
}

/** Each route with what it answered, so that a failure names the routes. */
async function walk(chosen: Route[], options: Ask): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {}
  for (const route of chosen) found[nameOf(route)] = (await ask(route, options)).map(({ status }) => status)
  return found
}

function all(chosen: Route[], status: number): Record<string, number[]> {
  return Object.fromEntries(chosen.map((route) => [nameOf(route), methodsOf(route).map(() => status)]))
}

const guarded = routes.filter(({ scope }) => scope !== 'public' && scope !== 'session')
const withIds = guarded.filter(isOwned)

test('the walk covers the table, and the two tenants own a row in every table of tenants', async () => {
  expect(withIds.length).toBeGreaterThan(25)
  await withClient(hub.connectionString, async (client) => {
    for (const table of await listTenantTables(client)) {
      const { rows } = await client.query<{ tenant_id: string }>(`select distinct tenant_id from ${table}`)
      expect(rows.map((row) => row.tenant_id), `Nobody owns anything in ${table}: add it to test/everything.ts`).toEqual(expect.arrayContaining([ofA.tenantId, ofB.tenantId]))
    }
  })
})

test('an id of another tenant is 404 on every route and method, and changes nothing', async () => {
  const before = await dumpTenant(hub.connectionString, ofA.tenantId)
  expect(await walk(withIds, { key: keys.b })).toEqual(all(withIds, 404))
  expect(await dumpTenant(hub.connectionString, ofA.tenantId)).toEqual(before)
  expect(upstream.asked).toEqual([])
})

test('the same walk finds everything with a key of its own tenant', async () => {
  const reading = withIds.filter(({ method }) => method === 'GET')
  expect(await walk(reading, { key: keys.a })).toEqual(all(reading, 200))
})

test('no list of a tenant shows anything of another, whatever is searched for', async () => {
  const lists = guarded.filter(({ method, path, scope }) => method === 'GET' && !path.includes(':') && scope !== 'tenants:admin')
  expect(lists.length).toBeGreaterThan(7)
  const filters = ['q', 'integrationId', 'connector', 'targetId', 'tag', 'actor']
  const wanted: Record<string, string> = { q: ofA.mark, integrationId: ofA.integration, connector: ofA.connector, targetId: ofA.integration, tag: ofA.mark, actor: `key:${ofA.key}` }
  for (const route of lists) {
    const { text } = await hub.call('GET', `${route.path}`, undefined, { key: keys.b })
    const taken = filters.filter((name) => route.query?.safeParse({ [name]: wanted[name] }).success)
    const searched = await Promise.all(taken.map((name) => hub.call('GET', `${route.path}?${name}=${encodeURIComponent(wanted[name]!)}`, undefined, { key: keys.b })))
    for (const shown of [text, ...searched.map((reply) => reply.text)]) {
      for (const [kind, id] of Object.entries(ofA)) expect(shown, `${nameOf(route)} shows ${kind} of another tenant`).not.toContain(id)
    }
    expect(searched.map(({ status }) => status), nameOf(route)).toEqual(taken.map(() => 200))
  }
})

describe('ids of another tenant within a body', () => {
  const refused = async (method: string, path: string, body: unknown, pointer: string): Promise<void> => {
    const before = await dumpTenant(hub.connectionString, ofB.tenantId)
    const reply = await hub.call(method, path, body, { key: keys.b })
    expect({ status: reply.status, errors: reply.body['errors'] }).toMatchObject({ status: 422, errors: [{ pointer }] })
    expect(await dumpTenant(hub.connectionString, ofB.tenantId)).toEqual(before)
    expect(upstream.asked).toEqual([])
  }
  test("an integration of another's connector is refused", () => refused('POST', '/api/v1/integrations', { name: 'n', connector: ofA.connector }, '/connector'))
  test("an integration with another's credential is refused", () => refused('POST', '/api/v1/integrations', { name: 'n', connector: ofB.connector, credentialId: ofA.credential }, '/credentialId'))
  test("another's credential is refused where it is put into an integration", () => refused('PATCH', `/api/v1/integrations/${ofB.integration}`, { credentialId: ofA.credential }, '/credentialId'))
  test("another's connector is refused where it is put into an integration", () => refused('PATCH', `/api/v1/integrations/${ofB.integration}`, { connector: ofA.connector }, '/connector'))
  test("the same by replacing it", () => refused('PUT', `/api/v1/integrations/${ofB.integration}`, { name: 'n', connector: ofB.connector, credentialId: ofA.credential }, '/credentialId'))
  test("a credential for another's connector is refused", () => refused('POST', '/api/v1/credentials', { connector: ofA.connector, credentials: { oauth: { clientId: 'c', clientSecret: 's' } } }, '/connector'))
  test("a registration of another's connector is refused", () => refused('POST', '/api/integration/register', { name: 'n', type: ofA.connector, config: {} }, '/type'))
})

test('what has the same id in two tenants stays apart', async () => {
  const both = await Promise.all([keys.a, keys.b].map(async (key, at) => {
    const connector = await hub.call('POST', '/api/v1/connectors', { id: 'twin', document: { openapi: '3.1.0', info: { title: `twin ${at}`, version: '1' }, servers: [{ url: upstream.url }], paths: { '/items': { get: { operationId: `op${at}`, responses: { 200: { description: 'd' } } } } }, components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-twin' } } }, security: [{ key: [] }] } }, { key })
    const credential = await hub.call('POST', '/api/v1/credentials', { id: 'twin', connector: 'twin', credentials: { key: `secret-of-twin-${at}` } }, { key })
    expect([connector.status, credential.status]).toEqual([201, 201])
    return addIntegration(hub.call, { connector: 'twin', credentialId: 'twin' }, { key })
  }))
  for (const [at, key] of [keys.a, keys.b].entries()) {
    upstream.asked.length = 0
    expect(await hub.call('POST', `/api/v1/integrations/${both[at]}/run`, { operation: `op${at}` }, { key })).toMatchObject({ status: 200 })
    expect(upstream.asked.map(({ headers }) => headers['x-twin'])).toEqual([`secret-of-twin-${at}`])
    expect(await hub.call('POST', `/api/v1/integrations/${both[at]}/run`, { operation: `op${1 - at}` }, { key })).toMatchObject({ status: 404, body: { code: 'operation_not_found' } })
  }
  await hub.call('DELETE', `/api/v1/integrations/${both[1]}`, undefined, { key: keys.b })
  expect(await hub.call('DELETE', '/api/v1/credentials/twin', undefined, { key: keys.b })).toMatchObject({ status: 204 })
  expect(await hub.call('DELETE', '/api/v1/connectors/twin', undefined, { key: keys.b })).toMatchObject({ status: 204 })
  expect(await hub.call('POST', `/api/v1/integrations/${both[0]}/run`, { operation: 'op0' }, { key: keys.a })).toMatchObject({ status: 200 })
})

describe('keys', () => {
  const makeKey = async (body: object): Promise<{ id: string, key: string }> => {
    const reply = await hub.call('POST', '/api/v1/keys', { name: 'k', ...body }, { key: keys.a })
    expect(reply.status).toBe(201)
    return reply.body
  }

  test('without a key every route answers 401, and reads nothing of the body', async () => {
    expect(await walk(guarded, { key: null })).toEqual(all(guarded, 401))
    const reply = await hub.call('POST', '/api/v1/integrations', '{"broken', { key: null })
    expect(reply).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test('a wrong key is 401 on every route', async () => {
    expect(await walk(guarded, { key: `${keys.a}x` })).toEqual(all(guarded, 401))
  })

  test('public routes are the few that are meant to be', () => {
    expect(routes.filter(({ scope }) => scope === 'public').map(({ path }) => path).filter((path) => !/^\/(|healthz|readyz|metrics|openapi\.json|docs(\/.*)?|api\/v1\/logos\/:name|hooks\/:path|approvals\/:token)$/.test(path))).toEqual([])
  })

  test('a key with all scopes but the one that a route needs is 403 there, and changes nothing', async () => {
    const before = await dumpTenant(hub.connectionString, ofA.tenantId)
    const narrowed = await Promise.all(scopes.map(async (missing) => [missing, await makeKey({ role: 'owner', scopes: scopes.filter((each) => each !== missing) })] as const))
    for (const [missing, { key }] of narrowed) {
      const needing = guarded.filter(({ scope }) => scope === missing)
      expect(await walk(needing, { key }), missing).toEqual(all(needing, 403))
    }
    const after = await dumpTenant(hub.connectionString, ofA.tenantId)
    for (const table of Object.keys(before).filter((name) => name !== 'api_keys' && name !== 'audit_log')) expect(after[table]).toEqual(before[table])
  })

  test('a viewer reads and does nothing else', async () => {
    const { key } = await makeKey({ role: 'viewer' })
    const changing = guarded.filter(({ method }) => method !== 'GET')
    expect(await walk(changing, { key })).toEqual(all(changing, 403))
    expect(await hub.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 200 })
  })

  test('only the operator manages tenants', async () => {
    const managing = guarded.filter(({ scope }) => scope === 'tenants:admin')
    expect(managing.length).toBeGreaterThan(1)
    expect(await walk(managing, { key: keys.b })).toEqual(all(managing, 403))
  })

  test('a revoked key is 401 at once, on every route', async () => {
    const { id, key } = await makeKey({ role: 'owner', scopes: ['integrations:read'] })
    expect(await hub.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 200 })
    await hub.call('DELETE', `/api/v1/keys/${id}`, undefined, { key: keys.a })
    expect(await walk(guarded, { key })).toEqual(all(guarded, 401))
  })

  test('an expired key is 401 on every route', async () => {
    const { key } = await makeKey({ role: 'owner', expiresAt: new Date(Date.now() + 700).toISOString() })
    await vi.waitFor(async () => { expect(await hub.call('GET', '/api/v1/integrations', undefined, { key })).toMatchObject({ status: 401 }) }, { timeout: 30_000, interval: 50 })
    expect(await walk(guarded, { key })).toEqual(all(guarded, 401))
  })

  test('nobody hands on more than they have', async () => {
    const { key } = await makeKey({ role: 'admin' })
    for (const body of [{ role: 'owner' }, { role: 'admin', scopes: ['tenants:admin'] }]) {
      expect(await hub.call('POST', '/api/v1/keys', { name: 'k', ...body }, { key })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
  })
})

test('a slash at the end of a path changes nothing', async () => {
  const reading = guarded.filter(({ method }) => method === 'GET')
  expect(await walk(reading, { key: keys.a, suffix: '/' })).toEqual(await walk(reading, { key: keys.a }))
  // A path that the router does not know is 404 whatever the key.
  expect(await walk(guarded, { key: null, suffix: '/' })).toEqual(all(guarded, 401))
})
