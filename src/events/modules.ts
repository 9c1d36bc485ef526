/**
 * `integration.module.discovered` on the bus: registers the connector that a module announces, by the document given or fetched, with the rights of
 * whoever published it. The same module announced again has its document compared and replaced; nothing is made twice.
 */
import { connectorIdOf } from '../catalog/ids.ts'
import type { Connectors } from '../catalog/connectors.ts'
import type { DocumentSource } from '../catalog/source.ts'
import { HubError, isHubError } from '../errors.ts'
import type { Integrations } from '../integrations/integrations.ts'
import type { Caller } from '../tenants/caller.ts'
import type { CloudEvent } from './event.ts'
import type { Command } from './publishing.ts'

const DISCOVERED_TOPIC = 'integration.module.discovered'

/** What is left to do of an announcement, as a job keeps it: with the rights that its publisher had. */
export interface Announcement { messageId: string, caller: Omit<Caller, 'scopes'> & { scopes: string[] } }

/** Resolves once the job is sure to run. */
export function createDiscoveredCommand({ queue }: { queue(announcement: Announcement): Promise<void> }): Command {
  return {
    type: DISCOVERED_TOPIC, scope: 'connectors:write', repeatable: true,
    reserve: () => ({
      begin: ({ scopes, ...caller }, { messageId }) => queue({ messageId, caller: { ...caller, scopes: [...scopes] } }),
      release: () => undefined,
    }),
  }
}

export interface ModulesDeps {
  connectors: Pick<Connectors, 'find' | 'import' | 'reimport'>
  integrations: Pick<Integrations, 'create' | 'list'>
  /** The event by the hub's id of it, whole. Throws `not_found`. */
  find(tenantId: string, messageId: string): Promise<CloudEvent>
  publish(tenantId: string, event: { type: string, subject: string, attributes: Record<string, string>, dataJson: string }): Promise<void>
  /** One at a time with the same key, over all processes. */
  alone<Result>(key: string, work: () => Promise<Result>): Promise<Result>
}

/** The job. Throws what a repeat may mend: the database is away. */
export async function registerModule(deps: ModulesDeps, { messageId, caller: { scopes, ...rest } }: Announcement): Promise<void> {
  const caller: Caller = { ...rest, scopes: new Set(scopes) as Caller['scopes'] }
  const event = await deps.find(caller.tenantId, messageId).catch((error: unknown) => {
    // Gone with its day: nobody waits for it any more.
    if (!isHubError(error, 'not_found')) throw error
  })
  if (event === undefined) return
  const module = nameOf(event.data)
  const tell = (type: string, data: Record<string, unknown>): Promise<void> =>
    deps.publish(caller.tenantId, { type, subject: module ?? event.id, attributes: { correlationid: String(event['correlationid'] ?? event.id), causationid: event.id }, dataJson: JSON.stringify({ module: { name: module ?? null }, ...data }) })
  try {
    const found = readData(event.data)
    const connector = await registerConnector(deps, caller, found)
    const integrationId = found.isIntegratable ? await registerIntegration(deps, caller, { name: found.name, connector: connector.connectorId }) : undefined
    await tell('integration.module.registered', { ...connector, ...integrationId !== undefined && { integrationId } })
  } catch (error) {
    if (!(error instanceof HubError) || error.code === 'database_unavailable' || error.code === 'shutting_down') throw error
    await tell('integration.module.failed', { error: { code: error.code, message: error.message, ...error.errors !== undefined && { errors: error.errors.slice(0, 20) } } })
  }
}

interface Found { name: string, source: DocumentSource, isIntegratable: boolean }

function nameOf(data: unknown): string | undefined {
  const name = ((data as { module?: { name?: unknown } | null } | null)?.module)?.name
  return typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : undefined
}

function readData(data: unknown): Found {
  const name = nameOf(data)
  if (name === undefined) throw new HubError('invalid_input', 'The announcement does not say what the module is called.', { errors: [{ pointer: '/module/name', detail: 'is needed' }] })
  const { openAPI, openAPIEndpoint, integratable } = ((data as { metadata?: unknown }).metadata ?? {}) as Record<string, unknown>
  const isIntegratable = integratable === true
  if (typeof openAPI === 'string' && openAPI.trim() !== '' || typeof openAPI === 'object' && openAPI !== null) return { name, source: { document: openAPI }, isIntegratable }
  if (typeof openAPIEndpoint === 'string' && URL.canParse(openAPIEndpoint)) return { name, source: { url: openAPIEndpoint }, isIntegratable }
  throw new HubError('invalid_input', 'The announcement has no OpenAPI document, nor the address of one.', { errors: [{ pointer: '/metadata/openAPI', detail: 'is needed, or /metadata/openAPIEndpoint with a URL' }] })
}

const MOST_TRIES = 10

interface Registered { connectorId: string, created: boolean, changed: boolean, breaking: boolean }

async function registerConnector({ connectors }: ModulesDeps, caller: Caller, { name, source }: Found): Promise<Registered> {
  const id = connectorIdOf(name)
  if (id === '') throw new HubError('invalid_input', "The module's name has no Latin letter or digit that a connector's id could be made of.", { errors: [{ pointer: '/module/name', detail: 'has no Latin letter or digit' }] })
  for (let tries = 1; ; tries += 1) {
    const isThere = await exists(connectors, caller, id)
    try {
      if (!isThere) {
        await connectors.import(caller, { id, name, source })
        return { connectorId: id, created: true, changed: true, breaking: false }
      }
      const { difference: { added, removed, changed, document, breaking } } = await connectors.reimport(caller, id, { source, apply: true })
      return { connectorId: id, created: false, changed: added.length + removed.length + changed.length + document.length > 0, breaking }
    } catch (error) {
      // Another process was faster with an announcement of the same module.
      const isRace = isHubError(error, 'precondition_failed') || isHubError(error, 'not_found') || !isThere && isHubError(error, 'conflict')
      if (!isRace || tries === MOST_TRIES) throw error
    }
  }
}

async function exists(connectors: Pick<Connectors, 'find'>, caller: Caller, id: string): Promise<boolean> {
  return connectors.find(caller, id).then(() => true, (error: unknown) => {
    if (isHubError(error, 'not_found')) return false
    throw error
  })
}

/** One of the connector, unless there is one; for whoever may make some. */
async function registerIntegration({ integrations, alone }: ModulesDeps, caller: Caller, { name, connector }: { name: string, connector: string }): Promise<string> {
  return alone(`${caller.tenantId}:${connector}`, async () => {
    const { data: [existing] } = await integrations.list(caller, { connector, q: undefined, kind: undefined, status: undefined, tag: undefined }, { limit: 1 })
    if (existing !== undefined) return existing.id
    if (!caller.scopes.has('integrations:write')) throw new HubError('forbidden', 'The connector is there. A module that calls itself integratable gets an integration too, which needs the scope integrations:write.')
    return (await integrations.create(caller, { name, connector }, { test: false })).id
  })
}
