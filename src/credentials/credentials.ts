/** Credentials: encrypted field by field, never given back, opened for calls. */
import { uuidv7 } from 'uuidv7'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { readCursor, toPage, type Page, type SearchRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { createEnvironmentReader, type ReadEnvironment } from './environment.ts'
import { checkFields, isEmpty, openField, ownField, sealFields, shownValue, type CredentialSchema, type FieldValues } from './fields.ts'
import { tellOthers } from './notices.ts'
import { createOAuthClients } from './oauth/clients.ts'
import { deleteGrants, listGrants, type GrantRow } from './oauth/grants-store.ts'
import type { OAuthEvent } from './oauth/deps.ts'
import { createOAuth, type OAuth } from './oauth/oauth.ts'
import { createRenewing } from './oauth/renewing.ts'
import { prepareRevocation } from './oauth/revoking.ts'
import type { OpenCredential } from './open-credential.ts'
import { createOpener, whileRotating } from './opener.ts'
import { createOwnSecrets, type OwnSecrets } from './own.ts'
import type { RootKeys } from './root-key.ts'
import { createRotation, type Rotation } from './rotation.ts'
import { deleteCredential, findCredential, insertCredential, listAiling, listCredentials, lockCredential, updateCredential, type AilingRow, type CredentialRow, type SealedFields } from './store.ts'
import { createTenantKeys, type TenantKeys } from './tenant-keys.ts'
import { listRootKeyIds } from './tenant-keys-store.ts'
import { createTokens, type CredentialTokens } from './tokens.ts'
import { deleteTokens } from './tokens-store.ts'

export type { OpenCredential } from './open-credential.ts'

export const credentialIdPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/

export interface CredentialInput { id?: string | undefined, name?: string | undefined, connector: string, credentials: FieldValues, expiresAt?: Date | null | undefined }

/** `id`: the credential to change; null for a new one. */
export interface AlongInput { id: string | null, name: string, connector: string, credentials: FieldValues }

/** A credential that is written along with something else, in one transaction. */
export interface PreparedCredential {
  id: string
  /** Locks it, too, until the transaction ends. Throws HubError `invalid_input` with pointers, `not_found`. */
  write(db: Db): Promise<void>
  /** Call it once that is committed. */
  done(): void
}

/** The removal of a credential along with what it belonged to, in one transaction. */
export interface CredentialRemoval {
  id: string
  /** First, so that nobody takes it into use meanwhile. Held until the transaction ends. */
  lock(db: Db): Promise<void>
  /** Breaks a foreign key where integrations use it. */
  remove(db: Db): Promise<void>
  /** Call it once that is committed. */
  done(): void
}

/** Undefined: it stays; with new values for all fields their end is unknown unless it is said. */
export interface CredentialChange { name?: string | undefined, credentials?: FieldValues | undefined, expiresAt?: Date | null | undefined }

/** What may be shown of a field: that it is set; the value of text; the name of an environment variable that it refers to. */
export interface ShownField { type: 'text' | 'password' | 'oauth', set: true, value?: unknown, env?: string }

export interface ShownCredential extends Pick<CredentialRow, 'id' | 'name' | 'connector' | 'revision' | 'expiresAt' | 'createdAt' | 'updatedAt'> {
  fields: Record<string, ShownField>
  /** Accounts that are connected, by field. */
  connections: Record<string, Connection>
}

export interface Connection extends Pick<GrantRow, 'vendor' | 'status' | 'error' | 'scopes' | 'endUser' | 'detail' | 'connectedAt' | 'refreshedAt'> {
  /** Asked for by now, and not granted yet: connect it again. */
  missingScopes: string[]
}

export type { OAuth }

export interface CredentialFilter extends SearchRequest {
  connector?: string | undefined
  /** Connected by this user of a product. */
  endUserId?: string | undefined
}

/** Those about one credential throw HubError `not_found` where the caller's tenant has none of that id. */
export interface Credentials {
  /** Throws HubError `invalid_input` with pointers (`/connector`, `/credentials/<field>`), `conflict` for an id that is taken. */
  create(caller: Caller, input: CredentialInput): Promise<ShownCredential>
  /** By id. */
  list(caller: Caller, filter: CredentialFilter): Promise<Page<ShownCredential>>
  find(caller: Caller, id: string): Promise<ShownCredential>
  /** Those whose account is connected no more, and those that end before a moment. */
  ailing(caller: Caller, before: Date, limit: number): Promise<AilingRow[]>
  /** Fields that are not named stay, unless all are replaced (`whole`); an empty value removes one. Throws HubError `precondition_failed`. */
  update(caller: Caller, id: string, change: CredentialChange, options?: { ifMatch?: string | undefined, whole?: boolean }): Promise<ShownCredential>
  /** Checks what can be checked before. Throws HubError `invalid_input` with pointers. */
  prepare(caller: Caller, input: AlongInput): Promise<PreparedCredential>
  /** Throws HubError `conflict` where integrations use it, `precondition_failed`. */
  remove(caller: Caller, id: string, options?: { ifMatch?: string | undefined }): Promise<void>
  removal(caller: Caller, id: string): CredentialRemoval
  /** Decrypted for a call, kept in memory for seconds. Throws HubError `credential_missing`, `credential_unreadable`. */
  open(tenantId: string, id: string): Promise<OpenCredential>
  /** The same of values that are not stored: to test them before. */
  forTest(caller: Caller, connector: string, values: FieldValues): Promise<OpenCredential>
  /** Access tokens for the OAuth client in a credential. `id` is an `OpenCredential`'s. */
  tokens(tenantId: string, id: string): CredentialTokens
  /** Something changed: what is in memory is read anew. */
  forget(tenantId: string, id: string): void
  forgetAll(): void
  rotation: Rotation
  /** Of webhook sources and endpoints. */
  own: OwnSecrets
  oauth: OAuth
  close(): Promise<void>
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
  /** Moment in ms; the system's clock unless given. */
  now?: () => number
  /** Where others reach the hub. */
  publicUrl?: () => string
  announce?: (tenantId: string, event: OAuthEvent) => void
  onError?: (error: unknown) => void
}

interface Inner {
  database: Database
  keys: TenantKeys
  schemaOf(tenantId: string, connector: string): Promise<CredentialSchema | undefined>
  read: ReadEnvironment
  /** Here, at once; the other processes hear of it. */
  changed(tenantId: string, id: string): void
  oauth: OAuth
  prepareRevocation(db: Db, tenantId: string, id: string): Promise<() => Promise<void>>
}

/** Throws SettingError where stored keys are wrapped by a root key that is not here. */
export async function createCredentials(deps: CredentialsDeps): Promise<Credentials> {
  const { database, http, rootKeys, connectors, now = Date.now, publicUrl = () => '', announce = () => undefined, onError = () => undefined } = deps
  await rootKeys.prepare(await listRootKeyIds(database.system))
  const keys = createTenantKeys({ database, rootKeys })
  const clients = createOAuthClients({ database, own: () => own })
  const ended = (tenantId: string, { credentialId, vendor, field, endUser }: GrantRow, error: string): void => {
    changed(tenantId, credentialId)
    announce(tenantId, { type: 'credential.failing', subject: credentialId, data: { credentialId, vendor, field, error, ...endUser !== null && { endUser: { id: endUser.id } } } })
  }
  const renewing = createRenewing({ database, http, keys, clients, now, ended })
  const tokens = createTokens({ database, http, keys, now, renewing })
  const read = createEnvironmentReader(deps.allowEnvironment, deps.environment)
  const schemaOf = (tenantId: string, connector: string): Promise<CredentialSchema | undefined> => connectors.credentialSchema(tenantId, connector)
  const opener = createOpener({ database, keys, tokens, schemaOf, read })
  const forget = (tenantId: string, id: string): void => {
    opener.forget(tenantId, id)
    tokens.forget(tenantId, id)
  }
  const changed = (tenantId: string, id: string): void => {
    forget(tenantId, id)
    deps.onChange?.(tenantId, id)
  }
  const own = createOwnSecrets({
    keys, changed, open: (tenantId, id) => opener.open(tenantId, id),
    openFresh(tenantId, id) {
      opener.forget(tenantId, id)
      return opener.open(tenantId, id)
    },
  })
  const oauth = createOAuth({ database, http, keys, clients, schemaOf, publicUrl, changed, announce, onError, now })
  const inner: Inner = { database, keys, schemaOf, read, changed, oauth, prepareRevocation: (db, tenantId, id) => prepareRevocation({ http, keys, clients, onError }, db, tenantId, id) }
  return {
    create: (caller, input) => create(inner, caller, input),
    list: (caller, filter) => list(inner, caller, filter),
    find: async (caller, id) => show(inner, caller.tenantId, await one(database.tenant(caller.tenantId), caller.tenantId, id)),
    ailing: ({ tenantId }, before, limit) => listAiling(database.tenant(tenantId), tenantId, before, limit),
    update: (caller, id, change, options = {}) => update(inner, caller, { id, change, ...options }),
    prepare: (caller, input) => prepare(inner, caller, input),
    remove: (caller, id, options = {}) => remove(inner, caller, id, options),
    removal: (caller, id) => removal(inner, caller, id),
    open: (tenantId, id) => opener.open(tenantId, id),
    async forTest({ tenantId }, connector, values) {
      const schema = await knownSchema(inner, tenantId, connector)
      checkFields(schema, values, read)
      return opener.openUnstored(tenantId, connector, { schema, values })
    },
    tokens: (tenantId, id) => tokens.source(tenantId, id),
    forget,
    forgetAll() {
      opener.forgetAll()
      tokens.forgetAll()
    },
    rotation: createRotation({ database, keys, rootKeys }),
    own, oauth, close: () => renewing.close(),
  }
}

async function create(inner: Inner, caller: Caller, { id = uuidv7(), name = id, connector, credentials, expiresAt = null }: CredentialInput): Promise<ShownCredential> {
  const { tenantId } = caller
  const schema = await knownSchema(inner, tenantId, connector)
  checkFields(schema, credentials, inner.read)
  const row = await inner.database.tenant(tenantId).transaction((db) => insert(inner, db, caller, { id, name, connector, credentials, expiresAt, schema })).catch((error: unknown) => {
    if (brokenUniqueConstraint(error) === undefined) throw error
    throw new HubError('conflict', `There is a credential ${id} already.`, { errors: [{ pointer: '/id', detail: 'is taken' }] })
  })
  return show(inner, tenantId, row)
}

type New = Required<CredentialInput> & { id: string, name: string, expiresAt: Date | null, schema: CredentialSchema }

async function insert(inner: Inner, db: Db, caller: Caller, { id, name, connector, credentials, expiresAt, schema }: New): Promise<CredentialRow> {
  const { tenantId } = caller
  const fields = sealFields({ tenantId, id, key: await inner.keys.newest(db, tenantId) }, schema, credentials)
  const inserted = await insertCredential(db, tenantId, { id, name, connector, fields, expiresAt })
  await recordChange(db, caller, { action: 'credential.created', targetType: 'credential', targetId: id, detail: { connector, fields: Object.keys(fields) } })
  return inserted
}

async function prepare(inner: Inner, caller: Caller, { id, name, connector, credentials }: AlongInput): Promise<PreparedCredential> {
  const { tenantId } = caller
  const schema = await knownSchema(inner, tenantId, connector)
  if (id !== null) {
    return { id, write: async (db) => { await rewrite(inner, db, caller, { id, change: { credentials }, schema }) }, done() { inner.changed(tenantId, id) } }
  }
  checkFields(schema, credentials, inner.read)
  const made = uuidv7()
  return { id: made, write: async (db) => { await insert(inner, db, caller, { id: made, name, connector, credentials, expiresAt: null, schema }) }, done: () => undefined }
}

async function list(inner: Inner, { tenantId }: Caller, { q, connector, endUserId, limit, cursor }: CredentialFilter): Promise<Page<ShownCredential>> {
  const rows = await listCredentials(inner.database.tenant(tenantId), tenantId, { q, connector, endUserId, after: readCursor(cursor, 1)?.[0], limit: limit + 1 })
  const page = toPage(rows, limit, (row) => [row.id])
  const data: ShownCredential[] = []
  for (const row of page.data) data.push(await show(inner, tenantId, row))
  return { ...page, data }
}

interface Update { id: string, change: CredentialChange, ifMatch?: string | undefined, whole?: boolean }

async function update(inner: Inner, caller: Caller, change: Update): Promise<ShownCredential> {
  const { tenantId } = caller
  const db = inner.database.tenant(tenantId)
  const { connector } = await one(db, tenantId, change.id)
  const schema = change.change.credentials === undefined ? {} : await knownSchema(inner, tenantId, connector)
  const row = await db.transaction((db) => rewrite(inner, db, caller, { ...change, schema }))
  inner.changed(tenantId, change.id)
  return show(inner, tenantId, row)
}

async function rewrite(inner: Inner, db: Db, caller: Caller, { id, change: { name, credentials, expiresAt }, ifMatch, whole = false, schema }: Update & { schema: CredentialSchema }): Promise<CredentialRow> {
  const { tenantId } = caller
  // Read with its lock: a rotation may be encrypting it anew, and doing away with the key.
  const locked = await lockCredential(db, tenantId, id)
  if (locked === undefined) throw notFound()
  if (ifMatch !== undefined && ifMatch !== String(locked.revision)) throw changedMeanwhile()
  let { fields } = locked
  if (credentials !== undefined) {
    const kept = whole ? {} : without(locked.fields, credentials)
    checkFields(schema, credentials, inner.read, new Set(Object.keys(kept)))
    fields = { ...kept, ...sealFields({ tenantId, id, key: await inner.keys.newest(db, tenantId) }, schema, credentials) }
    const replaced = [...new Set([...Object.keys(credentials), ...whole ? Object.keys(locked.fields) : []])]
    await deleteTokens(db, tenantId, id, replaced)
    await deleteGrants(db, tenantId, id, replaced)
  }
  const updated = await updateCredential(db, tenantId, { id, name: name ?? locked.name, fields, expiresAt: expiresAt === undefined ? whole ? null : locked.expiresAt : expiresAt })
  await recordChange(db, caller, { action: 'credential.updated', targetType: 'credential', targetId: id, detail: { ...name !== undefined && { name }, fields: Object.keys(credentials ?? {}) } })
  await tellOthers(db, tenantId, id)
  return updated
}

async function remove(inner: Inner, caller: Caller, id: string, { ifMatch }: { ifMatch?: string | undefined }): Promise<void> {
  const { tenantId } = caller
  let revoke = async (): Promise<void> => undefined
  await inner.database.tenant(tenantId).transaction(async (db) => {
    const locked = credentialIdPattern.test(id) ? await lockCredential(db, tenantId, id) : undefined
    if (locked === undefined) throw notFound()
    if (ifMatch !== undefined && ifMatch !== String(locked.revision)) throw changedMeanwhile()
    revoke = await inner.prepareRevocation(db, tenantId, id)
    await removeWithin(db, caller, id)
  }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== '23503') throw error
    throw new HubError('conflict', 'Integrations use this credential. Give them another one first, or delete them.')
  })
  inner.changed(tenantId, id)
  await revoke()
}

