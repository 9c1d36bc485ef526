/** Credentials: encrypted field by field, never given back, opened for calls. */
import { LRUCache } from 'lru-cache'
import { uuidv7 } from 'uuidv7'
import type { TokenSource } from '../connectors/connector.ts'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { createMask, type Mask } from '../lib/mask.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { checkFields, openFields, resolveEnvironment, sealFields, secretsOf, type CredentialSchema, type FieldValues } from './fields.ts'
import type { RootKeys } from './root-key.ts'
import { createRotation, type Rotation } from './rotation.ts'
import { deleteCredential, findCredential, insertCredential, listCredentials, listUsers, updateCredential, type CredentialRow } from './store.ts'
import { createTenantKeys } from './tenant-keys.ts'
import { createTokens } from './tokens.ts'

/** Payload: `<tenant>:<credential>`. */
export const CREDENTIALS_CHANGED = 'interchange_credentials'

export interface CredentialInput { id?: string | undefined, name?: string | undefined, connector: string, credentials: FieldValues }

/** What may be shown: secrets only as being set. */
export interface ShownCredential extends Omit<CredentialRow, 'fields'> {
  fields: Record<string, { type: 'text' | 'password' | 'oauth', set: true, value?: unknown }>
}

/** Ready for a call. Never log or return `values`. */
export interface OpenCredential { id: string, connector: string, values: FieldValues, mask: Mask, revision: number }

export interface Credentials {
  create(caller: Caller, input: CredentialInput): Promise<ShownCredential>
  list(caller: Caller, filter: PageRequest & { connector?: string | undefined }): Promise<Page<ShownCredential>>
  find(caller: Caller, id: string): Promise<ShownCredential>
  /** Fields that are not named stay; null removes one. */
  update(caller: Caller, id: string, change: { name?: string | undefined, credentials?: FieldValues | undefined }, options?: { ifMatch?: string | undefined }): Promise<ShownCredential>
  /** Throws `conflict` where integrations use it. */
  remove(caller: Caller, id: string): Promise<void>
  /** Kept in memory for seconds. Throws `credential_missing` where it is gone. */
  open(tenantId: string, id: string): Promise<OpenCredential>
  /** The same of values that are not stored. */
  forTest(caller: Caller, connector: string, values: FieldValues): Promise<OpenCredential>
  tokens(tenantId: string, id: string): TokenSource
  forget(tenantId: string, id: string): void
  forgetAll(): void
  rotation: Rotation
}

export interface CredentialsDeps {
  database: Database
  http: HttpClient
  rootKeys: RootKeys
  connectors: { credentialSchema(tenantId: string, connector: string): Promise<CredentialSchema | undefined> }
  allowEnvironment: string[]
  environment: Record<string, string | undefined>
}

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000

