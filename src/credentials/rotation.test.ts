import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import type { Caller } from '../tenants/caller.ts'
import { withDatabase } from '../../test/postgres.ts'
import type { Credentials } from './credentials.ts'
import { openRootKeys } from './root-key.ts'
import { canary, setUp, startTokenServer, type Setup } from './setup.fixture.ts'
import { createTenantKeys } from './tenant-keys.ts'
import { insertCredential } from './store.ts'
import { sealFields } from './fields.ts'

const mail = { connector: 'mail', credentials: { host: 'h', password: canary } }

async function withSetup(work: (setup: Setup, connectionString: string) => Promise<void>): Promise<void> {
  await withDatabase(async (_database, connectionString) => {
    await using setup = await setUp(connectionString)
    await work(setup, connectionString)
  })
}

async function addMany(credentials: Credentials, caller: Caller, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, async () => (await credentials.create(caller, mail)).id))
}

async function versionsOf(database: Database, { tenantId }: Caller): Promise<number[]> {
  const { rows } = await database.system.query<{ version: number }>('select version from tenant_keys where tenant_id = $1 order by 1', [tenantId])
  return rows.map(({ version }) => version)
}

async function usedVersions(database: Database, { tenantId }: Caller): Promise<number[]> {
  const { rows } = await database.system.query<{ version: number }>("select distinct (f.value->>'v')::int as version from credentials c, jsonb_each(c.fields) f where c.tenant_id = $1 order by 1", [tenantId])
  return rows.map(({ version }) => version)
}

async function untilSomebodyWaits(database: Database): Promise<void> {
  for (;;) {
    const { rows } = await database.owner.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
    if (rows.length > 0) return
  }
}

/** With nothing in memory. */
async function expectReadable(setup: Setup, caller: Caller, ids: string[], dataFolder = setup.folder): Promise<void> {
  const fresh = await setup.hub({ dataFolder })
  for (const id of ids) expect((await fresh.open(caller.tenantId, id)).values).toEqual(mail.credentials)
}

test("a tenant's rotation may end at any step: everything reads at once, and another one finishes it", () => withSetup(async (setup) => {
  const [caller, hub] = [await setup.addTenant(), await setup.hub()]
  const ids = await addMany(hub, caller, 120)
  for (let steps = 1; steps <= 3; steps += 1) {
    let step = 0
    const onProgress = (): void => { if (++step === steps) throw new Error('ended here') }
    await expect(hub.rotation.rotateTenant(caller, { onProgress })).rejects.toThrow('ended here')
    await expectReadable(setup, caller, ids)
    expect((await usedVersions(setup.database, caller)).length).toBeGreaterThan(0)
  }
  const done: number[] = []
  const { version, credentials, unreadable } = await hub.rotation.rotateTenant(caller, { onProgress: ({ done: count, total }) => { done.push(count / total) } })
  expect({ version, credentials, unreadable }).toEqual({ version: 5, credentials: 120, unreadable: [] })
  expect(done.at(-1)).toBe(1)
  expect(await versionsOf(setup.database, caller)).toEqual([5])
  expect(await usedVersions(setup.database, caller)).toEqual([5])
  await expectReadable(setup, caller, ids)
}))

