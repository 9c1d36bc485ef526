import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { listen } from '../db/listen.ts'
import { createTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import type { Credentials } from './credentials.ts'
import { CREDENTIALS_CHANGED } from './notices.ts'
import { canary, formsOfSecret, readOut, schemas, setUp, startTokenServer, type Setup } from './setup.fixture.ts'
import * as store from './store.ts'
import * as keysStore from './tenant-keys-store.ts'
import * as tokensStore from './tokens-store.ts'

let postgres: TestDatabase
let setup: Setup
let database: Database

beforeAll(async () => {
  postgres = await createTestDatabase()
  setup = await setUp(postgres.connectionString)
  database = setup.database
})

afterAll(async () => {
  await setup[Symbol.asyncDispose]()
  await postgres.drop()
})

const mail = { connector: 'mail', credentials: { host: 'h', password: canary } }
const pointersOf = async (promise: Promise<unknown>): Promise<string[]> =>
  promise.then(() => { throw new Error('It did not fail.') }, (error: { errors?: { pointer: string }[] }) => (error.errors ?? []).map(({ pointer }) => pointer))

test('a credential is opened as it was stored, and shown without its secrets', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const shown = await credentials.create(caller, { id: 'smtp-credentials', connector: 'mail', credentials: { host: 'mail.example.com', port: 587, password: canary } })
  expect(shown).toEqual({
    id: 'smtp-credentials', name: 'smtp-credentials', connector: 'mail', revision: 1, connections: {}, expiresAt: null, createdAt: expect.any(Date) as Date, updatedAt: expect.any(Date) as Date,
    fields: { host: { type: 'text', set: true, value: 'mail.example.com' }, port: { type: 'text', set: true, value: 587 }, password: { type: 'password', set: true } },
  })
  expect(await credentials.find(caller, 'smtp-credentials')).toEqual(shown)
  expect(await credentials.list(caller, { limit: 10 })).toEqual({ data: [shown], nextCursor: null })
  const opened = await (await setup.hub()).open(caller.tenantId, 'smtp-credentials')
  expect(opened).toMatchObject({ id: 'smtp-credentials', connector: 'mail', revision: 1, values: { host: 'mail.example.com', port: 587, password: canary } })
  for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString('hex')]) expect(opened.mask.mask(`it is ${form}.`)).toBe('it is [secret].')
  expect(opened.mask.mask('mail.example.com')).toBe('mail.example.com')
})

test('no table holds a secret in any form, whatever was done with it', async () => {
  await using server = await startTokenServer(() => ({ status: 200, body: { access_token: `${canary}-token`, expires_in: 3600 } }))
  const [caller, credentials] = [await setup.addTenant(), await setup.hub({ environment: { MAIL_PASSWORD: `${canary}-environment` } })]
  const { id } = await credentials.create(caller, mail)
  await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: { $env: 'MAIL_PASSWORD' } } })
  await credentials.create(caller, { connector: 'api', credentials: { client: { clientId: 'client', clientSecret: canary }, login: `user:${canary}` } })
  await credentials.update(caller, id, { credentials: { password: `${canary}-2` } })
  await credentials.update(caller, id, { credentials: { hots: canary } }).catch(() => undefined)
  await credentials.tokens(caller.tenantId, id).get({ tokenUrl: server.url, clientId: 'client', clientSecret: canary, scopes: [] })
  await credentials.rotation.rotateTenant(caller)
  await credentials.remove(caller, (await credentials.create(caller, mail)).id)
  const all = await readOut(database)
  // It was looked for in the right place.
  expect(all).toContain(id)
  for (const form of [...formsOfSecret(canary), 'canary-secret']) expect(all).not.toContain(form)
})

