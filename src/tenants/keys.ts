/** API keys: shown once, stored as SHA-256, scoped, expiring, revocable. */
import { createHash, randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type SearchRequest } from '../lib/page.ts'
import { recordChange } from './audit.ts'
import { effectiveScopes, roleAtLeast, type AgentPolicy, type Caller, type Role, type Scope } from './caller.ts'
import { findKey, findKeyByHash, insertKey, listKeys, revokeKey, updateKeyPolicy, updateLastUsed, type KeyRow } from './keys-store.ts'
import { createMemory, createUses } from './memory.ts'
import { findTenant } from './tenants-store.ts'

export interface NewKeyInput { name: string, role: Role, scopes?: Scope[] | undefined, agent?: AgentPolicy | undefined, expiresAt?: Date | undefined }

export interface Keys {
  /** The answer is the only place where `key` ever stands. */
  create(caller: Caller, input: NewKeyInput): Promise<KeyRow & { key: string }>
  list(caller: Caller, page: SearchRequest): Promise<Page<KeyRow>>
  /** Another policy for the key of an agent; no other key gets one, or loses its own. Takes hold at once. */
  setPolicy(caller: Caller, id: string, agent: AgentPolicy): Promise<KeyRow>
  revoke(caller: Caller, id: string): Promise<void>
  /** Who presents this key; undefined for an unknown, expired or revoked one. */
  authenticate(key: string, requestId: string): Promise<Caller | undefined>
  /** Forgets what is known of keys, so that a revocation made elsewhere takes hold at once. */
  forget(): void
  /** Writes when keys were last used; called now and then, not on each request. */
  flushLastUsed(): Promise<void>
}

export const KEYS_CHANGED = 'interchange_keys'

export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** `ik_` and 32 random bytes in base64url. */
export function makeKey(): string {
  return `ik_${randomBytes(32).toString('base64url')}`
}

/** What of a key may be shown: enough to tell keys apart, too little to guess one. */
export function keyPrefix(key: string): string {
  return key.slice(0, 6)
}

interface Known { caller: Caller, expiresAt: number }

/** `revoked` is told of each revocation here; other processes hear of it by a notice. */
export function createKeys(database: Database, { revoked = () => undefined }: { revoked?: () => void } = {}): Keys {
  const memory = createMemory((key) => lookUp(database, key))
  const uses = createUses((ids, at) => updateLastUsed(database.system, ids, at))
  return {
    async create(caller, input) {
      const key = makeKey()
      const row = await database.tenant(caller.tenantId).transaction(async (db) => {
        mayGrant(caller, input, (await findTenant(db, caller.tenantId))?.isOperator ?? false)
        const inserted = await insertKey(db, caller.tenantId, {
          id: uuidv7(), hash: hashKey(key), prefix: keyPrefix(key), createdBy: caller.actor,
          name: input.name, role: input.role, scopes: input.scopes ?? null, agent: input.agent ?? null, expiresAt: input.expiresAt ?? null,
        })
        await recordChange(db, caller, { action: 'key.created', targetType: 'key', targetId: inserted.id, detail: { name: input.name, role: input.role, ...input.agent && { agent: input.agent } } })
        return inserted
      })
      return { ...row, key }
    },

    async list(caller, { limit, cursor, q }) {
      const rows = await listKeys(database.tenant(caller.tenantId), caller.tenantId, { q, after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, (row) => [row.id])
    },

    setPolicy: (caller, id, agent) => setPolicy(database, caller, id, agent).finally(() => { memory.forget() }),

    async revoke(caller, id) {
      const found = isUuid(id) && await database.tenant(caller.tenantId).transaction(async (db) => {
        const row = await revokeKey(db, caller.tenantId, id)
        if (row === undefined) return false
        await recordChange(db, caller, { action: 'key.revoked', targetType: 'key', targetId: id, detail: { name: row.name } })
        // Heard when the transaction commits.
        await db.query('select pg_notify($1, $2)', [KEYS_CHANGED, id])
        return true
      }).finally(() => {
        memory.forget()
        revoked()
      })
      if (!found) throw new HubError('not_found', 'There is no such key, or it was revoked before.')
    },

    async authenticate(key, requestId) {
      const entry = await memory.find(key)
      if (entry === undefined || entry.expiresAt <= Date.now()) return undefined
      if (entry.caller.keyId !== undefined) uses.note(entry.caller.keyId)
      return { ...entry.caller, requestId }
    },

    forget: () => { memory.forget() },

    flushLastUsed: () => uses.flush(),
  }
}

async function setPolicy(database: Database, caller: Caller, id: string, agent: AgentPolicy): Promise<KeyRow> {
  return database.tenant(caller.tenantId).transaction(async (db) => {
    const before = isUuid(id) ? await findKey(db, caller.tenantId, id) : undefined
    if (before === undefined) throw new HubError('not_found', 'There is no such key, or it was revoked.')
    if (before.agent === null) throw new HubError('conflict', 'This is no key of an agent: make one with `agent`.')
    mayGrant(caller, { name: before.name, role: before.role, agent }, false)
    const row = await updateKeyPolicy(db, caller.tenantId, id, agent)
    await recordChange(db, caller, { action: 'key.changed', targetType: 'key', targetId: id, detail: { name: row.name, agent } })
    // Heard when the transaction commits.
    await db.query('select pg_notify($1, $2)', [KEYS_CHANGED, id])
    return row
  })
}

async function lookUp(database: Database, key: string): Promise<Known | undefined> {
  const found = await findKeyByHash(database.system, hashKey(key))
  if (found === undefined || found.revokedAt !== null) return undefined
  const caller: Caller = {
    tenantId: found.tenantId, actor: `key:${found.id}`, keyId: found.id, role: found.role, scopes: effectiveScopes(found), requestId: undefined,
    ...found.agent !== null && { agent: found.agent },
  }
  return { caller, expiresAt: found.expiresAt?.getTime() ?? Infinity }
}

/** Nobody hands out more than they have. */
function mayGrant(caller: Caller, { role, scopes, agent }: NewKeyInput, isOperator: boolean): void {
  if (agent !== undefined && scopes !== undefined) {
    throw new HubError('invalid_input', 'A key of an agent has no scopes of its own: its policy says what it may do.', { errors: [{ pointer: '/scopes', detail: 'is left out where agent is given' }] })
  }
  if (!roleAtLeast(caller.role, role)) {
    throw new HubError('forbidden', `A key of role ${caller.role} cannot make one of role ${role}.`, { errors: [{ pointer: '/role', detail: `must not be above ${caller.role}` }] })
  }
  const wanted = agent === undefined ? scopes ?? [...effectiveScopes({ role, scopes: null, isOperator })] : reachedBy(agent)
  const missing = wanted.filter((scope) => !caller.scopes.has(scope))
  if (missing.length > 0) {
    throw new HubError('forbidden', `This key cannot hand on what it does not have: ${missing.join(', ')}.`, { errors: [{ pointer: '/scopes', detail: `lacks ${missing.join(', ')}` }] })
  }
}

/** The scopes behind what an agent is let do. */
function reachedBy({ flows, operations }: AgentPolicy): Scope[] {
  return ['tools:use', ...operations.length > 0 ? ['integrations:run' as const] : [], ...flows.length > 0 ? ['flows:run' as const] : []]
}
