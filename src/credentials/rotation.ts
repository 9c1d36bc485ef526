/**
 * Key rotation while the hub works on: from its first step on new keys encrypt; old ones read until nothing needs them any more.
 * Both may be ended at any point, by a kill too, and are brought to their end by doing them again.
 */
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { openField, sealField } from './fields.ts'
import type { RootKeys } from './root-key.ts'
import { countCredentials, lockOutdated, replaceSealed, type SealedFields } from './store.ts'
import { findRootKey, unwrap, wrap, type DataKey, type TenantKeys } from './tenant-keys.ts'
import {
  countWrappedByOthers, deleteUnusedKeys, listKeyVersions, listRootKeyIds, listTenantsWithKeys, listWrappedByOthers, lockKeyVersions, lockOldKeys, lockRootKey, updateWrapped,
  type KeyVersion, type TenantKeyVersion,
} from './tenant-keys-store.ts'
import { openToken, sealToken } from './token.ts'
import { deleteExpiredTokens, lockOutdatedTokens, replaceSealedToken, type OutdatedToken } from './tokens-store.ts'

/** `total` is what was there at the beginning. Called after each batch; what it throws ends the rotation there. */
export interface RotationOptions { onProgress?: (progress: { done: number, total: number }) => void | Promise<void> }

export interface TenantRotation {
  /** Of the new data key. */
  version: number
  credentials: number
  tokens: number
  /** Ids of credentials that cannot be decrypted. They are left as they are, with the key that they name. */
  unreadable: string[]
}

export interface RootRotation {
  rootKeyId: string
  tenantKeys: number
  /** Tenants' keys that cannot be unwrapped. The root key before is kept for them. */
  unreadable: number
}

export interface Rotation {
  /** A new data key for the caller's tenant; its credentials and tokens are encrypted anew. */
  rotateTenant(caller: Caller, options?: RotationOptions): Promise<TenantRotation>
  /** The same for every tenant that has a key. Progress counts tenants. */
  rotateAllTenants(caller: Caller, options?: RotationOptions): Promise<{ tenants: number, credentials: number, tokens: number, unreadable: number }>
  /**
   * Wraps all tenants' keys by the newest root key: one made now where it is kept in a file, else the one that the environment names.
   * Throws HubError `conflict` where the environment names none to come from.
   */
  rotateRoot(caller: Caller, options?: RotationOptions): Promise<RootRotation>
}

export interface RotationDeps { database: Database, keys: TenantKeys, rootKeys: RootKeys }

const BATCH = 50
/** Whoever was writing with the old key when the new one came is done after the first. */
const ROUNDS_MAX = 5

export function createRotation(deps: RotationDeps): Rotation {
  return {
    rotateTenant: (caller, options = {}) => rotateTenant(deps, caller, options),
    async rotateAllTenants(caller, { onProgress } = {}) {
      const tenants = await listTenantsWithKeys(deps.database.system)
      const sum = { tenants: 0, credentials: 0, tokens: 0, unreadable: 0 }
      for (const tenantId of tenants) {
        const { credentials, tokens, unreadable } = await rotateTenant(deps, { ...caller, tenantId }, {})
        sum.tenants += 1
        sum.credentials += credentials
        sum.tokens += tokens
        sum.unreadable += unreadable.length
        await onProgress?.({ done: sum.tenants, total: tenants.length })
      }
      return sum
    },
    rotateRoot: (caller, options = {}) => rotateRoot(deps, caller, options),
  }
}

async function rotateTenant(deps: RotationDeps, caller: Caller, { onProgress }: RotationOptions): Promise<TenantRotation> {
  const { tenantId } = caller
  const db = deps.database.tenant(tenantId)
  const version = await db.transaction(async (inner) => {
    const added = await deps.keys.add(inner, tenantId)
    await recordChange(inner, caller, { action: 'tenant_key.added', targetType: 'tenant_key', targetId: String(added) })
    return added
  })
  await deleteExpiredTokens(db, tenantId)
  const total = await countCredentials(db, tenantId)
  const unreadable = new Set<string>()
  let [credentials, tokens] = [0, 0]
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = credentials + tokens
    await inBatches<string>((after) => reencryptCredentials(deps, { tenantId, version, after, unreadable }), async (count) => {
      credentials += count
      await onProgress?.({ done: credentials, total })
    })
    await inBatches<OutdatedToken>((after) => reencryptTokens(deps, { tenantId, version, after }), async (count) => { tokens += count })
    // What is left after a second round without a find cannot be decrypted.
    if (await removeOldKeys(db, caller) === 0 || round > 0 && credentials + tokens === before) break
  }
  return { version, credentials, tokens, unreadable: [...unreadable] }
}

interface Batch<Place> { read: number, done: number, last: Place | undefined }

async function inBatches<Place>(take: (after: Place | undefined) => Promise<Batch<Place>>, note: (done: number) => Promise<void>): Promise<void> {
  let after: Place | undefined
  for (;;) {
    const { read, done, last } = await take(after)
    await note(done)
    if (read < BATCH) return
    after = last
  }
}

interface Part<Place> { tenantId: string, version: number, after: Place | undefined }