const moves: [name: string, sql: string][] = [
  ['another row', 'update credentials a set fields = b.fields from credentials b where a.id = $2 and b.id = $1'],
  ['another field', "update credentials set fields = jsonb_set(jsonb_set(fields, '{note}', fields->'password'), '{password}', fields->'note') where id = $2 and $1 <> ''"],
  ['another key version', "update credentials set fields = jsonb_set(fields, '{password,v}', '2') where id = $2 and $1 <> ''"],
  ['a field that may be shown', "update credentials set fields = jsonb_set(fields, '{password,t}', '\"text\"') where id = $2 and $1 <> ''"],
  ['nowhere, but cut short', "update credentials set fields = jsonb_set(fields, '{password,c}', '\"AAAA\"') where id = $2 and $1 <> ''"],
]
test.each(moves)('a ciphertext that was moved to %s is refused', async (_name, sql) => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const ids: string[] = []
  for (const note of ['one', 'two']) ids.push((await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary, note } })).id)
  // Two versions, of which both are there.
  await database.owner.query("insert into tenant_keys (tenant_id, version, wrapped, root_key_id) select tenant_id, 2, wrapped, root_key_id from tenant_keys where tenant_id = $1", [caller.tenantId])
  await database.owner.query(sql, ids)
  const fresh = await setup.hub()
  await expect(fresh.open(caller.tenantId, ids[1]!)).rejects.toMatchObject({ code: 'credential_unreadable' })
  expect(JSON.stringify(await fresh.find(caller, ids[1]!))).not.toContain('canary')
})

test("a ciphertext, or a tenant's key, that was moved to another tenant is refused", async () => {
  const [a, b, credentials] = [await setup.addTenant(), await setup.addTenant(), await setup.hub()]
  for (const caller of [a, b]) await credentials.create(caller, { id: 'same', ...mail })
  await database.owner.query('update credentials set fields = (select fields from credentials where tenant_id = $1) where tenant_id = $2', [a.tenantId, b.tenantId])
  await expect((await setup.hub()).open(b.tenantId, 'same')).rejects.toMatchObject({ code: 'credential_unreadable' })
  await database.owner.query('update tenant_keys set wrapped = (select wrapped from tenant_keys where tenant_id = $1) where tenant_id = $2', [a.tenantId, b.tenantId])
  await expect((await setup.hub()).open(b.tenantId, 'same')).rejects.toMatchObject({ code: 'credential_unreadable' })
})

test('a secret does not become showable when its connector comes to call it text', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(caller, mail)
  const renamed = { ...schemas['mail'], password: { ...schemas['mail']!['password']!, type: 'text' as const } }
  const later = await setup.hub({ connectors: { credentialSchema: async () => renamed } })
  expect((await later.find(caller, id)).fields['password']).toEqual({ type: 'password', set: true })
  expect((await later.open(caller.tenantId, id)).mask.mask(canary)).toBe('[secret]')
  // A connector that is gone leaves the credential readable, and all of it secret but the text.
  const gone = await setup.hub({ connectors: { credentialSchema: async () => undefined } })
  expect((await gone.find(caller, id)).fields).toEqual({ host: { type: 'text', set: true, value: 'h' }, password: { type: 'password', set: true } })
  expect((await gone.open(caller.tenantId, id)).mask.mask(canary)).toBe('[secret]')
})

test('wrong fields are told by pointer, all at once, and nothing is stored', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const create = (connector: string, values: Record<string, unknown>): Promise<string[]> => pointersOf(credentials.create(caller, { connector, credentials: values }))
  expect(await create('mail', { password: ['x'], hots: 'typo' })).toEqual(['/credentials/hots', '/credentials/host', '/credentials/password'])
  expect(await create('mail', { host: 'h', password: '' })).toEqual(['/credentials/password'])
  expect(await create('mail', { host: 'h', password: 5 })).toEqual(['/credentials/password'])
  expect(await create('mail', { host: { a: 1 }, password: null })).toEqual(['/credentials/host', '/credentials/password'])
  expect(await create('mail', { host: 'h', password: 'x'.repeat(70_000) })).toEqual(['/credentials/password'])
  expect(await create('api', { login: { username: 'me', pass: 'x' }, toString: 'x' })).toEqual(['/credentials/toString', '/credentials/login/password', '/credentials/login/pass'])
  expect(await create('api', { client: { clientId: 'c', clientSecret: 7 } })).toEqual(['/credentials/client/clientSecret'])
  expect(await create('api', { 'odd/name~': {} })).toEqual(['/credentials/odd~1name~0'])
  expect(await create('nothing', {})).toEqual(['/connector'])
  expect(await credentials.list(caller, { limit: 10 })).toEqual({ data: [], nextCursor: null })
})