test.each(['tenant', 'root'])('a %s rotation whose process is killed half way has lost nothing, and is finished by the next', (what) => withSetup(async (setup, connectionString) => {
  const [caller, hub] = [await setup.addTenant(), await setup.hub()]
  const ids = await addMany(hub, caller, what === 'tenant' ? 60 : 1)
  const others = what === 'root' ? await Promise.all(Array.from({ length: 60 }, () => setup.addTenant())) : []
  for (const other of others) await hub.create(other, { id: 'other', ...mail })

  const child = spawn(process.execPath, [join(import.meta.dirname, 'rotation.fixture.ts'), connectionString, setup.folder, caller.tenantId, what], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  expect(await once(createInterface(child.stdout), 'line')).toEqual(['half way'])
  child.kill('SIGKILL')
  await gone

  await expectReadable(setup, caller, ids)
  for (const other of others) await expectReadable(setup, other, ['other'])
  const next = await setup.hub()
  if (what === 'tenant') {
    expect(await usedVersions(setup.database, caller)).toEqual([1, 2])
    await next.rotation.rotateTenant(caller)
    expect(await versionsOf(setup.database, caller)).toEqual([3])
  } else {
    expect((await readdir(setup.folder)).sort()).toEqual(['root.key', 'root.key.previous'])
    // The half that was left, not all of them again under yet another key.
    expect(await next.rotation.rotateRoot(caller)).toMatchObject({ tenantKeys: 11, unreadable: 0 })
    expect(await readdir(setup.folder)).toEqual(['root.key'])
  }
  await expectReadable(setup, caller, ids)
  for (const other of others) await expectReadable(setup, other, ['other'])
}))

test('what is written with the old key while the new one comes is found, and the old key stays until then', () => withSetup(async (setup) => {
  const [caller, hub] = [await setup.addTenant(), await setup.hub()]
  const { tenantId } = caller
  await addMany(hub, caller, 1)
  const keys = createTenantKeys({ database: setup.database, rootKeys: await openRootKeys({ rootKey: undefined, rootKeyPrevious: undefined, dataFolder: setup.folder }) })
  let rotation: Promise<unknown> | undefined
  await setup.database.tenant(tenantId).transaction(async (db) => {
    const key = await keys.newest(db, tenantId)
    rotation = hub.rotation.rotateTenant(caller)
    // It has done all that it sees, and now waits for this transaction.
    await Promise.race([rotation, untilSomebodyWaits(setup.database)])
    await insertCredential(db, tenantId, { id: 'late', name: 'late', connector: 'mail', expiresAt: null, fields: sealFields({ tenantId, id: 'late', key }, {}, mail.credentials) })
  })
  await rotation
  expect(await versionsOf(setup.database, caller)).toEqual([2])
  await expectReadable(setup, caller, ['late'])
}))

test('rotations at the same moment, from two hubs, with writers and readers around them, lose nothing', () => withSetup(async (setup) => {
  const caller = await setup.addTenant()
  const [one, two, three] = [await setup.hub(), await setup.hub(), await setup.hub()]
  const ids = await addMany(one, caller, 30)
  const work = { goesOn: true }
  const writing = (async () => {
    while (work.goesOn) ids.push((await three.create(caller, mail)).id)
  })()
  const changing = (async () => {
    while (work.goesOn) await two.update(caller, ids[0]!, { credentials: { password: canary } })
  })()
  const reading = (async () => {
    while (work.goesOn) {
      three.forgetAll()
      for (const id of ids.slice(0, 10)) expect((await three.open(caller.tenantId, id)).values).toEqual(mail.credentials)
      for (const { fields } of (await three.list(caller, { limit: 20 })).data) expect(fields['host']).toMatchObject({ value: 'h' })
    }
  })()
  const rotating = (async () => {
    try {
      await Promise.all([one.rotation.rotateTenant(caller), two.rotation.rotateTenant(caller), one.rotation.rotateRoot(caller)])
      await Promise.all([one.rotation.rotateTenant(caller), two.rotation.rotateRoot(caller), one.rotation.rotateRoot(caller)])
    } finally {
      work.goesOn = false
    }
  })()
  await Promise.all([rotating, writing, changing, reading])
  await one.rotation.rotateTenant(caller)
  expect(await versionsOf(setup.database, caller)).toEqual([4])
  await expectReadable(setup, caller, ids)
}))

test('what is read while a rotation does away with its keys is read again, and opened and shown with the new ones', () => withSetup(async (setup) => {
  const [caller, hub] = [await setup.addTenant(), await setup.hub()]
  const [id] = await addMany(hub, caller, 1) as [string]
  const real = await openRootKeys({ rootKey: undefined, rootKeyPrevious: undefined, dataFolder: setup.folder })
  for (const use of ['open', 'show'] as const) {
    let between = async (): Promise<void> => {
      between = async () => undefined
      await hub.rotation.rotateTenant(caller)
      await hub.rotation.rotateRoot(caller)
    }
    const slow = await setup.hub({ rootKeys: { ...real, find: async (key) => { await between(); return real.find(key) } } })
    if (use === 'open') expect((await slow.open(caller.tenantId, id)).values).toEqual(mail.credentials)
    else expect((await slow.find(caller, id)).fields['host']).toMatchObject({ value: 'h' })
  }
  expect(await versionsOf(setup.database, caller)).toEqual([3])
}))

test('a rotation changes neither what is shown nor the version that If-Match names, and fetches no token anew', () => withSetup(async (setup) => {
  await using server = await startTokenServer(() => ({ status: 200, body: { access_token: 'the-access-token', expires_in: 3600 } }))
  const [caller, hub] = [await setup.addTenant(), await setup.hub()]
  const { id } = await hub.create(caller, mail)
  const request = { tokenUrl: server.url, clientId: 'client', clientSecret: 'client-secret', scopes: [] }
  await hub.tokens(caller.tenantId, id).get(request)
  const before = await hub.find(caller, id)
  expect(await hub.rotation.rotateTenant(caller)).toMatchObject({ credentials: 1, tokens: 1 })
  const fresh = await setup.hub()
  expect(await fresh.find(caller, id)).toEqual(before)
  expect(await fresh.tokens(caller.tenantId, id).get(request)).toBe('the-access-token')
  expect(server.asked.length).toBe(1)
  // Also after the token's place was encrypted anew, a refused token is not handed out again.
  await hub.tokens(caller.tenantId, id).invalidate(request, 'the-access-token')
  await fresh.tokens(caller.tenantId, id).invalidate(request, 'the-access-token')
  await fresh.tokens(caller.tenantId, id).get(request)
  expect(server.asked.length).toBe(2)
}))

test('a credential that cannot be decrypted does not keep the others from a new key, and is left with its own', () => withSetup(async (setup) => {
  const [caller, hub] = [await setup.addTenant(), await setup.hub()]
  const ids = await addMany(hub, caller, 3)
  await setup.database.owner.query("update credentials set fields = jsonb_set(fields, '{password,c}', fields->'host'->'c') where id = $1", [ids[1]])
  for (const version of [2, 3]) {
    expect(await hub.rotation.rotateTenant(caller)).toEqual({ version, credentials: 2, tokens: 0, unreadable: [ids[1]] })
    expect(await versionsOf(setup.database, caller)).toEqual([1, version])
  }
  await expectReadable(setup, caller, [ids[0]!, ids[2]!])
  // It can be shown, and mended by giving it new values.
  expect((await hub.find(caller, ids[1]!)).fields['password']).toEqual({ type: 'password', set: true })
  await hub.update(caller, ids[1]!, mail)
  await hub.rotation.rotateTenant(caller)
  expect(await versionsOf(setup.database, caller)).toEqual([4])
  await expectReadable(setup, caller, ids)
}))

test('all tenants are rotated by one call, each with a line in its own audit log', () => withSetup(async (setup) => {
  const hub = await setup.hub()
  const callers = [await setup.addTenant(), await setup.addTenant(), await setup.addTenant()]
  for (const caller of callers.slice(1)) await addMany(hub, caller, 2)
  expect(await hub.rotation.rotateAllTenants(callers[0]!)).toEqual({ tenants: 2, credentials: 4, tokens: 0, unreadable: 0 })
  expect(await versionsOf(setup.database, callers[0]!)).toEqual([])
  for (const caller of callers.slice(1)) {
    expect(await versionsOf(setup.database, caller)).toEqual([2])
    const { rows } = await setup.database.tenant(caller.tenantId).query("select action, target_id from audit_log where target_type = 'tenant_key' order by id")
    expect(rows).toEqual([{ action: 'tenant_key.added', target_id: '2' }, { action: 'tenant_key.removed', target_id: '1' }])
  }
}))

test('the root key in a file is replaced while tenants get their first keys; the old one opens nothing then', () => withSetup(async (setup) => {
  const [one, two] = [await setup.hub(), await setup.hub()]
  const first = await setup.addTenant()
  const ids = await addMany(one, first, 1)
  const old = (await readFile(join(setup.folder, 'root.key'), 'utf8')).trim()
  const later = await Promise.all(Array.from({ length: 20 }, () => setup.addTenant()))
  // The second hub still knows the old key only.
  await Promise.all([one.rotation.rotateRoot(first), ...later.map((caller) => two.create(caller, { id: 'new', ...mail }))])
  expect((await readFile(join(setup.folder, 'root.key'), 'utf8')).trim()).not.toBe(old)
  expect(await readdir(setup.folder)).toEqual(['root.key'])
  await expectReadable(setup, first, ids)
  for (const caller of later) await expectReadable(setup, caller, ['new'])
  two.forgetAll()
  expect((await two.open(first.tenantId, ids[0]!)).values).toEqual(mail.credentials)
  await expect(setup.hub({ rootKey: old })).rejects.toThrow('Put the right key back')
}))

test('the root key of the environment is rotated once the hub was given both, and not by the hub alone', () => withSetup(async (setup) => {
  const [oldKey, newKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('base64')]
  const caller = await setup.addTenant()
  const before = await setup.hub({ rootKey: oldKey })
  const ids = await addMany(before, caller, 2)
  await expect(before.rotation.rotateRoot(caller)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('INTERCHANGE_ROOT_KEY_PREVIOUS') as string })
  await expect(setup.hub({ rootKey: newKey })).rejects.toThrow('INTERCHANGE_ROOT_KEY_PREVIOUS')
  const after = await setup.hub({ rootKey: newKey, rootKeyPrevious: oldKey })
  expect((await after.open(caller.tenantId, ids[0]!)).values).toEqual(mail.credentials)
  expect(await after.rotation.rotateRoot(caller)).toMatchObject({ tenantKeys: 1 })
  // Once more is no harm; and the old key is not needed any more.
  expect(await after.rotation.rotateRoot(caller)).toMatchObject({ tenantKeys: 0 })
  expect((await (await setup.hub({ rootKey: newKey })).open(caller.tenantId, ids[1]!)).values).toEqual(mail.credentials)
  expect(await readdir(setup.folder)).toEqual([])
}))

test("a tenant's key that cannot be unwrapped is told of, and the root key before is kept for it", () => withSetup(async (setup) => {
  const [caller, broken, hub] = [await setup.addTenant(), await setup.addTenant(), await setup.hub()]
  const ids = await addMany(hub, caller, 1)
  await addMany(hub, broken, 1)
  await setup.database.owner.query('update tenant_keys a set wrapped = b.wrapped from tenant_keys b where a.tenant_id = $1 and b.tenant_id = $2', [broken.tenantId, caller.tenantId])
  expect(await hub.rotation.rotateRoot(caller)).toMatchObject({ tenantKeys: 1, unreadable: 1 })
  expect((await readdir(setup.folder)).sort()).toEqual(['root.key', 'root.key.previous'])
  await expectReadable(setup, caller, ids)
  const fresh = await setup.hub()
  await expect(fresh.list(broken, { limit: 1 }).then(({ data }) => fresh.open(broken.tenantId, data[0]!.id))).rejects.toMatchObject({ code: 'credential_unreadable' })
}))
