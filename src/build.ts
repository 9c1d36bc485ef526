/** Wires the hub: settings in, a running server out. Nothing else is done here. */
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createIdempotency, type Idempotency } from './api/idempotency.ts'
import { routes } from './api/routes/index.ts'
import { createServer } from './api/server.ts'
import type { Services } from './api/services.ts'
import { EXECUTIONS_RECORDED, RUNS_CHANGED } from './build/announcing.ts'
import { createAreas, type Areas } from './build/areas.ts'
import { openStorage, type Storage } from './build/storage.ts'
import { hubTasks, queueNotice } from './build/tasks.ts'
import { urlOf } from './build/url.ts'
import type { Config } from './config.ts'
import { listen, type Listener } from './db/listen.ts'
import { EVENT_TYPES_CHANGED } from './events/types.ts'
import { FLOWS_CHANGED } from './flows/definitions.ts'
import { CREDENTIALS_CHANGED } from './credentials/notices.ts'
import { CONNECTORS_CHANGED } from './catalog/registry.ts'
import { PULSAR_BRIDGES_CHANGED } from './events/pulsar/bridges.ts'
import { INTEGRATIONS_CHANGED } from './integrations/loaded.ts'
import { startJobs, type JobCounts, type Jobs } from './jobs/jobs.ts'
import { every, type Schedule } from './jobs/schedule.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import { WEBHOOK_SOURCES_CHANGED } from './webhooks/inbound/loaded.ts'
import { KEYS_CHANGED } from './tenants/keys.ts'
import { SESSIONS_CHANGED } from './tenants/sign-in/notices.ts'
import { WEBHOOKS_CHANGED } from './webhooks/outbound/loaded.ts'

export interface Hub {
  /** For instance `http://127.0.0.1:8080`; undefined for a worker. */
  url: string | undefined
  services: Services
  /** Lets in the first owner, once; undefined where one can sign in already. */
  welcomeUrl: string | undefined
  /** Ends what runs, then lets go of the database. */
  close(): Promise<void>
}

export interface HubOptions {
  config: Config
  logger: Logger
  /** `serve`: API and jobs. `worker`: jobs only. */
  role: 'serve' | 'worker'
  /** Told the first owner's key where it is made at this start: at once, for it cannot be read again, and the rest of the start may fail. */
  keyMade?: (key: string) => void
}

export async function startHub({ config, logger: plain, role, keyMade }: HubOptions): Promise<Hub> {
  // What was started is stopped the other way round: at the end, and when a later part does not start.
  const running = new AsyncDisposableStack()
  try {
    const telemetry = await openTelemetry(config, plain)
    running.defer(() => telemetry?.close())
    const logger = telemetry?.withTraceIds(plain) ?? plain
    const storage = await openStorage(config, logger)
    running.defer(() => storage.close())
    return await startOn(storage, running, telemetry, { config, logger, role, keyMade })
  } catch (error) {
    // Why it did not start matters more than what its end stumbled over.
    await running.disposeAsync().catch(() => undefined)
    throw error
  }
}

/** Loaded here only: OpenTelemetry takes time and memory that a hub without a collector does not spend. */
async function openTelemetry({ otlpEndpoint }: Config, logger: Logger): Promise<Telemetry | undefined> {
  if (otlpEndpoint === undefined) return undefined
  const { startTelemetry } = await import('./telemetry/telemetry.ts')
  return startTelemetry({ endpoint: otlpEndpoint, logger, environment: process.env })
}