test('of a field with several values those are masked that its schema calls secret, and those that it does not know', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const values = { login: { username: 'my-user-name', password: 'my-password' }, client: { clientId: 'my-client-id', clientSecret: 'my-client-secret', extra: ['my-extra'] }, 'odd/name~': 'Bearer my-bearer-token', constructor: 'my-constructor' }
  const { id } = await credentials.create(caller, { connector: 'api', credentials: values })
  const opened = await credentials.open(caller.tenantId, id)
  expect(opened.values).toEqual(values)
  expect(opened.mask.mask('my-user-name my-password my-client-id my-client-secret my-extra my-bearer-token my-constructor'))
    .toBe('my-user-name [secret] my-client-id [secret] [secret] [secret] [secret]')
  expect(opened.mask.mask(Buffer.from('my-user-name:my-password').toString('base64'))).toMatch(/^\S+\[secret\]/)
  // One text in its place is a key, or user and password.
  const { id: single } = await credentials.create(caller, { connector: 'api', credentials: { login: 'somebody:with-a-password' } })
  expect((await credentials.open(caller.tenantId, single)).mask.mask('with-a-password')).toBe('[secret]')
})

test('a chosen id is taken once in a tenant, and another tenant may choose it too', async () => {
  const [a, b, credentials] = [await setup.addTenant(), await setup.addTenant(), await setup.hub()]
  await credentials.create(a, { id: 'chosen', ...mail })
  await expect(credentials.create(a, { id: 'chosen', ...mail })).rejects.toMatchObject({ code: 'conflict', errors: [{ pointer: '/id' }] })
  await credentials.create(b, { id: 'chosen', connector: 'mail', credentials: { host: 'h', password: 'of-the-other' } })
  expect((await credentials.open(a.tenantId, 'chosen')).values['password']).toBe(canary)
  expect((await credentials.open(b.tenantId, 'chosen')).values['password']).toBe('of-the-other')
})

test('a list goes on where the page before ended, and shows one connector only when asked', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  for (const id of ['b', 'a', 'C', 'c', '1', '_', '-']) await credentials.create(caller, { id, ...mail })
  await credentials.create(caller, { id: 'api', connector: 'api', credentials: {} })
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await credentials.list(caller, { limit: 3, connector: 'mail', cursor })
    ids.push(...page.data.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(ids).toEqual(['-', '1', 'C', '_', 'a', 'b', 'c'])
  expect((await credentials.list(caller, { limit: 10, connector: 'api' })).data.map(({ id }) => id)).toEqual(['api'])
})

