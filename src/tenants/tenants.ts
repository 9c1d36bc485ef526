/** Tenants themselves: the first one at first start, further ones by an owner of the first. */
import { uuidv7 } from 'uuidv7'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import { readIdCursor, toPage, type Page, type SearchRequest } from '../lib/page.ts'
import { recordChange } from './audit.ts'
import type { Caller } from './caller.ts'
import { hashKey, keyPrefix, makeKey } from './keys.ts'
import { findKeyByHash, insertKey, revokeEnvironmentKeys } from './keys-store.ts'
import { insertMember } from './members-store.ts'
import { findTenant, insertTenant, listTenants, lockTenants, type TenantRow } from './tenants-store.ts'

export interface NewTenant { slug: string, name: string, owner: { email: string, name?: string | undefined } }

export interface Tenants {
  /** With the first owner's key, shown only here. */
  create(caller: Caller, input: NewTenant): Promise<TenantRow & { ownerKey: string }>
  list(caller: Caller, page: SearchRequest): Promise<Page<TenantRow>>
  /** The caller's own. */
  current(caller: Caller): Promise<TenantRow>
  /**
   * Makes the first tenant with its owner and key where there is none, and sees to it that the environment's key works.
   * Answers the key when it was made now: it must be shown, for it is stored as a hash only.
   */
  ensureFirst(environmentKey: string | undefined): Promise<{ madeKey: string | undefined }>
}

export function createTenants(database: Database): Tenants {
  return {
    async create(caller, { slug, name, owner }) {
      const ownerKey = makeKey()
      try {
        const tenant = await database.system.transaction(async (db) => {
          const created = await insertTenant(db, { id: uuidv7(), slug, name, isOperator: false })
          await insertMember(db, created.id, { id: uuidv7(), email: owner.email, name: owner.name ?? '', role: 'owner' })
          await insertOwnerKey(db, created.id, ownerKey, caller.actor)
          await recordChange(db, caller, { action: 'tenant.created', targetType: 'tenant', targetId: created.id, detail: { slug } })
          return created
        })
        return { ...tenant, ownerKey }
      } catch (error) {
        if (brokenUniqueConstraint(error) === undefined) throw error
        throw new HubError('conflict', `There is a tenant called ${slug} already.`, { errors: [{ pointer: '/slug', detail: 'is taken' }] })
      }
    },

    async list(_caller, { limit, cursor, q }) {
      const rows = await listTenants(database.system, { q, after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, (row) => [row.id])
    },

    current: async (caller) => (await findTenant(database.tenant(caller.tenantId), caller.tenantId))!,

    ensureFirst: (environmentKey) => database.system.transaction(async (db) => {
      await lockTenants(db)
      const [first] = await listTenants(db, { after: undefined, limit: 1 })
      const tenant = first ?? await insertFirst(db)
      const madeKey = first === undefined && environmentKey === undefined ? makeKey() : undefined
      if (madeKey !== undefined) await insertOwnerKey(db, tenant.id, madeKey, 'first start')
      if (environmentKey !== undefined) await takeEnvironmentKey(db, tenant.id, environmentKey)
      return { madeKey }
    }),
  }
}

async function insertFirst(db: Db): Promise<TenantRow> {
  const tenant = await insertTenant(db, { id: uuidv7(), slug: 'default', name: 'Default', isOperator: true })
  await insertMember(db, tenant.id, { id: uuidv7(), email: 'owner@localhost', name: 'Owner', role: 'owner' })
  return tenant
}

/** A changed variable replaces the key: the one that it named before is revoked. */
async function takeEnvironmentKey(db: Db, tenantId: string, key: string): Promise<void> {
  const hash = hashKey(key)
  if (await findKeyByHash(db, hash) === undefined) await insertOwnerKey(db, tenantId, key, 'environment')
  await revokeEnvironmentKeys(db, tenantId, hash)
}

async function insertOwnerKey(db: Db, tenantId: string, key: string, createdBy: string): Promise<void> {
  await insertKey(db, tenantId, {
    id: uuidv7(), name: 'Owner', hash: hashKey(key), prefix: keyPrefix(key), role: 'owner', scopes: null, agent: null, createdBy, expiresAt: null,
  })
}
