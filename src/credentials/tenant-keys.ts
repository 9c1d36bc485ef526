/** A data key per tenant, in versions, each wrapped by the root key. The newest encrypts; older ones still read until their values are encrypted anew. */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { SettingError } from '../config.ts'
import { HubError } from '../errors.ts'
import { seal, unseal } from './encryption.ts'
import type { RootKey, RootKeys } from './root-key.ts'
import { deleteKeyVersions, insertKeyVersion, listKeyVersions, listRootKeyIds, listWrappedByOthers, lockRootKey, updateWrapped, type KeyVersion } from './tenant-keys-store.ts'

export interface DataKey { version: number, bytes: Buffer }

export interface TenantKeys {
  /** The one that encrypts; made when the tenant has none. */
  newest(tenantId: string): Promise<DataKey>
  version(tenantId: string, version: number): Promise<DataKey>
  addVersion(tenantId: string): Promise<DataKey>
  /** Only once nothing is encrypted by them. */
  removeBefore(tenantId: string, version: number): Promise<void>
  /** Wraps all tenants' keys by the current root key; may be broken off and repeated. Answers how many there were. */
  rewrap(): Promise<number>
  /** Throws where keys are wrapped by a root key that is not here. */
  checkRootKey(): Promise<void>
}

const REWRAP_BATCH = 100

export function createTenantKeys({ database, rootKeys }: { database: Database, rootKeys: RootKeys }): TenantKeys {
  /** A version's bytes never change; which version is the newest does. */
  const known = new LRUCache<string, DataKey>({ max: 20_000 })
  const newestVersion = new LRUCache<string, number>({ max: 10_000, ttl: 2000 })

  const open = async (tenantId: string, { version, wrapped, rootKeyId }: KeyVersion): Promise<DataKey> => {
    const rootKey = await rootKeyOf(rootKeys, rootKeyId)
    const key = { version, bytes: unseal(rootKey.bytes, wrapped, keyPlace(tenantId, version)) }
    known.set(`${tenantId}:${version}`, key)
    return key
  }
  const load = async (tenantId: string): Promise<DataKey | undefined> => {
    const versions = await listKeyVersions(database.tenant(tenantId), tenantId)
    const keys = await Promise.all(versions.map((row) => open(tenantId, row)))
    const newest = keys.at(-1)
    if (newest) newestVersion.set(tenantId, newest.version)
    return newest
  }
  // A key must not be wrapped by a root key that another hub is doing away with at this moment.
  const add = (tenantId: string, version: number): Promise<void> => database.tenant(tenantId).transaction(async (db) => {
    await lockRootKey(db, 'shared')
    await rootKeys.refresh()
    const wrapped = seal(rootKeys.current.bytes, randomBytes(32), keyPlace(tenantId, version))
    await insertKeyVersion(db, tenantId, { version, wrapped, rootKeyId: rootKeys.current.id })
  })

  return {
    async newest(tenantId) {
      const version = newestVersion.get(tenantId)
      const key = version === undefined ? undefined : known.get(`${tenantId}:${version}`)
      if (key !== undefined) return key
      const loaded = await load(tenantId)
      if (loaded !== undefined) return loaded
      // Two hubs may both see none: the second insert does nothing, and both read the first's.
      await add(tenantId, 1)
      return (await load(tenantId))!
    },
    async version(tenantId, version) {
      const name = `${tenantId}:${version}`
      if (!known.has(name)) await load(tenantId)
      const key = known.get(name)
      if (key === undefined) throw new HubError('credential_unreadable', 'A stored secret was encrypted with a key that is gone.')
      return key
    },
    async addVersion(tenantId) {
      const newest = await load(tenantId)
      await add(tenantId, (newest?.version ?? 0) + 1)
      return (await load(tenantId))!
    },
    async removeBefore(tenantId, version) {
      await deleteKeyVersions(database.tenant(tenantId), tenantId, version)
    },
    rewrap: () => rewrap(database.system, rootKeys),
    checkRootKey: () => checkRootKey(database.system, rootKeys),
  }
}

async function checkRootKey(db: Db, { current, previous }: RootKeys): Promise<void> {
  const missing = (await listRootKeyIds(db)).find((id) => id !== current.id && id !== previous?.id)
  if (missing === undefined) return
  throw new SettingError(`Credentials here are encrypted under the root key ${missing}, but the one given is ${current.id}. Put the right key back (INTERCHANGE_ROOT_KEY, or root.key in the data folder), or name it as INTERCHANGE_ROOT_KEY_PREVIOUS and rotate.`)
}

async function rewrap(db: Db, rootKeys: RootKeys): Promise<number> {
  let done = 0
  for (;;) {
    const batch = await rewrapBatch(db, rootKeys)
    if (batch === 0) return done
    done += batch
  }
}

async function rewrapBatch(db: Db, rootKeys: RootKeys): Promise<number> {
  const { current } = rootKeys
  const rows = await listWrappedByOthers(db, current.id, REWRAP_BATCH)
  for (const { tenantId, version, wrapped, rootKeyId } of rows) {
    const place = keyPlace(tenantId, version)
    const bytes = unseal((await rootKeyOf(rootKeys, rootKeyId)).bytes, wrapped, place)
    await updateWrapped(db, { tenantId, version, wrapped: seal(current.bytes, bytes, place), rootKeyId: current.id, before: rootKeyId })
  }
  return rows.length
}

async function rootKeyOf(rootKeys: RootKeys, id: string): Promise<RootKey> {
  const known = (): RootKey | undefined => [rootKeys.current, rootKeys.previous].find((key) => key?.id === id)
  if (known() === undefined) await rootKeys.refresh()
  const key = known()
  if (key !== undefined) return key
  throw new HubError('credential_unreadable', 'Stored secrets are encrypted under another root key than the one that the hub was given.')
}

function keyPlace(tenantId: string, version: number): string[] {
  return ['tenant_keys', tenantId, String(version)]
}