test("another tenant's credential is not there, through any function of the service", async () => {
  const [a, b, credentials] = [await setup.addTenant(), await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(a, mail)
  await credentials.open(a.tenantId, id)
  for (const work of [() => credentials.find(b, id), () => credentials.update(b, id, { name: 'mine' }), () => credentials.remove(b, id)]) {
    await expect(work()).rejects.toMatchObject({ code: 'not_found' })
  }
  await expect(credentials.open(b.tenantId, id)).rejects.toMatchObject({ code: 'credential_missing' })
  expect((await credentials.list(b, { limit: 10 })).data).toEqual([])
  expect(await credentials.rotation.rotateTenant(b)).toMatchObject({ credentials: 0 })
  expect((await credentials.find(a, id)).revision).toBe(1)
})

test('every store function keeps to its tenant by itself, on a connection that sees all tenants', async () => {
  const [a, b, credentials] = [await setup.addTenant(), await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(a, mail)
  const token = { tenantId: a.tenantId, credentialId: id, tokenKey: 'k' }
  const foreign = { ...token, tenantId: b.tenantId }
  const past = new Date(0)
  const { system } = database
  const lease = (await tokensStore.takeLease(system, token, { leaseMs: 60_000, until: past }))!
  await tokensStore.storeToken(system, token, { lease, sealed: { v: 1, c: 'sealed' }, expiresAt: new Date(Date.now() + 60_000) })
  const before = await rowsOf(a.tenantId)
  const inTransaction = <Result>(work: (db: Db) => Promise<Result>): Promise<Result> => system.transaction(work)
  expect([
    await store.findCredential(system, b.tenantId, id), await store.listCredentials(system, b.tenantId, { q: undefined, connector: undefined, after: undefined, limit: 10 }),
    await store.countCredentials(system, b.tenantId), await store.deleteCredential(system, b.tenantId, id), await store.updateCredential(system, b.tenantId, { id, name: 'x', fields: {}, expiresAt: null }),
    await inTransaction((db) => store.lockCredential(db, b.tenantId, id)), await inTransaction((db) => store.lockOutdated(db, b.tenantId, { version: 9, after: undefined, limit: 10 })),
    await store.replaceSealed(system, b.tenantId, id, {}),
    await keysStore.listKeyVersions(system, b.tenantId), await inTransaction((db) => keysStore.lockKeyVersions(db, b.tenantId)), await inTransaction((db) => keysStore.lockNewestKey(db, b.tenantId)),
    await keysStore.deleteUnusedKeys(system, b.tenantId),
    await tokensStore.findToken(system, foreign, past), await tokensStore.storeToken(system, foreign, { lease, sealed: { v: 1, c: 'x' }, expiresAt: past }),
    await inTransaction((db) => tokensStore.lockOutdatedTokens(db, b.tenantId, { version: 9, after: undefined, limit: 10 })),
    await tokensStore.giveBackLease(system, foreign, lease), await tokensStore.removeToken(system, foreign, 'sealed'), await tokensStore.deleteTokens(system, b.tenantId, id, []),
    await tokensStore.deleteExpiredTokens(system, b.tenantId), await tokensStore.replaceSealedToken(system, foreign, null),
  ]).toEqual([undefined, [], 0, false, undefined, undefined, [], undefined, [], [], undefined, [], undefined, false, [], undefined, undefined, undefined, undefined, undefined])
  expect(await rowsOf(a.tenantId)).toEqual(before)
})

test('Postgres keeps a request to its tenant by itself, whatever the statement says', async () => {
  const [a, b, credentials] = [await setup.addTenant(), await setup.addTenant(), await setup.hub()]
  for (const caller of [a, b]) await credentials.create(caller, { id: 'same', ...mail })
  await tokensStore.takeLease(database.system, { tenantId: a.tenantId, credentialId: 'same', tokenKey: 'k' }, { leaseMs: 1, until: new Date(0) })
  const before = await rowsOf(a.tenantId)
  const db = database.tenant(b.tenantId)
  for (const table of ['credentials', 'credential_tokens', 'tenant_keys']) {
    const { rows } = await db.query<{ tenant: string }>(`select tenant_id as tenant from ${table}`)
    expect(rows.every(({ tenant }) => tenant === b.tenantId)).toBe(true)
    await expect(db.query(`insert into ${table} select * from (select * from ${table} limit 0) t where false`)).resolves.toBeDefined()
    expect((await db.query(`update ${table} set tenant_id = tenant_id where tenant_id = $1`, [a.tenantId])).rowCount).toBe(0)
  }
  await expect(db.query("insert into credentials (tenant_id, id, name, connector, fields) values ($1, 'planted', '', '', '{}')", [a.tenantId])).rejects.toThrow(/row-level security/)
  await expect(db.query('update credentials set tenant_id = $1', [a.tenantId])).rejects.toThrow(/row-level security/)
  await db.query('delete from credential_tokens')
  await db.query('delete from credentials')
  await db.query('delete from tenant_keys')
  expect(await rowsOf(a.tenantId)).toEqual(before)
})

async function rowsOf(tenantId: string): Promise<unknown[]> {
  const { rows } = await database.owner.query(
    'select (select jsonb_agg(c) from credentials c where tenant_id = $1) as credentials, (select jsonb_agg(t) from credential_tokens t where tenant_id = $1) as tokens, (select jsonb_agg(k) from tenant_keys k where tenant_id = $1) as keys',
    [tenantId])
  expect(JSON.stringify(rows)).toContain(tenantId)
  return rows
}

test('a change takes hold at once, keeps what it does not name, and cannot take what is needed', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: canary, note: 'n' } })
  await credentials.open(caller.tenantId, id)
  const open = async (): Promise<unknown> => (await credentials.open(caller.tenantId, id)).values
  await credentials.update(caller, id, { credentials: { password: 'another-secret' } }, { ifMatch: '1' })
  expect(await open()).toEqual({ host: 'h', password: 'another-secret', note: 'n' })
  await expect(credentials.update(caller, id, { name: 'late' }, { ifMatch: '1' })).rejects.toMatchObject({ code: 'precondition_failed' })
  for (const empty of [null, '']) expect(await pointersOf(credentials.update(caller, id, { credentials: { host: empty } }))).toEqual(['/credentials/host'])
  await credentials.update(caller, id, { credentials: { note: null } })
  expect(await open()).toEqual({ host: 'h', password: 'another-secret' })
  expect(await credentials.update(caller, id, { name: 'Renamed' })).toMatchObject({ name: 'Renamed', revision: 4 })
  expect(await open()).toEqual({ host: 'h', password: 'another-secret' })
  // All of it: what is not named is gone, and has to be named where it is needed.
  expect(await pointersOf(credentials.update(caller, id, { credentials: { host: 'i' } }, { whole: true }))).toEqual(['/credentials/password'])
  await credentials.update(caller, id, { credentials: { host: 'i', password: 'third-secret' } }, { whole: true })
  expect(await open()).toEqual({ host: 'i', password: 'third-secret' })
})

