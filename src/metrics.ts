/** Figures for Prometheus: those of the process, which tell nothing of any tenant, and those of integrations. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from './db/database.ts'
import type { HttpClient } from './lib/http/http.ts'

export interface Metrics {
  request(sample: { method: string, route: string, status: number, seconds: number }): void
  call(sample: { tenantId: string, integrationId: string, status: string, seconds: number }): void
  event(result: 'accepted' | 'repeated'): void
  /** One attempt to deliver. */
  attempt(sample: { succeeded: boolean, seconds: number }): void
  /** A run of a flow is over. */
  run(status: 'completed' | 'faulted' | 'cancelled'): void
  /** Figures of integrations, of all tenants, only where they are asked for. */
  read(options: { integrations: boolean }): Promise<{ contentType: string, text: string }>
}

export interface MetricsDeps {
  database: Database
  http: HttpClient
  /** Jobs waiting and failed; asked at each scrape. */
  jobs(): Promise<{ waiting: number, failed: number }>
  /** Deliveries that are not over: in this process's memory, in requests under way, and in the queue that all processes share. */
  deliveries(): Promise<{ held: number, underWay: number, queued: number }>
  /** Runs of flows that are not over, by their status; and of all those, the ones that are due and in nobody's hands, and the ones in this process's memory. */
  runs(): Promise<{ live: Record<string, number>, due: number, held: number }>
  /** What each tenant stores, by kind. */
  stored(): Promise<{ tenantId: string, bytes: Record<string, number> }[]>
}

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export function createMetrics({ database, http, jobs, deliveries, runs, stored }: MetricsDeps): Metrics {
  const [registry, integrations] = [new Registry(), new Registry()]
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'interchange_http_request_duration_seconds', help: 'Time from request to answer, by route.', labelNames: ['method', 'route', 'status'], buckets: requestSeconds, registers,
  })
  const calls = new Counter({ name: 'interchange_integration_calls_total', help: 'Runs of operations, by integration and result.', labelNames: ['tenant', 'integration', 'status'], registers: [integrations] })
  const callSeconds = new Histogram({ name: 'interchange_integration_call_duration_seconds', help: 'Time of runs over all integrations.', labelNames: ['status'], buckets: requestSeconds, registers })
  const events = new Counter({ name: 'interchange_events_total', help: 'Events taken in, and repeats that were not.', labelNames: ['result'], registers })
  const ended = new Counter({ name: 'interchange_flow_runs_total', help: 'Runs of flows that ended in this process, by status.', labelNames: ['status'], registers })
  const attemptSeconds = new Histogram({ name: 'interchange_delivery_duration_seconds', help: 'Time of attempts to deliver events, by result.', labelNames: ['result'], buckets: requestSeconds, registers })
  const gauge = (name: string, help: string, labelNames: string[], collect: (this: Gauge) => void | Promise<void>): Gauge => new Gauge({ name, help, labelNames, registers, collect })

  gauge('interchange_database_connections', 'Connections to Postgres, by pool and state.', ['pool', 'state'], function collect() {
    for (const { pool, total, idle, waiting } of database.stats()) {
      this.set({ pool, state: 'busy' }, total - idle)
      this.set({ pool, state: 'idle' }, idle)
      this.set({ pool, state: 'waiting' }, waiting)
    }
  })
  gauge('interchange_upstream_connections', 'Connections to other systems, by state.', ['state'], function collect() {
    const { origins, connected, pending } = http.stats()
    this.set({ state: 'origins' }, origins)
    this.set({ state: 'connected' }, connected)
    this.set({ state: 'pending' }, pending)
  })
  gauge('interchange_jobs', 'Jobs in the queue.', ['state'], async function collect() {
    // A scrape must work while the database is gone: the other figures are wanted most just then.
    const counts = await jobs().catch(() => undefined)
    if (counts === undefined) return
    this.set({ state: 'waiting' }, counts.waiting)
    this.set({ state: 'failed' }, counts.failed)
  })
  gauge('interchange_deliveries', 'Deliveries that are not over.', ['state'], async function collect() {
    const counts = await deliveries().catch(() => undefined)
    if (counts === undefined) return
    this.set({ state: 'held' }, counts.held)
    this.set({ state: 'under_way' }, counts.underWay)
    this.set({ state: 'queued' }, counts.queued)
  })
  gauge('interchange_flow_runs', 'Runs of flows that are not over, by status; of them, those that are due and in no process, and those in the memory of this one.', ['state'], async function collect() {
    const { live, ...rest } = await runs().catch(() => ({ live: {} }))
    this.reset()
    for (const [state, count] of Object.entries({ ...live, ...rest })) this.set({ state }, count)
  })
  integrations.registerMetric(storedGauge(stored))

  return {
    request({ method, route, status, seconds }) { requests.observe({ method, route, status }, seconds) },
    call({ tenantId, integrationId, status, seconds }) {
      calls.inc({ tenant: tenantId, integration: integrationId, status })
      callSeconds.observe({ status }, seconds)
    },
    run(status) { ended.inc({ status }) },
    event(result) { events.inc({ result }) },
    attempt({ succeeded, seconds }) { attemptSeconds.observe({ result: succeeded ? 'delivered' : 'failed' }, seconds) },
    async read(options) {
      const texts = await Promise.all([registry, ...options.integrations ? [integrations] : []].map((each) => each.metrics()))
      return { contentType: registry.contentType, text: texts.join('') }
    },
  }
}

/** Sums over all tenants are not made anew for each scrape. */
const STORED_FOR_MS = 60_000

function storedGauge(read: MetricsDeps['stored']): Gauge {
  let readAt = Number.NEGATIVE_INFINITY
  return new Gauge({
    name: 'interchange_stored_bytes', help: 'What tenants store, by kind.', labelNames: ['tenant', 'kind'], registers: [],
    async collect() {
      if (performance.now() - readAt < STORED_FOR_MS) return
      const tenants = await read().catch(() => undefined)
      if (tenants === undefined) return
      readAt = performance.now()
      this.reset()
      for (const { tenantId, bytes } of tenants) for (const [kind, value] of Object.entries(bytes)) this.set({ tenant: tenantId, kind }, value)
    },
  })
}
