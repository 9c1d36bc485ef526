import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { Credentials } from '../credentials.ts'
import { setUp, startTokenServer, type HubOptions, type Setup, type TokenServer } from '../setup.fixture.ts'

let postgres: TestDatabase
let setup: Setup

beforeAll(async () => {
  postgres = await createTestDatabase()
  setup = await setUp(postgres.connectionString)
})
afterAll(async () => {
  await setup[Symbol.asyncDispose]()
  await postgres.drop()
})

interface Vendor extends TokenServer { refreshed: string[], onRefresh(work: () => void): void }

/** It rotates refresh tokens, and takes each once. */
async function startVendor(): Promise<Vendor> {
  let [good, told]: [string, () => void] = ['', () => undefined]
  const refreshed: string[] = []
  const server = await startTokenServer(({ form }) => {
    const given = form.get('refresh_token')
    if (given !== null) refreshed.push(given)
    if (given !== null && given !== good) return { status: 400, body: { error: 'invalid_grant', error_description: `${given} was used before` } }
    good = `refresh-${randomUUID()}`
    if (given !== null) told()
    return { status: 200, body: { access_token: `access-${randomUUID()}`, token_type: 'bearer', expires_in: 3600, refresh_token: good } }
  })
  return { ...server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](), refreshed, onRefresh(work) { told = work } }
}

interface Connected { hub: Credentials, caller: Caller, tenantId: string, id: string, get(): Promise<string>, expire(): Promise<void> }

async function connected(vendor: Vendor, options: HubOptions = {}): Promise<Connected> {
  const [caller, hub] = [{ ...await setup.addTenant(), sessionId: randomUUID() }, await setup.hub({ publicUrl: () => 'http://hub.example', ...options })]
  const { tenantId } = caller
  await hub.oauth.clients.put(caller, 'drive', { clientId: 'client', clientSecret: 'client-secret', endpoints: { tokenUrl: vendor.url } })
  const { url } = await hub.oauth.start(caller, { connector: 'drive', returnTo: '/done' })
  const state = new URL(url).searchParams.get('state')!
  const { location } = await hub.oauth.finish({ state, code: 'code', error: undefined, issuer: undefined, sessionId: caller.sessionId, browser: undefined, requestId: 'r' })
  const id = new URL(location!, 'http://hub.example').searchParams.get('credentialId')!
  return {
    hub, caller, tenantId, id, get: () => hub.tokens(tenantId, id).get({ grant: 'account' }),
    async expire() {
      await setup.database.system.query("update credential_tokens set expires_at = now() - interval '1 minute' where credential_id = $1 and token_key = 'grant:account'", [id])
      hub.forgetAll()
    },
  }
}

/** The same database, whose transactions of tenants fail while `failing()`. */
function flaky(database: Database, failing: () => boolean): Database {
  return {
    ...database,
    tenant(tenantId): Db {
      const db = database.tenant(tenantId)
      return { query: db.query, transaction: (work) => (failing() ? Promise.reject(new HubError('database_unavailable', 'gone')) : db.transaction(work)) }
    },
  }
}

test('what a vendor gave is not lost where the database fails before it is stored: nobody uses it, it is stored later, and the vendor is not asked again', async () => {
  await using vendor = await startVendor()
  let failing = false
  const { hub, get, expire } = await connected(vendor, { database: flaky(setup.database, () => failing) })
  const first = await get()
  await expire()
  vendor.onRefresh(() => { failing = true })
  await expect(get()).rejects.toMatchObject({ code: 'database_unavailable' })
  failing = false
  vendor.onRefresh(() => undefined)
  const next = await get()
  expect(next).not.toBe(first)
  expect(vendor.refreshed).toHaveLength(1)
  // With the refresh token that came along.
  await expire()
  expect(await get()).not.toBe(next)
  expect(new Set(vendor.refreshed).size).toBe(2)
  await hub.close()
})

test('a grant that is over is told of once, however many ask', async () => {
  await using vendor = await startVendor()
  const announced: unknown[] = []
  const { get, expire, hub, caller, id } = await connected(vendor, { announce: (_tenantId, event) => { announced.push(event) } })
  announced.length = 0
  await expire()
  await using over = await startTokenServer(() => ({ status: 400, body: { error: 'invalid_grant' } }))
  await setup.database.system.query("update credential_grants set server = jsonb_set(server, '{tokenUrl}', to_jsonb($2::text)) where credential_id = $1", [id, over.url])
  const failures = await Promise.allSettled([get(), get(), get()])
  for (const failure of failures) expect(failure).toMatchObject({ status: 'rejected', reason: { code: 'credential_revoked', message: expect.stringContaining('Connect the account again.') } })
  await expect(get()).rejects.toMatchObject({ code: 'credential_revoked' })
  expect([vendor.refreshed.length, over.asked.length]).toEqual([0, 1])
  await vi.waitFor(() => { expect(announced).toMatchObject([{ type: 'credential.failing', subject: id }]) })
  expect((await hub.find(caller, id)).connections['account']).toMatchObject({ status: 'error', error: expect.stringContaining('has ended') })
})

test('a token without an end, and without another to follow, is kept when the service refuses it once', async () => {
  await using vendor = await startTokenServer(() => ({ status: 200, body: { access_token: 'a-token-for-ever', token_type: 'bearer', scope: 'a,b' } }))
  const { hub, tenantId, id, caller, get } = await connected({ ...vendor, refreshed: [], onRefresh: () => undefined })
  await hub.tokens(tenantId, id).invalidate({ grant: 'account' }, await get())
  hub.forgetAll()
  expect(await get()).toBe('a-token-for-ever')
  expect(vendor.asked).toHaveLength(1)
  expect((await hub.find(caller, id)).connections['account']!.scopes).toEqual(['a', 'b'])
})
