/** The areas, each with what it needs of the others. */
import type { Logger } from 'pino'
import { createAbout } from '../about.ts'
import type { Services } from '../api/services.ts'
import { createConnectors } from '../catalog/connectors.ts'
import { createDocumentArchive } from '../catalog/directory/archive.ts'
import { createCatalogue, entryOfManifest } from '../catalog/directory/catalogue.ts'
import { createLogos } from '../catalog/directory/logos.ts'
import { createDocuments } from '../catalog/documents.ts'
import { closeOpenApiEngine } from '../catalog/openapi/engine.ts'
import { createConnectorRegistry, type ConnectorRegistry } from '../catalog/registry.ts'
import type { Config } from '../config.ts'
import { builtInConnectors } from '../connectors/index.ts'
import { createCredentials, type Credentials, type CredentialsDeps } from '../credentials/credentials.ts'
import { createCredentialExpiry } from '../credentials/expiry.ts'
import { isOwnSecret } from '../credentials/own.ts'
import { openRootKeys } from '../credentials/root-key.ts'
import type { Announcer } from '../events/changes.ts'
import { createEventRetention, type EventRetention } from '../events/retention.ts'
import { createExecutions } from '../executions/executions.ts'
import { createApprovals } from '../flows/approvals/approvals.ts'
import { createFigures } from '../executions/figures.ts'
import type { Execution } from '../executions/record.ts'
import { createRetention, type Retention } from '../executions/retention.ts'
import { findUsedOperations } from '../executions/used-operations.ts'
import { createAlerts, type AlertsDeps } from '../integrations/alerts.ts'
import type { Announce } from '../integrations/announce.ts'
import { connectionNotes } from '../integrations/connection-notes.ts'
import type { ContextDeps } from '../integrations/context.ts'
import { createExecute, type ExecuteDeps } from '../integrations/execute.ts'
import { createExamples } from '../integrations/examples.ts'
import { createHealth } from '../integrations/health.ts'
import { createReadLimits } from '../integrations/limits.ts'
import { createIntegrations } from '../integrations/integrations.ts'
import { createLoadedIntegrations, type LoadedIntegrations } from '../integrations/loaded.ts'
import { createAnswerCache } from '../integrations/policies/cache.ts'
import { createProxy } from '../integrations/proxy.ts'
import { createRehearse } from '../integrations/rehearse.ts'
import { createPolls, type Polls } from '../integrations/poll.ts'
import { createRerun } from '../integrations/rerun.ts'
import type { BreakerState } from '../integrations/policies/breaker.ts'
import { createStored } from '../records/stored.ts'
import { createRecords } from '../records/records.ts'
import type { TryTracing } from '../integrations/tracing.ts'
import { listUsing } from '../integrations/store.ts'
import { createConnectionTester } from '../integrations/test-connection.ts'
import { createJq } from '../lib/jq/jq.ts'
import { periodStart } from '../lib/quota.ts'
import type { Metrics } from '../metrics.ts'
import { createAudit } from '../tenants/audit.ts'
import { createAgents } from './agents.ts'
import { announcerOn, EXECUTIONS_RECORDED } from './announcing.ts'
import { createEventBus, type EventBus } from './event-bus.ts'
import { createEventing, type Eventing } from './eventing.ts'
import { createFlowDocuments, type FlowDocuments, type FlowDocumentsDeps } from './flow-documents.ts'
import { createFlowRuns, type FlowRuns } from './flow-runs.ts'
import { createFlowTriggers, type FlowTriggers } from './flow-triggers.ts'
import { createPeople } from './people.ts'
import { createPulsar, type Pulsar } from './pulsar.ts'
import { createReceiving, type Receiving } from './receiving.ts'
import type { Storage } from './storage.ts'

export interface Areas {
  services: Services
  retention: Retention
  eventRetention: EventRetention
  eventing: Eventing
  eventBus: EventBus
  pulsar: Pulsar
  flowRuns: FlowRuns
  flowTriggers: FlowTriggers
  /** What is remembered of the database's rows, to be forgotten when another process changes them. */
  caches: {
    forgetIntegration(tenantId: string, id: string): void
    forgetCredential(tenantId: string, id: string): void
    forgetConnector(tenantId: string, id: string): void
    forgetWebhook(tenantId: string, id: string): void
    forgetWebhookSource(tenantId: string, id: string): void
    forgetEventType(tenantId: string, type: string): void
    forgetFlows(tenantId: string): void
    forgetAll(): void
  }
  close(): Promise<void>
}