test('of changes at the same moment none is lost, and of those that name a version one wins', async () => {
  const [caller, one, two] = [await setup.addTenant(), await setup.hub(), await setup.hub()]
  const { id } = await one.create(caller, { connector: 'api', credentials: {} })
  const names = Object.keys(schemas['api']!)
  await Promise.all(names.map((name, at) => (at % 2 ? one : two).update(caller, id, { credentials: { [name]: `secret-of-${name}` } })))
  expect((await (await setup.hub()).open(caller.tenantId, id)).values).toEqual(Object.fromEntries(names.map((name) => [name, `secret-of-${name}`])))
  const outcomes = await Promise.allSettled([one, two].map((hub, at) => hub.update(caller, id, { name: `N${at}` }, { ifMatch: String(names.length + 1) })))
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a change is heard by other processes, and told at once in its own', async () => {
  const told: string[] = []
  const [caller, one, two] = [await setup.addTenant(), await setup.hub({ onChange: (tenantId, id) => { told.push(`${tenantId}:${id}`) } }), await setup.hub()]
  const { id } = await one.create(caller, mail)
  await two.open(caller.tenantId, id)
  const heard: string[] = []
  const ready = Promise.withResolvers<void>()
  let next = Promise.withResolvers<void>()
  const listener = listen({
    connectionString: postgres.connectionString, reset: () => { ready.resolve() }, onError: ready.reject,
    channels: { [CREDENTIALS_CHANGED]: (payload) => { heard.push(payload); two.forget(...payload.split(':') as [string, string]); next.resolve() } },
  })
  try {
    await ready.promise
    await one.update(caller, id, { credentials: { password: 'another-secret' } })
    await next.promise
    expect((await two.open(caller.tenantId, id)).values['password']).toBe('another-secret')
    next = Promise.withResolvers()
    await one.remove(caller, id)
    await next.promise
    await expect(two.open(caller.tenantId, id)).rejects.toMatchObject({ code: 'credential_missing' })
    expect([told, heard]).toEqual(Array.from({ length: 2 }, () => Array.from({ length: 2 }, () => `${caller.tenantId}:${id}`)))
  } finally {
    await listener.close()
  }
})

test('what was read from before a change is not kept after it', async () => {
  const caller = await setup.addTenant()
  const gate = { enter: Promise.withResolvers<void>(), leave: Promise.resolve() }
  const slow = { credentialSchema: async () => { gate.enter.resolve(); await gate.leave; return schemas['mail'] } }
  const [one, two] = [await setup.hub(), await setup.hub({ connectors: slow })]
  const { id } = await one.create(caller, mail)
  const leave = Promise.withResolvers<void>()
  gate.leave = leave.promise
  const opening = two.open(caller.tenantId, id)
  await gate.enter.promise
  await one.update(caller, id, { credentials: { password: 'another-secret' } })
  two.forget(caller.tenantId, id)
  leave.resolve()
  await opening
  expect((await two.open(caller.tenantId, id)).values['password']).toBe('another-secret')
})

test('a credential in use is opened once for all who ask, and stays in memory', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(caller, mail)
  const opened = await Promise.all(Array.from({ length: 20 }, () => credentials.open(caller.tenantId, id)))
  expect(new Set(opened).size).toBe(1)
  expect(await credentials.open(caller.tenantId, id)).toBe(opened[0])
})

