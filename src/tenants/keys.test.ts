import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { effectiveScopes, scopes, type Caller } from './caller.ts'
import { createKeys, type Keys } from './keys.ts'
import { createTenants } from './tenants.ts'

const ownerKey = 'the-key-of-the-first-owner-0123456789'

async function openKeys(database: Database): Promise<{ keys: Keys, owner: Caller }> {
  await createTenants(database).ensureFirst(ownerKey)
  const keys = createKeys(database)
  return { keys, owner: (await keys.authenticate(ownerKey, 'r'))! }
}

/** The same database; after `hold`, the answer to the system's next statement is held back until `letGo`. */
function slowAnswers(database: Database): { slow: Database, hold(): { arrived: Promise<void>, letGo(): void } } {
  let next: { arrived(): void, gate: Promise<void> } | undefined
  const query: Db['query'] = async (text, values) => {
    const held = next
    next = undefined
    const answer = await database.system.query(text, values)
    held?.arrived()
    await held?.gate
    return answer as never
  }
  return {
    slow: { ...database, system: { ...database.system, query } },
    hold() {
      const [there, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      next = { arrived: there.resolve, gate: gate.promise }
      return { arrived: there.promise, letGo: gate.resolve }
    },
  }
}

test('a key is refused from its revocation on, though a look-up of it was under way', () => withDatabase(async (database) => {
  const { slow, hold } = slowAnswers(database)
  const { keys, owner } = await openKeys(slow)
  const { id, key } = await keys.create(owner, { name: 'k', role: 'viewer' })
  const { arrived, letGo } = hold()
  const early = keys.authenticate(key, 'r')
  await arrived
  await keys.revoke(owner, id)
  letGo()
  expect(await early, 'it was asked before the revocation').toMatchObject({ keyId: id })
  expect(await keys.authenticate(key, 'r')).toBeUndefined()
}))

test("a key is refused from another process's notice of its revocation on, though a look-up of it was under way", () => withDatabase(async (database) => {
  const { slow, hold } = slowAnswers(database)
  const [{ keys, owner }, elsewhere] = [await openKeys(slow), createKeys(database)]
  const { id, key } = await keys.create(owner, { name: 'k', role: 'viewer' })
  const { arrived, letGo } = hold()
  const early = keys.authenticate(key, 'r')
  await arrived
  await elsewhere.revoke(owner, id)
  keys.forget()
  letGo()
  await early
  expect(await keys.authenticate(key, 'r')).toBeUndefined()
}))

test('a narrowed key makes none that has more than itself, by leaving the scopes out either', () => withDatabase(async (database) => {
  const { keys, owner } = await openKeys(database)
  const narrowed = await keys.create(owner, { name: 'n', role: 'owner', scopes: scopes.filter((scope) => scope !== 'tenants:admin') })
  const caller = (await keys.authenticate(narrowed.key, 'r'))!
  await expect(keys.create(caller, { name: 'all of it', role: 'owner' })).rejects.toMatchObject({ code: 'forbidden', errors: [{ pointer: '/scopes', detail: 'lacks tenants:admin' }] })
  const made = await keys.create(caller, { name: 'less', role: 'developer' })
  expect((await keys.authenticate(made.key, 'r'))!.scopes).toEqual(effectiveScopes({ role: 'developer', scopes: null, isOperator: true }))
}))

test('what a database that failed did not note of the use of keys is noted later', () => withDatabase(async (database) => {
  let failing = true
  const query: Db['query'] = (text, values) => (failing && text.startsWith('update api_keys') ? Promise.reject(new Error('gone')) : database.system.query(text, values))
  const { keys, owner } = await openKeys({ ...database, system: { ...database.system, query } })
  await expect(keys.flushLastUsed()).rejects.toThrow('gone')
  failing = false
  await keys.flushLastUsed()
  expect((await keys.list(owner, { limit: 10 })).data).toMatchObject([{ id: owner.keyId, lastUsedAt: expect.any(Date) }])
}))
