/** Integrations: a tenant's configured instances of connectors. */
import { uuidv7 } from 'uuidv7'
import type { z } from 'zod'
import type { ConnectorRegistry } from '../catalog/registry.ts'
import type { Connectors } from '../catalog/connectors.ts'
import type { Connector, IntegrationKind } from '../connectors/connector.ts'
import type { CredentialRemoval, Credentials, PreparedCredential } from '../credentials/credentials.ts'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError, isHubError } from '../errors.ts'
import type { Jq } from '../lib/jq/jq.ts'
import { parseInput } from '../lib/zod-errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import { recordChange } from '../tenants/audit.ts'
import type { Caller } from '../tenants/caller.ts'
import { announceChange, announceConnection, type Announce } from './announce.ts'
import { checkConfiguration } from './configuration.ts'
import { INTEGRATIONS_CHANGED, type LoadedIntegrations } from './loaded.ts'
import { isAllowed } from './policies/access.ts'
import { supportedEvents, type ConnectionTester, type TestOutcome } from './test-connection.ts'
import * as settings from './settings.ts'
import {
  countIntegrations, deleteIntegration, findIntegration, insertIntegration, isCredentialShared, listFailing, listIntegrations, listRunnable, updateConnectionStatus, updateIntegration,
  type DraftRow, type FailingRow, type IntegrationCounts, type IntegrationFilter, type IntegrationRow, type RunnableRow,
} from './store.ts'
import { checkPrograms } from './transforms.ts'
import { keepVersion, oneVersion, pageOfVersions, type Version, type VersionSummary } from './versions.ts'

export type { IntegrationRow, RunnableRow } from './store.ts'

export interface IntegrationInput {
  name: string
  description?: string | undefined
  connector: string
  type?: IntegrationKind | undefined
  configuration?: Record<string, unknown> | undefined
  connection?: z.input<typeof settings.connection> | undefined
  credentials?: Record<string, unknown> | undefined
  credentialId?: string | null | undefined
  dataHandling?: z.input<typeof settings.dataHandling> | undefined
  monitoring?: z.input<typeof settings.monitoring> | undefined
  usage?: z.input<typeof settings.usage> | undefined
  metadata?: z.input<typeof settings.metadataInput> | undefined
}

export interface Integrations {
  create(caller: Caller, input: IntegrationInput, options: { test: boolean }): Promise<IntegrationRow>
  list(caller: Caller, filter: IntegrationFilter, page: PageRequest): Promise<Page<IntegrationRow>>
  count(caller: Caller): Promise<IntegrationCounts>
  /** Those that may be run, and whose connection is in error. */
  failing(caller: Caller, limit: number): Promise<FailingRow[]>
  find(caller: Caller, id: string): Promise<IntegrationRow>
  /** All that the caller may run anything of, in the order in which they were made. */
  runnable(caller: Caller): Promise<RunnableRow[]>
  /** The whole of it is replaced; what is left out falls back to its default, but the credential stays. */
  replace(caller: Caller, id: string, input: IntegrationInput, options: { ifMatch: string | undefined }): Promise<IntegrationRow>
  /** Only the given fields change; objects are merged (RFC 7396), lists replaced. */
  patch(caller: Caller, id: string, change: Partial<IntegrationInput>, options: { ifMatch: string | undefined }): Promise<IntegrationRow>
  /** Its own credential goes with it, unless others use that one too. */
  remove(caller: Caller, id: string, options: { ifMatch: string | undefined }): Promise<void>
  /** What it was set to after each change, newest first. */
  versions(caller: Caller, id: string, page: PageRequest): Promise<Page<VersionSummary>>
  version(caller: Caller, id: string, version: number): Promise<Version>
  /** Sets it to what it was: a change like any other. Its credential stays. */
  restore(caller: Caller, id: string, version: number, options: { ifMatch: string | undefined }): Promise<IntegrationRow>
  /** Tests the connection and stores what it showed. */
  test(caller: Caller, id: string): Promise<{ row: IntegrationRow, outcome: TestOutcome }>
}

export interface IntegrationsDeps {
  database: Database
  registry: ConnectorRegistry
  connectors: Connectors
  credentials: Credentials
  loaded: LoadedIntegrations
  tester: ConnectionTester
  jq: Jq
  announce: Announce
}

