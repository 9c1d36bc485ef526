import { uuidv7 } from 'uuidv7'
import { expect, test } from 'vitest'
import { setUp, type Setup } from '../../credentials/setup.fixture.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { createTestDatabase } from '../../../test/postgres.ts'
import type { Db } from '../../db/db.ts'
import type { Database } from '../../db/database.ts'
import type { Caller } from '../../tenants/caller.ts'
import { ownerOf, toFields } from './authentication.ts'
import { createLoadedWebhooks, type LoadedWebhooks } from './loaded.ts'
import { defaults } from './settings.ts'
import { makeSecret } from './signature.ts'
import { deleteWebhook, findWebhook, insertWebhook, noteFailing, updateFailed, updateWebhook, type WebhookDraft } from './webhooks-store.ts'

interface Fixture { setup: Setup, credentials: Credentials, tenant: Caller, database: Database, queries: string[], loaded: LoadedWebhooks }

async function withLoaded(work: (fixture: Fixture) => Promise<void>): Promise<void> {
  const { connectionString, drop } = await createTestDatabase()
  try {
    await using setup = await setUp(connectionString)
    const credentials = await setup.hub()
    const tenant = await setup.addTenant()
    const queries: string[] = []
    const database = { ...setup.database, tenant: (id: string) => counted(setup.database.tenant(id), queries) }
    await work({ setup, credentials, tenant, database, queries, loaded: createLoadedWebhooks({ database, credentials, onError: (error) => { throw error } }) })
  } finally {
    await drop()
  }
}

function counted(db: Db, queries: string[]): Db {
  return { ...db, query: (text, values) => { queries.push(text); return db.query(text, values) } }
}

function draft(subscribedEvents: string[] = ['order.*']): WebhookDraft {
  return {
    id: uuidv7(), name: 'n', description: '', url: 'https://example.com', status: 'active', metadata: {},
    events: { ...defaults.events, subscribedEvents }, security: { ...defaults.security, secret: 'whsec_…' }, delivery: defaults.delivery,
  }
}

async function ids({ loaded, tenant }: Fixture, type = 'order.paid'): Promise<string[]> {
  return (await loaded.ofTenant(tenant.tenantId)).subscribed(type).map(({ id }) => id)
}

const db = ({ setup, tenant }: Fixture): Db => setup.database.tenant(tenant.tenantId)

test('ten thousand endpoints are loaded by one query, and the few that match are found without another', () => withLoaded(async (fixture) => {
  const { tenant, setup, queries, loaded } = fixture
  const wanted = draft(['order.paid', 'shop.*'])
  await insertWebhook(db(fixture), tenant.tenantId, wanted)
  await setup.database.system.query(
    `insert into webhooks (tenant_id, id, name, url, events, security, delivery)
     select tenant_id, gen_random_uuid(), name, url, jsonb_set(events, '{subscribedEvents}', jsonb_build_array('other.' || n || '.*', 'exact.' || n)), security, delivery
     from webhooks, generate_series(1, 10000) n`)
  expect(await ids(fixture)).toEqual([wanted.id])
  expect(queries.length).toBe(1)
  // From here on it is an answer, no promise: the way of an event waits for nothing.
  const now = loaded.ofTenant(tenant.tenantId)
  expect(now).not.toBeInstanceOf(Promise)
  expect(await ids(fixture, 'other.17.x')).toHaveLength(1)
  expect(await ids(fixture, 'nothing')).toEqual([])
  expect(queries.length).toBe(1)
}))

test('a change is seen by whoever asks after it was told of, and costs a look at that endpoint alone', () => withLoaded(async (fixture) => {
  const { tenant: { tenantId }, loaded, queries } = fixture
  const [first, second] = [draft(), draft()]
  await insertWebhook(db(fixture), tenantId, first)
  expect(await ids(fixture)).toEqual([first.id])
  await insertWebhook(db(fixture), tenantId, second)
  expect(await ids(fixture)).toEqual([first.id])
  loaded.forget(tenantId, second.id.toUpperCase())
  expect((await ids(fixture)).sort()).toEqual([first.id, second.id].sort())
  expect(queries.filter((text) => text.includes('any($2')).length).toBe(1)

  await updateWebhook(db(fixture), tenantId, { ...first, events: { ...first.events, subscribedEvents: ['else'] } }, 1)
  await deleteWebhook(db(fixture), tenantId, second.id)
  for (const { id } of [first, second]) loaded.forget(tenantId, id)
  expect(await ids(fixture)).toEqual([])
  expect(await ids(fixture, 'else')).toEqual([first.id])
  expect(await loaded.find(tenantId, second.id)).toBeUndefined()
}))

test('whoever asks while a new endpoint is being read waits for it too', () => withLoaded(async (fixture) => {
  const { tenant, loaded } = fixture
  await ids(fixture)
  const added = draft()
  await insertWebhook(db(fixture), tenant.tenantId, added)
  loaded.forget(tenant.tenantId, added.id)
  // Asked for as events come: one after the other, before the first has its answer.
  expect(await Promise.all(Array.from({ length: 20 }, () => ids(fixture)))).toEqual(Array.from({ length: 20 }, () => [added.id]))
}))

