/** Credentials: encrypted field by field, never given back, opened for calls. */
import { LRUCache } from 'lru-cache'
import { uuidv7 } from 'uuidv7'
import type { TokenSource } from '../connectors/connector.ts'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { createMask, noMask, type Mask } from '../lib/mask.ts'
import { readCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { checkFields, openFields, resolveEnvironment, sealFields, secretsOf, type CredentialSchema, type FieldValues } from './fields.ts'
import type { RootKeys } from './root-key.ts'
import { createRotation, type Rotation } from './rotation.ts'
import { deleteCredential, findCredential, insertCredential, listCredentials, listUsers, updateCredential, type CredentialRow } from './store.ts'
import { createTenantKeys, type TenantKeys } from './tenant-keys.ts'
import { createTokens, type Tokens } from './tokens.ts'

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
  /** Told of each change before the change is answered: notices come later. */
  onChange?(tenantId: string, id: string): void
}

/** How long a change made by another process may go unseen where its notice gets lost. */
const FRESH_MS = 30_000

/** Throws where stored keys are wrapped by a root key that is not here. */
export async function createCredentials(deps: CredentialsDeps): Promise<Credentials> {
  const { database, http, rootKeys } = deps
  const keys = createTenantKeys({ database, rootKeys })
  await keys.checkRootKey()
  const tokens = createTokens({ database, http, keys })
  const opened = new LRUCache<string, OpenCredential>({ max: 20_000, ttl: FRESH_MS })
  const inner: Inner = { ...deps, keys, tokens, opened, changes: 0 }
  return {
    create: (caller, input) => create(inner, caller, input),
    list: (caller, filter) => list(inner, caller, filter),
    find: async (caller, id) => show(inner, caller.tenantId, await found(database, caller.tenantId, id)),
    update: (caller, id, change, options = {}) => update(inner, caller, { id, ...change, ...options }),
    remove: (caller, id) => remove(inner, caller, id),
    open: async (tenantId, id) => opened.get(`${tenantId}:${id}`) ?? open(inner, tenantId, id),
    async forTest(caller, connector, values) {
      const schema = await schemaOf(inner, caller.tenantId, connector)
      checkFields(schema, values, { partial: false, allowed: deps.allowEnvironment })
      return ready(inner, { tenantId: caller.tenantId, id: '', connector, revision: 0, schema, stored: values })
    },
    tokens: (tenantId, id) => tokens.source(tenantId, id),
    forget(tenantId, id) {
      inner.changes += 1
      opened.delete(`${tenantId}:${id}`)
      tokens.forget(tenantId, id)
    },
    forgetAll() {
      inner.changes += 1
      opened.clear()
    },
    rotation: createRotation({ database, keys, rootKeys }),
  }
}

interface Inner extends CredentialsDeps { keys: TenantKeys, tokens: Tokens, opened: LRUCache<string, OpenCredential>, changes: number }

async function create(inner: Inner, caller: Caller, { id = uuidv7(), name, connector, credentials }: CredentialInput): Promise<ShownCredential> {
  const { tenantId } = caller
  checkFields(await schemaOf(inner, tenantId, connector), credentials, { partial: false, allowed: inner.allowEnvironment })
  const fields = await sealFields(inner.keys, tenantId, id, credentials)
  const row = await inner.database.tenant(tenantId).transaction(async (db) => {
    const inserted = await insertCredential(db, tenantId, { id, name: name ?? id, connector, fields })
    await recordChange(db, caller, { action: 'credential.created', targetType: 'credential', targetId: id, detail: { connector, fields: Object.keys(fields) } })
    return inserted
  }).catch((error: unknown) => {
    if (brokenUniqueConstraint(error) === undefined) throw error
    throw new HubError('conflict', `There is a credential ${id} already.`, { errors: [{ pointer: '/id', detail: 'is taken' }] })
  })
  return show(inner, tenantId, row)
}

async function list(inner: Inner, { tenantId }: Caller, { connector, limit, cursor }: PageRequest & { connector?: string | undefined }): Promise<Page<ShownCredential>> {
  const rows = await listCredentials(inner.database.tenant(tenantId), tenantId, { connector, after: readCursor(cursor, 1)?.[0], limit: limit + 1 })
  const page = toPage(rows, limit, (row) => [row.id])
  return { ...page, data: await Promise.all(page.data.map((row) => show(inner, tenantId, row))) }
}

interface Update { id: string, name?: string | undefined, credentials?: FieldValues | undefined, ifMatch?: string | undefined }

async function update(inner: Inner, caller: Caller, { id, name, credentials, ifMatch }: Update): Promise<ShownCredential> {
  const { tenantId } = caller
  const before = await found(inner.database, tenantId, id)
  if (ifMatch !== undefined && ifMatch !== String(before.revision)) throw changedMeanwhile()
  const fields = credentials === undefined ? before.fields : await merge(inner, tenantId, before, credentials)
  const row = await inner.database.tenant(tenantId).transaction(async (db) => {
    const updated = await updateCredential(db, tenantId, { id, name: name ?? before.name, fields }, before.revision)
    if (updated === undefined) throw changedMeanwhile()
    await recordChange(db, caller, { action: 'credential.updated', targetType: 'credential', targetId: id, detail: { fields: Object.keys(credentials ?? {}) } })
    return updated
  })
  if (credentials !== undefined) await inner.tokens.drop(tenantId, id)
  await changed(inner, tenantId, id)
  return show(inner, tenantId, row)
}