function removal(inner: Inner, caller: Caller, id: string): CredentialRemoval {
  const { tenantId } = caller
  let revoke = async (): Promise<void> => undefined
  return {
    id,
    async lock(db) { await lockCredential(db, tenantId, id) },
    async remove(db) {
      revoke = await inner.prepareRevocation(db, tenantId, id)
      await removeWithin(db, caller, id)
    },
    done() {
      inner.changed(tenantId, id)
      // What it deletes has been deleted: nobody waits for a vendor.
      void revoke()
    },
  }
}

async function removeWithin(db: Db, caller: Caller, id: string): Promise<void> {
  await deleteCredential(db, caller.tenantId, id)
  await recordChange(db, caller, { action: 'credential.deleted', targetType: 'credential', targetId: id })
  await tellOthers(db, caller.tenantId, id)
}

function without(fields: SealedFields, named: FieldValues): SealedFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !(Object.hasOwn(named, name) && isEmpty(named[name]))))
}

async function knownSchema({ schemaOf }: Inner, tenantId: string, connector: string): Promise<CredentialSchema> {
  const schema = await schemaOf(tenantId, connector)
  if (schema === undefined) throw new HubError('invalid_input', `There is no connector ${connector.slice(0, 200)}.`, { errors: [{ pointer: '/connector', detail: 'is not a connector' }] })
  return schema
}