export function createIntegrations(deps: IntegrationsDeps): Integrations {
  const { database, loaded, tester } = deps
  const inTenant = (caller: Caller): Db => database.tenant(caller.tenantId)
  const one = async (caller: Caller, id: string): Promise<IntegrationRow> => orNotFound(isUuid(id) ? await findIntegration(inTenant(caller), caller.tenantId, id) : undefined)
  const changed = async (caller: Caller, id: string): Promise<void> => {
    loaded.forget(caller.tenantId, id)
    await database.system.query('select pg_notify($1, $2)', [INTEGRATIONS_CHANGED, `${caller.tenantId}:${id}`])
  }
  const replace = async (caller: Caller, id: string, change: Omit<Update, 'before'>): Promise<IntegrationRow> => {
    const row = await update(deps, caller, { before: await one(caller, id), ...change })
    announceChange(deps.announce, 'changed', row)
    await changed(caller, id)
    return row
  }
  return {
    async create(caller, input, options) {
      const row = await create(deps, caller, input, options)
      await changed(caller, row.id)
      return row
    },

    count: (caller) => countIntegrations(inTenant(caller), caller.tenantId),
    failing: (caller, limit) => listFailing(inTenant(caller), caller.tenantId, limit),

    async list(caller, filter, { limit, cursor }) {
      const rows = await listIntegrations(inTenant(caller), caller.tenantId, filter, { after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, (row) => [row.id])
    },

    find: one,

    runnable: async (caller) => (await listRunnable(inTenant(caller), caller.tenantId)).filter(({ usage }) => isAllowed(usage, caller)),

    replace: (caller, id, input, { ifMatch }) => replace(caller, id, { ifMatch, input }),

    async patch(caller, id, change, { ifMatch }) {
      const before = await one(caller, id)
      const row = await update(deps, caller, { before, ifMatch, input: merged(before, change) })
      announceChange(deps.announce, 'changed', row)
      await changed(caller, id)
      return row
    },

    async remove(caller, id, { ifMatch }) {
      announceChange(deps.announce, 'deleted', await remove(deps, caller, { before: await one(caller, id), ifMatch }))
      await changed(caller, id)
    },

    versions: async (caller, id, page) => pageOfVersions(inTenant(caller), await one(caller, id), page),
    version: async (caller, id, version) => oneVersion(inTenant(caller), await one(caller, id), version),

    async restore(caller, id, version, { ifMatch }) {
      const { settings: { credentialId: _stays, ...input } } = await oneVersion(inTenant(caller), await one(caller, id), version)
      return replace(caller, id, { ifMatch, input, restoredFrom: version })
    },

    async test(caller, id) {
      await one(caller, id)
      const outcome = await tester.test(await loaded.get(caller.tenantId, id))
      const error = outcome.success ? null : outcome.detail
      const { row, before } = orNotFound(await updateConnectionStatus(inTenant(caller), caller.tenantId, id, {
        connectionStatus: outcome.success ? 'active' : 'error', connectionError: error, supportedEvents: outcome.supportedEvents,
      }))
      announceConnection(deps.announce, row, { before, error })
      await changed(caller, id)
      return { row, outcome }
    },
  }
}

async function create(deps: IntegrationsDeps, caller: Caller, input: IntegrationInput, { test }: { test: boolean }): Promise<IntegrationRow> {
  const { database, tester } = deps
  const connector = await findConnector(deps, caller, input.connector)
  const row = await complete(deps, caller, { id: uuidv7(), input, connector, before: undefined })
  const outcome = test ? await tester.testDraft(caller, { row, connector, ...input.credentials && { credentials: input.credentials } }) : undefined
  const credential = await prepareCredential(deps, caller, row, input)
  const created = await database.tenant(caller.tenantId).transaction(async (db) => {
    await credential?.write(db)
    const inserted = await insertIntegration(db, caller.tenantId, {
      ...row, ...outcome && { connectionStatus: outcome.success ? 'active' : 'error', connectionError: outcome.success ? null : outcome.detail, lastValidated: new Date() },
    })
    await keepVersion(db, caller.actor, inserted)
    await recordChange(db, caller, { action: 'integration.created', targetType: 'integration', targetId: row.id, detail: { name: row.name, connector: row.connector } })
    return inserted
  })
  announceChange(deps.announce, 'created', created)
  return created
}

interface Known { before: IntegrationRow, ifMatch: string | undefined }

async function remove(deps: IntegrationsDeps, caller: Caller, { before, ifMatch }: Known): Promise<IntegrationRow> {
  const { tenantId } = caller
  const own = ownCredential(deps, caller, before)
  const row = await deps.database.tenant(tenantId).transaction(async (db) => {
    await own?.lock(db)
    const deleted = orNotFound(await deleteIntegration(db, tenantId, before.id))
    if (ifMatch !== undefined && ifMatch !== String(deleted.revision)) throw changedMeanwhile()
    await recordChange(db, caller, { action: 'integration.deleted', targetType: 'integration', targetId: before.id, detail: { name: deleted.name } })
    if (deleted.credentialId === own?.id) await own?.removeUnlessShared(db)
    return deleted
  })
  own?.done()
  return row
}

interface OwnCredential extends CredentialRemoval { removeUnlessShared(db: Db): Promise<void> }

/** The one that was made with the integration: secrets that nothing uses are not kept. */
function ownCredential({ credentials }: IntegrationsDeps, caller: Caller, { id, credentialId, ownsCredential }: IntegrationRow): OwnCredential | undefined {
  if (!ownsCredential || credentialId === null) return undefined
  const removal = credentials.removal(caller, credentialId)
  return {
    ...removal,
    async removeUnlessShared(db) {
      if (!await isCredentialShared(db, caller.tenantId, id, credentialId)) await removal.remove(db)
    },
  }
}

interface Update extends Known { input: IntegrationInput, restoredFrom?: number }

async function update(deps: IntegrationsDeps, caller: Caller, { before, input, ifMatch, restoredFrom }: Update): Promise<IntegrationRow> {
  if (ifMatch !== undefined && ifMatch !== String(before.revision)) throw changedMeanwhile()
  const connector = await findConnector(deps, caller, input.connector)
  const row = await complete(deps, caller, { id: before.id, input, connector, before })
  const changesCredential = input.credentials !== undefined && row.credentialId !== null
  if (changesCredential && !before.ownsCredential) throw sharedCredential(row.credentialId!)
  const credential = await prepareCredential(deps, caller, row, input)
  const left = row.credentialId === before.credentialId ? undefined : ownCredential(deps, caller, before)
  const written = await deps.database.tenant(caller.tenantId).transaction(async (db) => {
    await credential?.write(db)
    await left?.lock(db)
    if (changesCredential && await isCredentialShared(db, caller.tenantId, before.id, credential!.id)) throw sharedCredential(credential!.id)
    const updated = await updateIntegration(db, caller.tenantId, row, before.revision)
    // The credential stays what it was, too.
    if (updated === undefined) throw changedMeanwhile()
    await left?.removeUnlessShared(db)
    await keepVersion(db, caller.actor, updated, restoredFrom)
    await recordChange(db, caller, { action: 'integration.updated', targetType: 'integration', targetId: before.id, detail: { name: row.name, fields: Object.keys(input), ...restoredFrom !== undefined && { restoredFrom } } })
    return updated
  })
  credential?.done()
  left?.done()
  return written
}

/** Values that come with an integration are its own credential's: of the one that it has, or of a new one, whose id the row gets. */
async function prepareCredential({ credentials }: IntegrationsDeps, caller: Caller, row: DraftRow, { credentials: values }: IntegrationInput): Promise<PreparedCredential | undefined> {
  if (values === undefined) return undefined
  const prepared = await credentials.prepare(caller, { id: row.credentialId, name: row.name, connector: row.connector, credentials: values })
  row.credentialId = prepared.id
  return prepared
}

function sharedCredential(id: string): HubError {
  return new HubError('conflict', `The credential ${id} is not this integration's alone. Change it at /api/v1/credentials/${id}, choose another with \`credentialId\`, or send \`credentialId: null\` along, and the integration gets one of its own.`, {
    errors: [{ pointer: '/credentials', detail: 'would change a credential that is shared' }],
  })
}

function changedMeanwhile(): HubError {
  return new HubError('precondition_failed', 'Somebody changed the integration meanwhile. Read it again, then write your change.')
}

interface Draft { id: string, input: IntegrationInput, connector: Connector, before: IntegrationRow | undefined }

/** Everything checked, defaults filled in. */
async function complete({ jq, credentials }: IntegrationsDeps, caller: Caller, { id, input, connector, before }: Draft): Promise<DraftRow> {
  const had = before?.credentialId ?? null
  // The id that it has already is no choice: it comes along when what was read is written back.
  if (input.credentials !== undefined && input.credentialId !== undefined && input.credentialId !== null && input.credentialId !== had) {
    throw new HubError('invalid_input', 'Give either `credentials` or `credentialId`.', { errors: [{ pointer: '/credentialId', detail: 'cannot stand beside credentials' }] })
  }
  const moved = before !== undefined && before.connector !== input.connector
  // Another connector's credential is not overwritten: new values make a new one.
  const kept = moved && input.credentials !== undefined ? null : had
  const credentialId = input.credentialId === undefined || input.credentialId === had ? kept : input.credentialId
  if (credentialId !== null && (moved || credentialId !== had)) await checkCredential(credentials, caller, credentialId, input.connector)
  const configuration = checkConfiguration(connector, input.configuration ?? {}, input.connection?.endpoint)
  const dataHandling = parseInput(settings.dataHandling, input.dataHandling ?? {}, '/dataHandling')
  await checkPrograms(jq, caller.tenantId, dataHandling)
  const monitoring = parseInput(settings.monitoring, input.monitoring ?? {}, '/monitoring')
  const now = new Date()
  return {
    id, name: input.name, description: input.description ?? '', connector: input.connector, kind: input.type ?? connector.manifest.kind, configuration,
    connection: parseInput(settings.connection, input.connection ?? {}, '/connection'), dataHandling, monitoring, usage: parseInput(settings.usage, input.usage ?? {}, '/usage'),
    metadata: {
      ...parseInput(settings.metadataInput, input.metadata ?? {}, '/metadata'),
      createdBy: before?.metadata.createdBy ?? caller.actor, createdAt: before?.metadata.createdAt ?? now.toISOString(), lastModified: now.toISOString(),
    },
    credentialId, ownsCredential: input.credentials !== undefined || credentialId !== null && credentialId === had && before!.ownsCredential,
    connectionStatus: before?.connectionStatus ?? 'inactive', connectionError: before?.connectionError ?? null,
    supportedEvents: supportedEvents(connector), lastValidated: before?.lastValidated ?? null,
    nextHealthCheck: monitoring.healthChecks.length > 0 ? now : null,
  }
}

async function checkCredential(credentials: Credentials, caller: Caller, id: string, connector: string): Promise<void> {
  const found = await credentials.find(caller, id).catch((error: unknown) => {
    if (isHubError(error, 'not_found')) return undefined
    throw error
  })
  if (found === undefined) throw new HubError('invalid_input', `There is no credential ${id.slice(0, 128)}.`, { errors: [{ pointer: '/credentialId', detail: 'is not a credential of this tenant' }] })
  // A secret must not travel to a service that it wasn't given for.
  if (found.connector !== connector) throw new HubError('invalid_input', `The credential ${id} belongs to the connector ${found.connector}.`, { errors: [{ pointer: '/credentialId', detail: `is for ${found.connector}` }] })
}

/** Built-in, imported, or in the catalogue: a catalogue's one is installed on its first use. */
async function findConnector({ registry, connectors }: IntegrationsDeps, caller: Caller, id: string): Promise<Connector> {
  const found = await registry.find(caller.tenantId, id)
  if (found !== undefined) return found
  try {
    await connectors.installFromCatalogue(caller, id)
  } catch (error) {
    if (!isHubError(error, 'not_found')) throw error
    throw new HubError('invalid_input', `There is no connector ${id.slice(0, 200)}. GET /api/v1/integrations/available lists them.`, { errors: [{ pointer: '/connector', detail: 'is not a connector' }] })
  }
  return (await registry.find(caller.tenantId, id))!
}

/** RFC 7396: objects are merged, null removes, everything else replaces. */
function merged(before: IntegrationRow, change: Partial<IntegrationInput>): IntegrationInput {
  const { version, status, tags } = before.metadata
  const metadata = { version, status, tags }
  const current = {
    name: before.name, description: before.description, connector: before.connector, type: before.kind, configuration: before.configuration,
    connection: before.connection, dataHandling: before.dataHandling, monitoring: before.monitoring, usage: before.usage, metadata,
  }
  const { credentials, credentialId, ...settingsChange } = change
  return { ...mergePatch(current, settingsChange) as typeof current, ...credentials && { credentials }, ...credentialId !== undefined && { credentialId } }
}

/** These are one of several shapes: a patch replaces them whole. */
const whole = new Set(['usageQuota', 'accessControl', 'configuration'])

function mergePatch(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch
  const result = new Map(Object.entries(target !== null && typeof target === 'object' && !Array.isArray(target) ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (value === null) result.delete(key)
    else result.set(key, whole.has(key) ? value : mergePatch(result.get(key), value))
  }
  return Object.fromEntries(result)
}

function orNotFound<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new HubError('not_found', 'There is no such integration.')
  return row
}