function reencryptCredentials({ database, keys }: RotationDeps, { tenantId, version, after, unreadable }: Part<string> & { unreadable: Set<string> }): Promise<Batch<string>> {
  return database.tenant(tenantId).transaction(async (db) => {
    const rows = await lockOutdated(db, tenantId, { version, after, limit: BATCH })
    // Read after the rows were locked: a key that they name cannot be removed any more.
    const versions = await lockKeyVersions(db, tenantId)
    const newest = await keys.find(tenantId, versions, versions.at(-1)!.version)
    let done = 0
    for (const { id, fields } of rows) {
      const renewed = await reencrypted({ keys, newest, versions }, { tenantId, id, fields })
      if (renewed === undefined) {
        unreadable.add(id)
      } else {
        await replaceSealed(db, tenantId, id, renewed)
        done += 1
      }
    }
    return { read: rows.length, done, last: rows.at(-1)?.id }
  })
}

interface Keys { keys: TenantKeys, newest: DataKey, versions: KeyVersion[] }

/** Undefined where a field cannot be decrypted: a broken one must not keep all the others from a new key. */
async function reencrypted({ keys, newest, versions }: Keys, { tenantId, id, fields }: { tenantId: string, id: string, fields: SealedFields }): Promise<SealedFields | undefined> {
  try {
    const renewed: [string, SealedFields[string]][] = []
    for (const [name, field] of Object.entries(fields)) {
      const place = { tenantId, id, name, kind: field.t }
      renewed.push([name, sealField(newest, place, openField(await keys.find(tenantId, versions, field.v), place, field))])
    }
    return Object.fromEntries(renewed)
  } catch {
    return undefined
  }
}

function reencryptTokens({ database, keys }: RotationDeps, { tenantId, version, after }: Part<OutdatedToken>): Promise<Batch<OutdatedToken>> {
  return database.tenant(tenantId).transaction(async (db) => {
    const rows = await lockOutdatedTokens(db, tenantId, { version, after, limit: BATCH })
    const versions = await lockKeyVersions(db, tenantId)
    const newest = await keys.find(tenantId, versions, versions.at(-1)!.version)
    for (const { credentialId, tokenKey, token } of rows) {
      const place = { tenantId, credentialId, tokenKey }
      const accessToken = await keys.find(tenantId, versions, token.v).then((key) => openToken(key, place, token)).catch(() => undefined)
      // One that cannot be read is fetched again when it is needed.
      await replaceSealedToken(db, place, accessToken === undefined ? null : sealToken(newest, place, accessToken))
    }
    return { read: rows.length, done: rows.length, last: rows.at(-1) }
  })
}

/** Answers how many are still needed. */
function removeOldKeys(db: Db, caller: Caller): Promise<number> {
  const { tenantId } = caller
  return db.transaction(async (inner) => {
    await lockOldKeys(inner, tenantId)
    const removed = await deleteUnusedKeys(inner, tenantId)
    for (const version of removed) await recordChange(inner, caller, { action: 'tenant_key.removed', targetType: 'tenant_key', targetId: String(version) })
    return (await listKeyVersions(inner, tenantId)).length - 1
  })
}

async function rotateRoot({ database, rootKeys }: RotationDeps, caller: Caller, { onProgress }: RotationOptions): Promise<RootRotation> {
  const { system } = database
  const total = await beginRoot(system, rootKeys)
  let [tenantKeys, unreadable] = [0, 0]
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = tenantKeys
    await inBatches<TenantKeyVersion>((after) => rewrap(system, rootKeys, after), async (count) => {
      tenantKeys += count
      await onProgress?.({ done: tenantKeys, total })
    })
    unreadable = await endRoot(system, rootKeys, { ...caller, tenantKeys })
    if (unreadable === 0 || round > 0 && tenantKeys === before) break
  }
  return { rootKeyId: rootKeys.current().id, tenantKeys, unreadable }
}

/** Whoever makes a tenant's key meanwhile waits, and then wraps it by the new root key. */
function beginRoot(system: Db, rootKeys: RootKeys): Promise<number> {
  return system.transaction(async (db) => {
    await lockRootKey(db)
    await rootKeys.refresh()
    if (await countWrappedByOthers(db, rootKeys.current().id) === 0 && !rootKeys.isRenewed()) await rootKeys.renew()
    return countWrappedByOthers(db, rootKeys.current().id)
  })
}

async function rewrap(system: Db, rootKeys: RootKeys, after: TenantKeyVersion | undefined): Promise<Batch<TenantKeyVersion>> {
  const current = rootKeys.current()
  const rows = await listWrappedByOthers(system, current.id, { after, limit: BATCH })
  let done = 0
  for (const key of rows) {
    const { tenantId, version, rootKeyId } = key
    const bytes = await findRootKey(rootKeys, rootKeyId).then((rootKey) => unwrap(rootKey, tenantId, key)).catch(() => undefined)
    if (bytes === undefined) continue
    await updateWrapped(system, { tenantId, ...wrap(current, tenantId, { version, bytes }), before: rootKeyId })
    done += 1
  }
  return { read: rows.length, done, last: rows.at(-1) }
}

/** Looked at again under the lock: another rotation may have made another root key since. Answers how many keys are still wrapped by others. */
function endRoot(system: Db, rootKeys: RootKeys, { tenantKeys, ...caller }: Caller & { tenantKeys: number }): Promise<number> {
  return system.transaction(async (db) => {
    await lockRootKey(db)
    await rootKeys.refresh()
    const { id } = rootKeys.current()
    const left = (await listRootKeyIds(db)).every((each) => each === id) ? 0 : await countWrappedByOthers(db, id)
    if (left > 0) return left
    await recordChange(db, caller, { action: 'root_key.rotated', targetType: 'root_key', targetId: id, detail: { tenantKeys } })
    await rootKeys.dropPrevious()
    return 0
  })
}