export interface AreasDeps {
  config: Config
  logger: Logger
  storage: Storage
  metrics: Metrics
  /** Undefined where nothing is traced. */
  tracing?: TryTracing | undefined
  notify: AlertsDeps['notify']
  countJobs: Services['countJobs']
  /** Where others reach the hub; without a slash at the end. */
  publicUrl(): string
}

const ANSWERS_MAX_BYTES = 64 * 1024 * 1024

export async function createAreas(deps: AreasDeps): Promise<Areas> {
  const { storage, metrics } = deps
  const { database, blobs } = storage
  const jq = createJq()
  const catalog = createCatalog(deps)
  // Integrations hold their opened credential.
  const credentials = await createSecrets(deps, catalog.registry, {
    onChange: (_tenantId, id) => { if (!isOwnSecret(id)) loaded.forgetAll() },
    announce: (tenantId, event) => { eventing.hubEvents.announce(tenantId, event) },
  })
  const loaded = createLoadedIntegrations({ database, connectors: catalog.registry, credentials })
  const figures = createFigures({ database })
  const announcer = announcerOn(EXECUTIONS_RECORDED, { ...deps, database })
  const executions = createExecutions({ database, blobs, figures: { recorded: (row) => { noteRecorded(row, figures, announcer) } } })
  const { polls, ...running } = createRunning(deps, { catalog, credentials, loaded, figures, executions, jq, tell: () => ({ hubEvents: eventing.hubEvents, notices: eventBus.notices }) })
  const people = createPeople({ ...deps, database })
  const { keys, sessions } = people
  const eventing = createEventing({
    storage, logger: deps.logger, jq, credentials, metrics, sequels: { plan: (event) => flowTriggers.sequels.plan(event), rows: (sequels) => flowTriggers.sequels.rows(sequels) }, wakeReaders: (tenantId) => { eventBus.feed.wake(tenantId) } })
  const eventBus = createEventBus({ storage, logger: deps.logger, jq, inbox: eventing.inbox, hubEvents: eventing.hubEvents, services: { ...running, connectors: catalog.connectors } })
  const receiving = createReceiving({ ...deps, jq, credentials, inbox: eventing.inbox, schemas: eventBus.services.eventTypes, answerFor: (tenantId, eventId) => flowTriggers.answer(tenantId, eventId) })
  const pulsar = createPulsar({ storage, logger: deps.logger, jq, secrets: credentials.own, inbox: eventing.inbox, publishing: eventBus.publishing, followers: eventBus.followers })
  const findSources: FlowDocumentsDeps['findSources'] = (tenantId, nameOrId) => receiving.services.webhookSources.idsOf(tenantId, nameOrId)
  const documents = createFlowDocuments({ findSources, forgotten: (tenantId) => { flowTriggers.forget(tenantId) }, config: deps.config, storage, jq, registry: catalog.registry, credentials, integrations: running.integrations })
  const approvals = createApprovals({ database, publicUrl: deps.publicUrl, publish: (tenantId, event) => eventing.hubEvents.publish(tenantId, event) })
  const flowRuns = createFlowRuns({ ...deps, jq, approvals, credentials, ...documents, execute: running.execute, eventBus, hubEvents: eventing.hubEvents, agentSteps: (callFunction) => agents.stepsOver(callFunction) })
  const flowTriggers = createFlowTriggers({
    ...deps, jq, ...documents, ...flowRuns.services, starting: flowRuns.starting, execute: running.execute, polls, eventBus, announce: (tenantId, event) => { eventing.hubEvents.announce(tenantId, event) }, findSources,
  })
  const audit = createAudit(database)
  const agents = createAgents({ ...deps, database, audit, flows: documents.services.flows, definitions: documents.definitions, runs: flowRuns.services.runs, executions, integrations: running.integrations, connectors: catalog.registry, execute: running.execute, rehearse: createRehearse({ loaded, jq }) })
  const services: Services = {
    ...people, audit, retention: storage.retention, stored: createStored({ database, figures, blobs }), ...agents.services,
    credentials, credentialExpiry: createCredentialExpiry({ database, publish: (tenantId, event) => eventing.hubEvents.publish(tenantId, event) }), connectors: catalog.connectors, logos: createLogos(Object.fromEntries(builtInConnectors.map(({ manifest, logo }) => [manifest.name, () => logo?.()]))), executions, figures, blobs, ...running, ...eventing.services, ...eventBus.services, ...receiving.services, ...pulsar.services, ...documents.services, ...flowRuns.services, approvals,
    countJobs: () => deps.countJobs(), records: createRecords({ links: deps.storage.links, executions, events: eventBus.services.events, runs: flowRuns.services.runs, deliveries: eventing.services.deliveries }), readLimits: createReadLimits({ loaded, figures }), breakerState: (tenantId, id) => stateOf(loaded, tenantId, id),
    about: createAbout({ config: deps.config, database, publicUrl: deps.publicUrl }), ready: () => readiness(deps),
    metrics: (options) => metrics.read(options),
  }
  return {
    services, eventing, eventBus, pulsar, flowRuns, flowTriggers, retention: createRetention({ database, blobs, figures, ceilingDays: deps.config.executionsRetentionDays, ownDays: storage.retention.all }), eventRetention: createEventRetention({ database, blobs, days: deps.config.eventsRetentionDays, ownDays: storage.retention.all }),
    caches: cachesOf({ documents, triggers: flowTriggers, loaded, credentials, registry: catalog.registry, keys, sessions, eventBus, mcp: agents.services.mcp, webhooks: eventing.loadedWebhooks, sources: receiving.loadedSources }),
    async close() {
      await receiving.close()
      await flowRuns.close()
      await running.health.settle()
      await credentials.close()
      await eventBus.close()
      await eventing.close()
      await executions.drain()
      await announcer.close()
      await jq.close()
      await closeOpenApiEngine()
      await catalog.archive.close()
    },
  }
}