async function remove(inner: Inner, caller: Caller, id: string): Promise<void> {
  const { tenantId } = caller
  await inner.database.tenant(tenantId).transaction(async (db) => {
    const users = await listUsers(db, tenantId, id)
    if (users.length > 0) throw new HubError('conflict', `Integrations use this credential: ${users.map((user) => user.name).join(', ')}. Give them another first.`)
    if (await deleteCredential(db, tenantId, id) === undefined) throw new HubError('not_found', 'There is no such credential.')
    await recordChange(db, caller, { action: 'credential.deleted', targetType: 'credential', targetId: id })
  })
  await changed(inner, tenantId, id)
}

async function open(inner: Inner, tenantId: string, id: string): Promise<OpenCredential> {
  const { changes } = inner
  const row = await findCredential(inner.database.tenant(tenantId), tenantId, id)
  if (row === undefined) throw new HubError('credential_missing', `The credential ${id} is gone.`)
  const schema = await inner.connectors.credentialSchema(tenantId, row.connector) ?? {}
  const credential = ready(inner, { tenantId, id, connector: row.connector, revision: row.revision, schema, stored: await openFields(inner.keys, tenantId, id, row.fields) })
  // What changed while it was read is not kept.
  if (inner.changes === changes) inner.opened.set(`${tenantId}:${id}`, credential)
  return credential
}

interface Stored extends Pick<OpenCredential, 'id' | 'connector' | 'revision'> { tenantId: string, schema: CredentialSchema, stored: FieldValues }

function ready({ tokens, allowEnvironment, environment }: Inner, { tenantId, id, connector, revision, schema, stored }: Stored): OpenCredential {
  const values = resolveEnvironment(stored, (name) => (allowEnvironment.includes(name) ? environment[name] : undefined))
  const own = createMask(secretsOf(schema, values))
  // Tokens come and go while the credential stays open.
  const fetched = (): Mask => tokens.maskOf(tenantId, id) ?? noMask
  const mask: Mask = {
    mask: (text) => fetched().mask(own.mask(text)), maskJson: (json) => fetched().maskJson(own.maskJson(json)), maskValue: (value) => fetched().maskValue(own.maskValue(value)),
  }
  return { id, connector, revision, values, mask }
}

async function schemaOf({ connectors }: Inner, tenantId: string, connector: string): Promise<CredentialSchema> {
  const schema = await connectors.credentialSchema(tenantId, connector)
  if (schema === undefined) throw new HubError('invalid_input', `There is no connector ${connector.slice(0, 200)}.`, { errors: [{ pointer: '/connector', detail: 'is not a connector' }] })
  return schema
}

async function show({ connectors, keys }: Inner, tenantId: string, row: CredentialRow): Promise<ShownCredential> {
  const schema = await connectors.credentialSchema(tenantId, row.connector) ?? {}
  const values = await openFields(keys, tenantId, row.id, onlyText(schema, row.fields))
  const fields = Object.keys(row.fields).map((name) => [name, { type: schema[name]?.type ?? 'password', set: true, ...Object.hasOwn(values, name) && { value: values[name] } }])
  return { ...row, fields: Object.fromEntries(fields) as ShownCredential['fields'] }
}

async function changed(inner: Inner, tenantId: string, id: string): Promise<void> {
  inner.changes += 1
  inner.opened.delete(`${tenantId}:${id}`)
  inner.onChange?.(tenantId, id)
  await inner.database.system.query('select pg_notify($1, $2)', [CREDENTIALS_CHANGED, `${tenantId}:${id}`])
}

async function found(database: Database, tenantId: string, id: string): Promise<CredentialRow> {
  const row = await findCredential(database.tenant(tenantId), tenantId, id)
  if (row === undefined) throw new HubError('not_found', 'There is no such credential.')
  return row
}

/** The result as a whole must fit: a required field cannot be removed. */
async function merge(inner: Inner, tenantId: string, before: CredentialRow, credentials: FieldValues): Promise<CredentialRow['fields']> {
  const schema = await schemaOf(inner, tenantId, before.connector)
  checkFields(schema, credentials, { partial: true, allowed: inner.allowEnvironment })
  const removed = Object.keys(credentials).filter((name) => credentials[name] === null)
  const kept = Object.entries(before.fields).filter(([name]) => !removed.includes(name))
  const missing = removed.filter((name) => schema[name]?.required)
  if (missing.length > 0) throw new HubError('invalid_input', `${missing.join(', ')} cannot be removed: the connector needs it.`, { errors: missing.map((name) => ({ pointer: `/credentials/${name}`, detail: 'is needed' })) })
  return { ...Object.fromEntries(kept), ...await sealFields(inner.keys, tenantId, before.id, credentials) }
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the credential meanwhile. Read it again, then write your change.')
}

function onlyText(schema: CredentialSchema, fields: CredentialRow['fields']): CredentialRow['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => schema[name]?.type === 'text'))
}

