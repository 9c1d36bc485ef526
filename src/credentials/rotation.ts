/** Key rotation while the hub works on: new versions encrypt at once, old ones read until nothing needs them any more. */
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { openFields, sealFields } from './fields.ts'
import type { RootKeys } from './root-key.ts'
import { findCredential, listCredentials, updateCredential } from './store.ts'
import type { TenantKeys } from './tenant-keys.ts'
import { lockRootKey } from './tenant-keys-store.ts'

export interface Rotation {
  /** A new data key for the caller's tenant; its credentials are encrypted anew. May be broken off and repeated. */
  rotateTenant(caller: Caller): Promise<{ version: number, credentials: number }>
  /** Wraps all tenants' keys by the newest root key: one made now where it is kept in a file, else the one that the environment names. */
  rotateRoot(caller: Caller): Promise<{ rootKeyId: string, tenantKeys: number }>
}

const BATCH = 100

export function createRotation({ database, keys, rootKeys }: { database: Database, keys: TenantKeys, rootKeys: RootKeys }): Rotation {
  return {
    async rotateTenant(caller) {
      const { tenantId } = caller
      const { version } = await keys.addVersion(tenantId)
      const credentials = await reencrypt(database, keys, tenantId, version)
      // Access tokens are fetched anew: cheaper than moving them, and it shows that the new key works.
      await database.tenant(tenantId).query('delete from credential_tokens where tenant_id = $1', [tenantId])
      // The version before stays till the next rotation: somebody may be writing with it at this moment.
      await keys.removeBefore(tenantId, version - 1)
      await recordChange(database.tenant(tenantId), caller, { action: 'tenant_key.rotated', targetType: 'tenant', targetId: tenantId, detail: { version, credentials } })
      return { version, credentials }
    },
    async rotateRoot(caller) {
      const tenantKeys = await database.system.transaction(async (db) => {
        await lockRootKey(db, 'exclusive')
        await rootKeys.refresh()
        // A previous key is the mark of a rotation that broke off: that one is brought to its end first.
        if (rootKeys.previous === undefined) await newRootKey(rootKeys)
        const count = await keys.rewrap()
        await rootKeys.dropPrevious()
        return count
      })
      await recordChange(database.tenant(caller.tenantId), caller, { action: 'root_key.rotated', targetType: 'root_key', targetId: rootKeys.current.id, detail: { tenantKeys } })
      return { rootKeyId: rootKeys.current.id, tenantKeys }
    },
  }
}

async function newRootKey({ renew }: RootKeys): Promise<void> {
  if (renew === undefined) {
    throw new HubError('conflict', 'The root key comes from the environment: start the hub with the new key as INTERCHANGE_ROOT_KEY and the old one as INTERCHANGE_ROOT_KEY_PREVIOUS, then rotate.')
  }
  await renew()
}

async function reencrypt(database: Database, keys: TenantKeys, tenantId: string, version: number): Promise<number> {
  const db = database.tenant(tenantId)
  let done = 0
  let after: string | undefined
  for (;;) {
    const rows = await listCredentials(db, tenantId, { connector: undefined, after, limit: BATCH })
    for (const { id } of rows) {
      await reencryptOne(database, keys, { tenantId, id, version })
      done += 1
    }
    after = rows.at(-1)?.id
    if (rows.length < BATCH) return done
  }
}

/** Until it holds: somebody may be editing the credential at this very moment. */
async function reencryptOne(database: Database, keys: TenantKeys, { tenantId, id, version }: { tenantId: string, id: string, version: number }): Promise<void> {
  const db = database.tenant(tenantId)
  for (;;) {
    const row = await findCredential(db, tenantId, id)
    if (row === undefined || Object.values(row.fields).every(({ v }) => v >= version)) return
    const values = await openFields(keys, tenantId, id, row.fields)
    const fields = await sealFields(keys, tenantId, id, values)
    if (await updateCredential(db, tenantId, { id, name: row.name, fields }, row.revision) !== undefined) return
  }
}