test('one that changes while it is read is read again', () => withLoaded(async (fixture) => {
  const { tenant: { tenantId }, setup, credentials } = fixture
  const made = draft()
  await insertWebhook(db(fixture), tenantId, made)
  let change = async (): Promise<void> => {
    change = async () => undefined
    await updateWebhook(db(fixture), tenantId, { ...made, name: 'changed' }, 1)
    loaded.forget(tenantId, made.id)
  }
  const database = { ...setup.database, tenant: (id: string): Db => {
    const inner = setup.database.tenant(id)
    return { ...inner, async query(text, values) { const result = await inner.query(text, values); await change(); return result as never } }
  } }
  const loaded = createLoadedWebhooks({ database, credentials, onError: () => undefined })
  await loaded.ofTenant(tenantId)
  expect(await loaded.find(tenantId, made.id)).toMatchObject({ name: 'changed', revision: 2 })
}))

test('a failed read leaves what is to be read anew, and is told to whoever waits', () => withLoaded(async (fixture) => {
  const { tenant: { tenantId }, setup, credentials } = fixture
  const made = draft()
  await insertWebhook(db(fixture), tenantId, made)
  let broken = false
  const database = { ...setup.database, tenant: (id: string): Db => {
    const inner = setup.database.tenant(id)
    return { ...inner, query: (text, values) => (broken ? Promise.reject(new Error('away')) : inner.query(text, values)) }
  } }
  const loaded = createLoadedWebhooks({ database, credentials, onError: () => undefined })
  await loaded.ofTenant(tenantId)
  await updateWebhook(db(fixture), tenantId, { ...made, name: 'changed' }, 1)
  loaded.forget(tenantId, made.id)
  broken = true
  await expect(loaded.find(tenantId, made.id)).rejects.toThrow('away')
  broken = false
  expect(await loaded.find(tenantId, made.id)).toMatchObject({ name: 'changed' })
}))

test('a failed endpoint is subscribed to nothing, and is found all the same; a paused one collects', () => withLoaded(async (fixture) => {
  const { tenant: { tenantId }, loaded, setup } = fixture
  const [failed, paused] = [draft(), { ...draft(), status: 'paused' as const }]
  for (const each of [failed, paused]) await insertWebhook(db(fixture), tenantId, each)
  await noteFailing(setup.database.system, tenantId, failed.id, new Date(0))
  await updateFailed(setup.database.system, tenantId, failed.id, 'gone')
  expect(await ids(fixture)).toEqual([paused.id])
  expect(await loaded.find(tenantId, failed.id)).toMatchObject({ status: 'failed', failingSince: new Date(0) })
  expect(await loaded.find(tenantId, uuidv7())).toBeUndefined()
  expect(await findWebhook(db(fixture), tenantId, failed.id)).toMatchObject({ statusReason: 'gone', revision: 2 })
}))

test("another tenant's endpoints are not there", () => withLoaded(async (fixture) => {
  const made = draft(['*'])
  await insertWebhook(db(fixture), fixture.tenant.tenantId, made)
  const other = await fixture.setup.addTenant()
  expect((await fixture.loaded.ofTenant(other.tenantId)).subscribed('order.paid')).toEqual([])
  expect(await fixture.loaded.find(other.tenantId, made.id)).toBeUndefined()
}))

test('secrets are opened when they are first needed, once, and those whose secrets are gone say so', () => withLoaded(async (fixture) => {
  const { tenant: { tenantId }, credentials, loaded } = fixture
  const [made, bare] = [draft(), draft()]
  const secret = makeSecret()
  await db(fixture).transaction(async (inner) => {
    await insertWebhook(inner, tenantId, made)
    await insertWebhook(inner, tenantId, bare)
    await credentials.own.keep(inner, tenantId, ownerOf(made.id), toFields({ secret, headers: {} }))
  })
  let opened = 0
  const counting = { ...credentials, own: { ...credentials.own, open: (tenant: string, owner: string) => { opened += 1; return credentials.own.open(tenant, owner) } } }
  const lazy = createLoadedWebhooks({ database: fixture.database, credentials: counting, onError: () => undefined })
  const webhook = (await lazy.find(tenantId, made.id))!
  expect(opened).toBe(0)
  const request = { messageId: 'm', body: '{}', contentType: 'application/json', now: new Date() }
  for (let time = 0; time < 3; time += 1) expect(await webhook.headersFor(request)).toMatchObject({ 'webhook-id': 'm', 'content-type': 'application/json' })
  expect((await webhook.mask()).mask(`x${secret}y`)).toBe('x[secret]y')
  expect(opened).toBe(1)
  await expect((await loaded.find(tenantId, bare.id))!.headersFor(request)).rejects.toMatchObject({ code: 'credential_missing' })
  expect((await (await loaded.find(tenantId, bare.id))!.mask()).mask('text')).toBe('text')
}))