async function one(db: Db, tenantId: string, id: string): Promise<CredentialRow> {
  const row = credentialIdPattern.test(id) ? await findCredential(db, tenantId, id) : undefined
  if (row === undefined) throw notFound()
  return row
}

async function show(inner: Inner, tenantId: string, read: CredentialRow): Promise<ShownCredential> {
  const { id, name, connector, revision, expiresAt, createdAt, updatedAt } = read
  const schema = await inner.schemaOf(tenantId, connector) ?? {}
  const again = (): Promise<CredentialRow> => one(inner.database.tenant(tenantId), tenantId, id)
  const { result: fields } = await whileRotating(read, again, (row) => showFields(inner, { tenantId, row, schema, strict: true }))
    // One that cannot be decrypted must not hide the others: it is set, and can be set anew.
    .catch(async () => ({ result: await showFields(inner, { tenantId, row: read, schema, strict: false }) }))
  return { id, name, connector, fields, connections: await connectionsOf(inner, tenantId, id), revision, expiresAt, createdAt, updatedAt }
}

async function connectionsOf({ database, oauth }: Inner, tenantId: string, id: string): Promise<Record<string, Connection>> {
  const connections: [string, Connection][] = []
  for (const { field, vendor, status, error, scopes, endUser, detail, connectedAt, refreshedAt } of await listGrants(database.tenant(tenantId), tenantId, [id])) {
    const wanted = (await oauth.clients.choose(tenantId, [vendor]))?.settings.scopes ?? []
    connections.push([field, { vendor, status, error, scopes, missingScopes: wanted.filter((scope) => !scopes.includes(scope)), endUser, detail, connectedAt, refreshedAt }])
  }
  return Object.fromEntries(connections)
}

interface Show { tenantId: string, row: CredentialRow, schema: CredentialSchema, strict: boolean }

async function showFields({ keys }: Inner, { tenantId, row, schema, strict }: Show): Promise<Record<string, ShownField>> {
  const shown: [string, ShownField][] = []
  for (const [name, field] of Object.entries(row.fields)) {
    const type = field.t === 'env' ? ownField(schema, name)?.type ?? 'password' : field.t
    const open = async (): Promise<Pick<ShownField, 'value' | 'env'>> =>
      shownValue(field, openField(await keys.find(tenantId, row.keys, field.v), { tenantId, id: row.id, name, kind: field.t }, field))
    const showable = field.t === 'text' || field.t === 'env'
    shown.push([name, { type, set: true, ...showable && await (strict ? open() : open().catch(() => ({}))) }])
  }
  return Object.fromEntries(shown)
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the credential meanwhile. Read it again, then write your change.')
}

function notFound(): HubError {
  return new HubError('not_found', 'There is no such credential.')
}