test('a field may stand in an environment variable that the operator allows, and is masked whatever its type', async () => {
  const environment = { MAIL_PASSWORD: 'from-the-environment', PATH: '/bin' }
  const [caller, credentials] = [await setup.addTenant(), await setup.hub({ environment })]
  const { id } = await credentials.create(caller, { connector: 'mail', credentials: { host: { $env: 'MAIL_PASSWORD' }, password: { $env: 'MAIL_PASSWORD' } } })
  const opened = await credentials.open(caller.tenantId, id)
  expect(opened.values).toEqual({ host: 'from-the-environment', password: 'from-the-environment' })
  expect(opened.mask.mask('from-the-environment')).toBe('[secret]')
  expect((await credentials.find(caller, id)).fields).toEqual({ host: { type: 'text', set: true, env: 'MAIL_PASSWORD' }, password: { type: 'password', set: true, env: 'MAIL_PASSWORD' } })
  const within = { connector: 'api', credentials: { login: { username: 'me', password: { $env: 'MAIL_PASSWORD' } } } }
  expect((await credentials.forTest(caller, within.connector, within.credentials)).values).toEqual({ login: { username: 'me', password: 'from-the-environment' } })
  for (const name of ['PATH', 'UNSET', '__proto__', 'INTERCHANGE_ROOT_KEY']) {
    expect(await pointersOf(credentials.create(caller, { connector: 'mail', credentials: { host: 'h', password: { $env: name } } }))).toEqual(['/credentials/password/$env'])
  }
  // Taken away later, it is missing when it is used.
  const later = await setup.hub({ environment: {} })
  await expect(later.open(caller.tenantId, id)).rejects.toMatchObject({ code: 'credential_missing', message: expect.stringContaining('MAIL_PASSWORD') as string })
})

test('values may be tried before they are stored, checked and masked like stored ones', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const tried = await credentials.forTest(caller, 'mail', mail.credentials)
  expect(tried).toMatchObject({ connector: 'mail', values: mail.credentials })
  expect(tried.mask.mask(canary)).toBe('[secret]')
  expect(await pointersOf(credentials.forTest(caller, 'mail', { host: 'h' }))).toEqual(['/credentials/password'])
  expect(await pointersOf(credentials.forTest(caller, 'nothing', {}))).toEqual(['/connector'])
  expect((await credentials.list(caller, { limit: 1 })).data).toEqual([])
})

test('a credential that integrations use stays, also where one begins to at the same moment', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(caller, mail)
  const integration = (credentialId: string): Promise<unknown> => database.tenant(caller.tenantId).query(
    "insert into integrations (tenant_id, id, name, connector, kind, credential_id) values ($1, gen_random_uuid(), 'Mail', 'mail', 'messaging', $2)", [caller.tenantId, credentialId])
  await integration(id)
  await expect(credentials.remove(caller, id)).rejects.toMatchObject({ code: 'conflict' })
  expect((await credentials.open(caller.tenantId, id)).values).toEqual(mail.credentials)
})

test('each change leaves one line in the audit log, which names fields and no values', async () => {
  const [caller, credentials] = [await setup.addTenant(), await setup.hub()]
  const { id } = await credentials.create(caller, mail)
  await credentials.update(caller, id, { name: 'Renamed', credentials: { password: `${canary}-2` } })
  await credentials.update(caller, id, { credentials: { hots: canary } }).catch(() => undefined)
  await credentials.remove(caller, id)
  const { rows } = await database.tenant(caller.tenantId).query('select action, target_id as id, actor, detail from audit_log order by audit_log.id')
  expect(rows).toEqual([
    { action: 'credential.created', id, actor: 'key:test', detail: { connector: 'mail', fields: ['host', 'password'] } },
    { action: 'credential.updated', id, actor: 'key:test', detail: { name: 'Renamed', fields: ['password'] } },
    { action: 'credential.deleted', id, actor: 'key:test', detail: {} },
  ])
})

test('ids that are none are not found', async () => {
  const [caller, credentials]: [Awaited<ReturnType<Setup['addTenant']>>, Credentials] = [await setup.addTenant(), await setup.hub()]
  for (const id of ['', '\0', 'a/b', '../x', 'x'.repeat(129), "' or true --"]) {
    for (const work of [credentials.find(caller, id), credentials.update(caller, id, { name: 'x' }), credentials.remove(caller, id)]) await expect(work).rejects.toMatchObject({ code: 'not_found' })
  }
})
