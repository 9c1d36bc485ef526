import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SettingError } from '../config.ts'
import { withDatabase } from '../../test/postgres.ts'
import { openRootKeys } from './root-key.ts'
import { setUp } from './setup.fixture.ts'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'

let top: string
beforeAll(async () => { top = await mkdtemp(join(tmpdir(), 'interchange-root-key-')) })
afterAll(() => rm(top, { recursive: true, force: true }))

const folderOf = (): string => join(top, randomUUID())
const fromFile = (dataFolder: string): ReturnType<typeof openRootKeys> => openRootKeys({ rootKey: undefined, rootKeyPrevious: undefined, dataFolder })

test('the key file is made at the first start, for its owner alone, and read at the next', async () => {
  const dataFolder = join(folderOf(), 'not', 'there yet')
  const keys = await fromFile(dataFolder)
  await keys.prepare([])
  const file = join(dataFolder, 'root.key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readFile(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  const again = await fromFile(dataFolder)
  await again.prepare([keys.current().id])
  expect(again.current()).toEqual(keys.current())
  expect(await readdir(dataFolder)).toEqual(['root.key'])
})

test('hubs that start at the same moment make one key', async () => {
  const dataFolder = folderOf()
  const ids = await Promise.all(Array.from({ length: 20 }, async () => {
    const keys = await fromFile(dataFolder)
    await keys.prepare([])
    return keys.current().id
  }))
  expect(new Set(ids).size).toBe(1)
  expect(await readdir(dataFolder)).toEqual(['root.key'])
})

test('a key given as hex or as base64 is the same key, and wins over the file', async () => {
  const dataFolder = folderOf()
  await (await fromFile(dataFolder)).prepare([])
  const bytes = randomBytes(32)
  for (const rootKey of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex').toUpperCase()]) {
    const keys = await openRootKeys({ rootKey, rootKeyPrevious: undefined, dataFolder })
    await keys.prepare([])
    expect(keys.current().bytes).toEqual(bytes)
  }
})

test('a lost key is told in one line that says what to do, and no new key is made', async () => {
  const dataFolder = folderOf()
  const lost = (await keyIn(folderOf())).id
  const failure = await (await fromFile(dataFolder)).prepare([lost]).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(SettingError)
  const { message } = failure as Error
  expect(message).toMatch(new RegExp(`^[^\\n]*${lost}[^\\n]*INTERCHANGE_ROOT_KEY[^\\n]*$`))
  expect(message).toContain(join(dataFolder, 'root.key'))
  await expect(readdir(dataFolder)).rejects.toThrow('ENOENT')
  // Another key in its place is no help, whether from a file or from the environment.
  await keyIn(dataFolder)
  await expect((await fromFile(dataFolder)).prepare([lost])).rejects.toThrow(lost)
  const given = await openRootKeys({ rootKey: randomBytes(32).toString('hex'), rootKeyPrevious: randomBytes(32).toString('hex'), dataFolder })
  await expect(given.prepare([lost])).rejects.toThrow(lost)
})

test('a file that holds no key stops the start instead of being written over', async () => {
  const dataFolder = folderOf()
  await mkdir(dataFolder)
  await writeFile(join(dataFolder, 'root.key'), 'hello')
  await expect(fromFile(dataFolder)).rejects.toThrow(/root\.key holds no root key/)
  expect(await readFile(join(dataFolder, 'root.key'), 'utf8')).toBe('hello')
})

test('a file that is taken away while the hub runs is not replaced by another key', async () => {
  const dataFolder = folderOf()
  const keys = await fromFile(dataFolder)
  await keys.prepare([])
  await rm(join(dataFolder, 'root.key'))
  await keys.refresh()
  expect(() => keys.current()).toThrow(expect.objectContaining({ code: 'credential_unreadable' }))
  expect(await readdir(dataFolder)).toEqual([])
})

test('a renewed file keeps the key before beside it until that is dropped, in every process that looks', async () => {
  const dataFolder = folderOf()
  const keys = await fromFile(dataFolder)
  await keys.prepare([])
  const old = keys.current()
  const other = await fromFile(dataFolder)
  await keys.renew()
  expect(keys.current().id).not.toBe(old.id)
  for (const each of [keys, other, await fromFile(dataFolder)]) {
    expect(await each.find(keys.current().id)).toEqual(keys.current())
    expect(await each.find(old.id)).toEqual(old)
    expect(each.isRenewed()).toBe(true)
  }
  for (const file of await readdir(dataFolder)) expect((await stat(join(dataFolder, file))).mode & 0o777).toBe(0o600)
  await keys.dropPrevious()
  expect(await keys.find(old.id)).toBe(undefined)
  expect(await readdir(dataFolder)).toEqual(['root.key'])
})

test('a hub with a root key of its own does not start where others store, nor store where others started later', () => withDatabase(async (_database, connectionString) => {
  await using setup = await setUp(connectionString)
  const [one, two] = [await setup.hub({ rootKey: randomBytes(32).toString('hex') }), await setup.hub({ rootKey: randomBytes(32).toString('hex') })]
  const credential = { connector: 'mail', credentials: { host: 'h', password: 'a-password' } }
  const first = await setup.addTenant()
  const { id } = await one.create(first, credential)
  await expect(two.create(await setup.addTenant(), credential)).rejects.toMatchObject({ code: 'credential_unreadable' })
  await expect(two.open(first.tenantId, id)).rejects.toMatchObject({ code: 'credential_unreadable' })
  await expect(setup.hub({ rootKey: randomBytes(32).toString('hex') })).rejects.toThrow(SettingError)
}))

async function keyIn(dataFolder: string): Promise<{ id: string }> {
  const keys = await fromFile(dataFolder)
  await keys.prepare([])
  return keys.current()
}
