/** A data key per tenant, in versions, each wrapped by the root key. The newest encrypts; older ones read until their values are encrypted anew. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import { boundedCache } from '../lib/bounded-cache.ts'
import { seal, unseal } from './encryption.ts'
import type { RootKey, RootKeys } from './root-key.ts'
import { insertKeyVersion, listKeyVersions, listRootKeyIds, lockNewestKey, lockRootKey, type KeyVersion } from './tenant-keys-store.ts'

export interface DataKey { version: number, bytes: Buffer }

export interface TenantKeys {
  /**
   * The key that encrypts, made where the tenant has none. `db` is the transaction that stores what is encrypted: until its end a
   * rotation leaves this version alone.
   */
  newest(db: Db, tenantId: string): Promise<DataKey>
  /** One of the versions that were read together with what it encrypts. Throws HubError `credential_unreadable`. */
  find(tenantId: string, versions: KeyVersion[], version: number): Promise<DataKey>
  /** A newer version, in the transaction `db`. From its commit on it is the one that encrypts. */
  add(db: Db, tenantId: string): Promise<number>
}

const KNOWN_MAX = 20_000

export function createTenantKeys({ database, rootKeys }: { database: Database, rootKeys: RootKeys }): TenantKeys {
  // By the wrapped bytes: whatever happens to the rows (a restored backup), an entry is never another key than was asked for.
  const known = boundedCache<DataKey>(KNOWN_MAX)

  const open = async (tenantId: string, key: KeyVersion): Promise<DataKey> => {
    const name = `${tenantId}:${key.version}:${key.wrapped}`
    let opened = known.get(name)
    if (opened === undefined) {
      opened = { version: key.version, bytes: unwrap(await findRootKey(rootKeys, key.rootKeyId), tenantId, key) }
      known.set(name, opened)
    }
    return opened
  }

  const insert = async (db: Db, tenantId: string, version: number): Promise<void> => {
    // Whoever changes the root key waits for this transaction: the key read now is not gone when the new one is there.
    await lockRootKey(db)
    await rootKeys.refresh()
    await refuseForeignRootKey(database.system, rootKeys)
    await insertKeyVersion(db, tenantId, wrap(rootKeys.current(), tenantId, { version, bytes: randomBytes(32) }))
  }

  return {
    async newest(db, tenantId) {
      for (;;) {
        const found = await lockNewestKey(db, tenantId)
        if (found !== undefined) return open(tenantId, found)
        // Either it has none, or a rotation removed the version that was about to be locked: then a newer one is there.
        if ((await listKeyVersions(db, tenantId)).length === 0) await insert(db, tenantId, 1)
      }
    },
    async find(tenantId, versions, version) {
      const found = versions.find((key) => key.version === version)
      if (found === undefined) throw new HubError('credential_unreadable', 'A stored secret was encrypted with a key that is gone.')
      return open(tenantId, found)
    },
    async add(db, tenantId) {
      const versions = await listKeyVersions(db, tenantId)
      const version = (versions.at(-1)?.version ?? 0) + 1
      await insert(db, tenantId, version)
      return version
    },
  }
}

export function wrap(rootKey: RootKey, tenantId: string, { version, bytes }: DataKey): KeyVersion {
  return { version, wrapped: seal(rootKey.bytes, bytes, placeOf(tenantId, version)).toString('base64'), rootKeyId: rootKey.id }
}

export function unwrap(rootKey: RootKey, tenantId: string, { version, wrapped }: KeyVersion): Buffer {
  return unseal(rootKey.bytes, Buffer.from(wrapped, 'base64'), placeOf(tenantId, version))
}

export async function findRootKey(rootKeys: RootKeys, id: string): Promise<RootKey> {
  const key = await rootKeys.find(id)
  if (key === undefined) throw foreign(id)
  return key
}

/** Two hubs with a root key each must not share a database: neither could read what the other stores. */
async function refuseForeignRootKey(system: Db, rootKeys: RootKeys): Promise<void> {
  for (const id of await listRootKeyIds(system)) await findRootKey(rootKeys, id)
}

function foreign(id: string): HubError {
  return new HubError('credential_unreadable', `Credentials in this database are encrypted under the root key ${id}, which this hub was not given. Start it with that key, or with INTERCHANGE_ROOT_KEY_PREVIOUS.`)
}

function placeOf(tenantId: string, version: number): string[] {
  return ['tenant_keys', tenantId, String(version)]
}