/** Throws where stored keys are wrapped by a root key that is not here. */
export async function createCredentials(deps: CredentialsDeps): Promise<Credentials> {
  const { database, http, rootKeys, connectors, allowEnvironment, environment } = deps
  const keys = createTenantKeys({ database, rootKeys })
  await keys.checkRootKey()
  const opened = new LRUCache<string, OpenCredential>({ max: 20_000, ttl: FRESH_MS })
  const tokens = createTokens({ database, http, keys })
  const readEnvironment = (name: string): string | undefined => (allowEnvironment.includes(name) ? environment[name] : undefined)

  const schemaOf = async (tenantId: string, connector: string): Promise<CredentialSchema> => {
    const schema = await connectors.credentialSchema(tenantId, connector)
    if (schema === undefined) throw new HubError('invalid_input', `There is no connector ${connector.slice(0, 200)}.`, { errors: [{ pointer: '/connector', detail: 'is not a connector' }] })
    return schema
  }
  const show = async (tenantId: string, row: CredentialRow): Promise<ShownCredential> => {
    const schema = await connectors.credentialSchema(tenantId, row.connector) ?? {}
    const values = await openFields(keys, tenantId, row.id, onlyText(schema, row.fields))
    const fields = Object.keys(row.fields).map((name) => [name, { type: schema[name]?.type ?? 'password', set: true, ...Object.hasOwn(values, name) && { value: values[name] } }])
    return { ...row, fields: Object.fromEntries(fields) as ShownCredential['fields'] }
  }
  const changed = async (tenantId: string, id: string): Promise<void> => {
    opened.delete(`${tenantId}:${id}`)
    await database.system.query('select pg_notify($1, $2)', [CREDENTIALS_CHANGED, `${tenantId}:${id}`])
  }
  const ready = (schema: CredentialSchema, stored: FieldValues, facts: Pick<OpenCredential, 'id' | 'connector' | 'revision'>, tenantId: string): OpenCredential => {
    const values = resolveEnvironment(stored, readEnvironment)
    const own = createMask(secretsOf(schema, values))
    return { ...facts, values, mask: { mask: (text) => tokens.mask(tenantId, facts.id, own.mask(text)) } }
  }

  return {
    async create(caller, { id = uuidv7(), name, connector, credentials }) {
      const { tenantId } = caller
      checkFields(await schemaOf(tenantId, connector), credentials, { partial: false, allowed: allowEnvironment })
      const fields = await sealFields(keys, tenantId, id, credentials)
      const row = await database.tenant(tenantId).transaction(async (db) => {
        const inserted = await insertCredential(db, tenantId, { id, name: name ?? id, connector, fields })
        await recordChange(db, caller, { action: 'credential.created', targetType: 'credential', targetId: id, detail: { connector, fields: Object.keys(fields) } })
        return inserted
      }).catch((error: unknown) => {
        if (brokenUniqueConstraint(error) === undefined) throw error
        throw new HubError('conflict', `There is a credential ${id} already.`, { errors: [{ pointer: '/id', detail: 'is taken' }] })
      })
      return show(tenantId, row)
    },

    async list(caller, { connector, limit, cursor }) {
      const rows = await listCredentials(database.tenant(caller.tenantId), caller.tenantId, { connector, after: readCursor(cursor, 1)?.[0], limit: limit + 1 })
      const page = toPage(rows, limit, (row) => [row.id])
      return { ...page, data: await Promise.all(page.data.map((row) => show(caller.tenantId, row))) }
    },

    find: async (caller, id) => show(caller.tenantId, await found(database, caller.tenantId, id)),

    async update(caller, id, { name, credentials }, { ifMatch } = {}) {
      const { tenantId } = caller
      const before = await found(database, tenantId, id)
      if (ifMatch !== undefined && ifMatch !== String(before.revision)) throw changedMeanwhile()
      const fields = credentials === undefined ? before.fields : await merge({ keys, tenantId, before, credentials, schema: await schemaOf(tenantId, before.connector), allowed: allowEnvironment })
      const row = await database.tenant(tenantId).transaction(async (db) => {
        const updated = await updateCredential(db, tenantId, { id, name: name ?? before.name, fields }, before.revision)
        if (updated === undefined) throw changedMeanwhile()
        await recordChange(db, caller, { action: 'credential.updated', targetType: 'credential', targetId: id, detail: { fields: Object.keys(credentials ?? {}) } })
        return updated
      })
      if (credentials !== undefined) await tokens.drop(tenantId, id)
      await changed(tenantId, id)
      return show(tenantId, row)
    },

    async remove(caller, id) {
      const { tenantId } = caller
      await database.tenant(tenantId).transaction(async (db) => {
        const users = await listUsers(db, tenantId, id)
        if (users.length > 0) throw new HubError('conflict', `Integrations use this credential: ${users.map((user) => user.name).join(', ')}. Give them another first.`)
        if (await deleteCredential(db, tenantId, id) === undefined) throw new HubError('not_found', 'There is no such credential.')
        await recordChange(db, caller, { action: 'credential.deleted', targetType: 'credential', targetId: id })
      })
      await changed(tenantId, id)
    },

    async open(tenantId, id) {
      const known = opened.get(`${tenantId}:${id}`)
      if (known !== undefined) return known
      const row = await findCredential(database.tenant(tenantId), tenantId, id)
      if (row === undefined) throw new HubError('credential_missing', `The credential ${id} is gone.`)
      const schema = await connectors.credentialSchema(tenantId, row.connector) ?? {}
      const credential = ready(schema, await openFields(keys, tenantId, id, row.fields), { id, connector: row.connector, revision: row.revision }, tenantId)
      opened.set(`${tenantId}:${id}`, credential)
      return credential
    },

    async forTest(caller, connector, values) {
      const schema = await schemaOf(caller.tenantId, connector)
      checkFields(schema, values, { partial: false, allowed: allowEnvironment })
      return ready(schema, values, { id: '', connector, revision: 0 }, caller.tenantId)
    },

    tokens: (tenantId, id) => tokens.source(tenantId, id),
    forget: (tenantId, id) => {
      opened.delete(`${tenantId}:${id}`)
      tokens.forget(tenantId, id)
    },
    forgetAll: () => { opened.clear() },
    rotation: createRotation({ database, keys, rootKeys }),
  }
}

async function found(database: Database, tenantId: string, id: string): Promise<CredentialRow> {
  const row = await findCredential(database.tenant(tenantId), tenantId, id)
  if (row === undefined) throw new HubError('not_found', 'There is no such credential.')
  return row
}

interface Merge { keys: Parameters<typeof sealFields>[0], tenantId: string, before: CredentialRow, credentials: FieldValues, schema: CredentialSchema, allowed: string[] }

/** The result as a whole must fit: a required field cannot be removed. */
async function merge({ keys, tenantId, before, credentials, schema, allowed }: Merge): Promise<CredentialRow['fields']> {
  checkFields(schema, credentials, { partial: true, allowed })
  const removed = Object.keys(credentials).filter((name) => credentials[name] === null)
  const kept = Object.entries(before.fields).filter(([name]) => !removed.includes(name))
  const missing = removed.filter((name) => schema[name]?.required)
  if (missing.length > 0) throw new HubError('invalid_input', `${missing.join(', ')} cannot be removed: the connector needs it.`, { errors: missing.map((name) => ({ pointer: `/credentials/${name}`, detail: 'is needed' })) })
  return { ...Object.fromEntries(kept), ...await sealFields(keys, tenantId, before.id, credentials) }
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the credential meanwhile. Read it again, then write your change.')
}

function onlyText(schema: CredentialSchema, fields: CredentialRow['fields']): CredentialRow['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => schema[name]?.type === 'text'))
}