async function startOn(storage: Storage, running: AsyncDisposableStack, telemetry: Telemetry | undefined, { config, logger, role, keyMade }: HubOptions): Promise<Hub> {
  const { database } = storage
  let jobs: Jobs | undefined
  const countJobs = async (): Promise<JobCounts> => jobs?.counts() ?? { waiting: 0, failed: 0 }
  const metrics = createMetrics({
    database, http: storage.http, jobs: countJobs,
    deliveries: () => areas.eventing.deliveries(), runs: () => areas.flowRuns.figures(), stored: () => areas.services.stored.all(),
  })
  let url: string | undefined
  const publicUrl = (): string => config.publicUrl ?? url ?? urlOf(config, config.host)
  const areas = await createAreas({ config, logger, storage, metrics, tracing: telemetry, notify: queueNotice, countJobs, publicUrl })
  running.defer(() => areas.close())
  const { madeKey } = await areas.services.tenants.ensureFirst(config.apiKey)
  if (madeKey !== undefined) keyMade?.(madeKey)
  const idempotency = createIdempotency(database)
  jobs = await startJobs({
    database, concurrency: 4, tasks: hubTasks({ areas, storage, idempotency, config }),
    onError: (message, error) => { logger.warn({ err: error }, message) },
  })
  running.defer(() => jobs.stop())
  await areas.eventing.dispatcher.start()
  await areas.flowRuns.start()
  const clock = areas.flowTriggers.start()
  running.defer(() => clock.stop())
  areas.pulsar.start()
  running.defer(() => areas.pulsar.close())
  for (const schedule of startSchedules(areas, logger)) running.defer(() => schedule.stop())
  const notices = listenForChanges(storage.connectionString, areas, logger)
  running.defer(() => notices.close())
  const server = role === 'serve' ? await serve(areas, { config, logger, idempotency, metrics, telemetry }) : undefined
  running.defer(() => server?.close())
  url = server && urlOf(server.server.address() as AddressInfo, config.host)
  return {
    url, services: areas.services, welcomeUrl: server && await areas.services.signInLinks.welcomeIfNeeded(), close: () => running.disposeAsync(),
  }
}

interface Serving { config: Config, logger: Logger, idempotency: Idempotency, metrics: Metrics, telemetry: Telemetry | undefined }

/** What `bin/dashboard.mjs` builds. */
const dashboardFolder = fileURLToPath(new URL('../web/dist', import.meta.url))

async function serve({ services }: Areas, { config, logger, idempotency, metrics, telemetry }: Serving): Promise<FastifyInstance> {
  const server = createServer({ routes, services, idempotency, logger, maxBodyBytes: config.maxBodyBytes, trustProxy: config.trustProxy, observe: (sample) => { metrics.request(sample) }, trace: telemetry?.watchRequests, dashboardFolder })
  // Else their readers would be waited for.
  server.addHook('preClose', (done) => {
    services.streams.close()
    services.mcp.close()
    done()
  })
  await server.listen({ host: config.host, port: config.port })
  return server
}

function startSchedules({ services }: Areas, logger: Logger): Schedule[] {
  const onError = (error: unknown): void => { logger.warn({ err: error }, 'a schedule failed') }
  return [
    every(1000, async () => await services.health.runDue() > 0, onError),
    every(10_000, () => services.keys.flushLastUsed(), onError),
    every(10_000, () => services.sessions.flushLastUsed(), onError),
    every(10_000, () => services.figures.rollUp(), onError),
    every(2000, () => services.webhookFigures.flush(), onError),
    every(2000, () => services.sourceFigures.flush(), onError),
  ]
}

/** Other processes' changes take hold here as soon as Postgres tells of them. */
function listenForChanges(connectionString: string, { services, caches, eventBus, pulsar }: Areas, logger: Logger): Listener {
  const one = (topic: string, forget: (tenantId: string, id: string) => void) => (payload: string): void => {
    const at = payload.indexOf(':')
    const tenantId = payload.slice(0, at)
    forget(tenantId, payload.slice(at + 1))
    services.changes.tell(tenantId, topic)
  }
  const all = (topic: string) => (tenantIds: string): void => { for (const tenantId of tenantIds.split(',')) services.changes.tell(tenantId, topic) }
  return listen({
    connectionString,
    channels: {
      [KEYS_CHANGED]: () => {
        services.keys.forget()
        services.mcp.changed()
        services.sessions.forget()
      },
      [SESSIONS_CHANGED]: () => { services.sessions.forget() },
      [INTEGRATIONS_CHANGED]: one('integrations', caches.forgetIntegration),
      [CREDENTIALS_CHANGED]: one('credentials', caches.forgetCredential),
      [CONNECTORS_CHANGED]: one('connectors', caches.forgetConnector),
      [WEBHOOKS_CHANGED]: one('webhooks', caches.forgetWebhook),
      [WEBHOOK_SOURCES_CHANGED]: one('webhook-sources', caches.forgetWebhookSource),
      [EVENT_TYPES_CHANGED]: one('event-types', caches.forgetEventType),
      [FLOWS_CHANGED]: one('flows', caches.forgetFlows),
      [PULSAR_BRIDGES_CHANGED]: () => { pulsar.refresh() },
      [EXECUTIONS_RECORDED]: all('executions'),
      [RUNS_CHANGED]: all('runs'),
      interchange_events: (tenantId) => { eventBus.feed.wake(tenantId) },
    },
    reset: () => { caches.forgetAll() },
    onError: (error) => { logger.warn({ err: error }, 'the connection for notices broke') },
  })
}