function noteRecorded(row: Parameters<Services['figures']['recorded']>[0], figures: Services['figures'], announcer: Announcer): void {
  figures.recorded(row)
  announcer.announce(row.tenantId)
}

type Catalog = ReturnType<typeof createCatalog>

function createCatalog({ config, storage: { database, blobs, http } }: AreasDeps): { registry: ConnectorRegistry, connectors: Services['connectors'], archive: ReturnType<typeof createDocumentArchive> } {
  const documents = createDocuments(blobs)
  const registry = createConnectorRegistry({ database, documents, builtIn: builtInConnectors })
  const archive = createDocumentArchive({ cacheFolder: config.cacheFolder })
  const connectors = createConnectors({
    database, http, documents, catalogue: createCatalogue({ builtIn: builtInConnectors.map(({ manifest }) => entryOfManifest(manifest)) }), archive, builtIn: builtInConnectors, registry,
    use: {
      integrations: (tenantId, connector) => listUsing(database.tenant(tenantId), tenantId, connector),
      recentOperations: (tenantId, integrationIds, operations) => findUsedOperations(database, tenantId, integrationIds, operations),
    },
  })
  return { registry, connectors, archive }
}

async function createSecrets({ config, logger, publicUrl, storage: { database, http } }: AreasDeps, registry: ConnectorRegistry, told: Required<Pick<CredentialsDeps, 'onChange' | 'announce'>>): Promise<Credentials> {
  return createCredentials({
    ...told, publicUrl, onError: (error) => { logger.warn({ err: error }, 'a vendor did not do what it was asked') }, database, http, rootKeys: await openRootKeys(config), allowEnvironment: config.allowEnvironment, environment: process.env,
    connectors: { credentialSchema: async (tenantId, id) => (await registry.find(tenantId, id))?.manifest.credentialSchema },
  })
}

interface Parts extends Pick<Services, 'credentials' | 'figures' | 'executions'> {
  catalog: Catalog
  loaded: LoadedIntegrations
  jq: ReturnType<typeof createJq>
  /** Made later, since it runs operations itself. */
  tell(): Pick<Eventing, 'hubEvents'> & Pick<EventBus, 'notices'>
}

/** What runs operations, and what watches over them. */
function createRunning({ logger, storage, metrics, tracing, notify }: AreasDeps, { catalog, credentials, loaded, figures, executions, jq, tell }: Parts): Pick<Services, 'integrations' | 'examples' | 'execute' | 'rerun' | 'proxy' | 'health' | 'alerts'> & { polls: Polls } {
  const { database, blobs, http, guard } = storage
  const context: ContextDeps = { http, blobs, resolveHost: (hostname) => guard.resolveHost(hostname), tokens: (tenantId, credentialId) => credentials.tokens(tenantId, credentialId) }
  const watched: Pick<ExecuteDeps, 'assertRecordable' | 'countCalls' | 'observe' | 'tracing'> = {
    tracing,
    assertRecordable: () => database.assertReachable(),
    countCalls: (tenantId, integrationId, since) => figures.callsSince(tenantId, integrationId, since),
    observe: (call) => {
      const { loaded: { row }, execution } = call
      metrics.call({ tenantId: row.tenantId, integrationId: row.id, status: execution.status, seconds: execution.metrics.latency / 1000 })
      logCall(logger, row.monitoring.logging.level, execution)
      noteCall(tell().notices, call)
    },
  }
  const announce: Announce = (tenantId, event) => { tell().hubEvents.announce(tenantId, event) }
  const tester = createConnectionTester({ ...context, credentials })
  const alerts = createAlerts({ database, loaded, figures, notify, announce })
  const onError = (error: unknown): void => { logger.warn({ err: error }, "a connection's status could not be noted") }
  const execute = createExecute({
    ...context, ...watched, loaded, executions, jq, answers: createAnswerCache(ANSWERS_MAX_BYTES), connectionChanged: connectionNotes({ database, loaded, announce, onError }),
  })
  const integrations = createIntegrations({ database, registry: catalog.registry, connectors: catalog.connectors, credentials, loaded, tester, jq, announce })
  return {
    integrations, examples: createExamples({ database, registry: catalog.registry, integrations }),
    execute, alerts, polls: createPolls({ ...context, loaded }), rerun: createRerun({ executions, execute, blobs, repeated: storage.links.repeated }), proxy: createProxy({ ...context, ...watched, loaded, executions }),
    health: createHealth({ ...context, database, loaded, tester, announce, checked: (of, health) => alerts.evaluate(of, { health }) }),
  }
}

/** Messages quote the upstream, which may quote a secret. */
function noteCall(notices: EventBus['notices'], { loaded: { row, credential, state }, execution: { id, operation, status, error } }: Parameters<ExecuteDeps['observe']>[0]): void {
  const { usageQuota } = row.usage
  if (status === 'failed' && error !== null) notices.executionFailed(row.tenantId, row, { id, operation, error: { type: error.type, message: credential?.mask.mask(error.message) ?? error.message } })
  if (!usageQuota.unlimited) notices.quotaUsed(row.tenantId, row, { ...usageQuota, used: state.quota.used, periodStart: new Date(periodStart(usageQuota.period, Date.now())) })
}

interface Caches { documents: FlowDocuments, triggers: FlowTriggers, eventBus: EventBus, mcp: Services['mcp'], loaded: LoadedIntegrations, credentials: Credentials, registry: ConnectorRegistry, keys: Services['keys'], sessions: Services['sessions'], webhooks: Eventing['loadedWebhooks'], sources: Receiving['loadedSources'] }

function cachesOf({ documents: { definitions, named }, triggers, eventBus: { feed, services: { eventTypes } }, mcp, loaded, credentials, registry, keys, sessions, webhooks, sources }: Caches): Areas['caches'] {
  return {
    forgetIntegration(tenantId, id) {
      loaded.forget(tenantId, id)
      named.forget(tenantId)
      mcp.changed(tenantId)
    },
    // Integrations hold their opened credential and their connector.
    forgetCredential(tenantId, id) {
      credentials.forget(tenantId, id)
      named.forget(tenantId)
      if (!isOwnSecret(id)) loaded.forgetAll()
    },
    forgetConnector(tenantId, id) {
      registry.forget(tenantId, id)
      loaded.forgetAll()
      mcp.changed(tenantId)
    },
    forgetWebhook: (tenantId, id) => { webhooks.forget(tenantId, id) },
    forgetWebhookSource(tenantId, id) {
      sources.forget(tenantId, id)
      triggers.forget(tenantId)
    },
    forgetEventType: (tenantId, type) => { eventTypes.forget(tenantId, type) },
    forgetFlows(tenantId) {
      definitions.forget(tenantId)
      mcp.changed(tenantId)
    },
    forgetAll() {
      mcp.changed()
      eventTypes.forgetAll()
      feed.wake()
      sources.forgetAll()
      webhooks.forgetAll()
      keys.forget()
      sessions.forget()
      credentials.forgetAll()
      registry.forgetAll()
      loaded.forgetAll()
      named.forgetAll()
      definitions.forgetAll()
    },
  }
}

function stateOf(loaded: LoadedIntegrations, tenantId: string, id: string): BreakerState {
  return loaded.state(tenantId, id)?.breaker.state(Date.now()) ?? 'closed'
}

async function readiness({ storage }: AreasDeps): Promise<string[]> {
  try {
    await storage.database.ping()
    return []
  } catch {
    return ['database']
  }
}

const severity = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 }

/** Calls appear in the log as far as the integration wants: all of them, the failed ones, or none. Never with payloads. */
function logCall(logger: Logger, wanted: keyof typeof severity, { id, integrationId, operation, status, metrics: { latency, retryCount }, error }: Execution): void {
  const level = status === 'succeeded' ? 'debug' : status === 'refused' ? 'info' : 'warn'
  if (severity[level] < severity[wanted]) return
  // A call that an integration's owner wants to see stands above the hub's own level.
  const entry = { executionId: id, integrationId, operation, status, latency, retryCount, error: error?.type }
  if (level === 'warn') logger.warn(entry, 'call')
  else logger.info(entry, 'call')
}
