/** Health checks on their schedules, and what they showed. They count against no limit. */
import { uuidv7 } from 'uuidv7'
import type { HealthCheck } from './settings.ts'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import { readIdCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import type { Caller } from '../tenants/caller.ts'
import { announceConnection, type Announce } from './announce.ts'
import { checkEndpoint } from './check-endpoint.ts'
import { contextOf, type ContextDeps } from './context.ts'
import type { Loaded, LoadedIntegrations } from './loaded.ts'
import type { ConnectionTester } from './test-connection.ts'
import { claimDueHealthChecks, noteHealth, updateConnectionStatus, type ConnectionNote, type DueChecks } from './store.ts'

export interface HealthResult { name: string, healthy: boolean, latencyMs: number, detail: string, at: Date }

export interface LatestHealth extends HealthResult { integrationId: string, uptime: number | null }

export interface Health {
  /** Runs all checks of one integration now; an integration without any is tested instead. */
  check(tenantId: string, integrationId: string): Promise<HealthResult[]>
  /** Newest first. */
  history(caller: Caller, integrationId: string, page: PageRequest): Promise<Page<HealthResult>>
  /** What the newest round of checks showed of each, and how many of the last 24 hours' checks passed; those that were never checked are left out. */
  latest(caller: Caller, integrationIds: readonly string[]): Promise<Map<string, LatestHealth>>
  /** Takes what is due, over all tenants, and begins it, as far as not too much is running; answers how many integrations that were. Waits for none: a slow service must not keep the others from their checks. */
  runDue(): Promise<number>
  /** Resolves when all that was begun has ended. */
  settle(): Promise<void>
}

export interface HealthDeps extends ContextDeps {
  database: Database
  loaded: LoadedIntegrations
  tester: ConnectionTester
  /** Called after each check, for the alerts on health. */
  checked(loaded: Loaded, healthy: boolean): Promise<void>
  announce: Announce
}

/** Integrations that one process checks at a time. */
const MOST_RUNNING = 20
/** Results kept of each integration. */
const KEPT = 500

export function createHealth(deps: HealthDeps): Health {
  const running = new Set<Promise<void>>()
  return {
    async check(tenantId, integrationId) {
      const loaded = await deps.loaded.get(tenantId, integrationId)
      const all = [...loaded.row.monitoring.healthChecks.keys()]
      return all.length === 0 ? testOnly(deps, loaded) : runChecks(deps, loaded, all)
    },

    async history(caller, integrationId, { limit, cursor }) {
      const { rows } = await deps.database.tenant(caller.tenantId).query<HealthResult & { id: string }>(
        `select id, name, at, healthy, latency_ms as "latencyMs", detail from health_checks
         where tenant_id = $1 and integration_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4`,
        [caller.tenantId, integrationId, readIdCursor(cursor) ?? null, limit + 1])
      return toPage(rows, limit, ({ id }) => [id], ({ id: _id, ...result }) => result)
    },

    async latest({ tenantId }, integrationIds) {
      // Of several checks the newest that failed, else the newest: what is wrong must not be hidden by what is right.
      const { rows } = await deps.database.tenant(tenantId).query<LatestHealth>(
        `select i.id as "integrationId", h.name, h.at, h.healthy, h.latency_ms as "latencyMs", h.detail, u.uptime from unnest($2::uuid[]) as i (id)
         cross join lateral (select * from (
           select distinct on (name) * from health_checks where tenant_id = $1 and integration_id = i.id order by name, id desc) each
           order by healthy, id desc limit 1) h
         cross join lateral (
           select 100 * avg(healthy::integer)::float8 as uptime from health_checks where tenant_id = $1 and integration_id = i.id and at > now() - interval '1 day') u`,
        [tenantId, integrationIds])
      return new Map(rows.map((row) => [row.integrationId, row]))
    },

    async runDue() {
      if (running.size >= MOST_RUNNING) return 0
      const due = await claimDueHealthChecks(deps.database.system, MOST_RUNNING - running.size)
      for (const each of due) {
        const one: Promise<void> = runDueOf(deps, each).catch(() => undefined).finally(() => { running.delete(one) })
        running.add(one)
      }
      return due.length
    },

    async settle() { await Promise.all(running) },
  }
}

async function runDueOf(deps: HealthDeps, { tenantId, id, revision, positions }: DueChecks): Promise<void> {
  let loaded = await deps.loaded.get(tenantId, id)
  if (loaded.row.revision !== revision) {
    // What is in memory may be from before an edit whose notice is still on its way.
    deps.loaded.forget(tenantId, id)
    loaded = await deps.loaded.get(tenantId, id)
  }
  // Edited since they were taken: then all of its checks are due anew.
  if (loaded.row.revision === revision) await runChecks(deps, loaded, positions)
}

async function runChecks(deps: HealthDeps, loaded: Loaded, positions: number[]): Promise<HealthResult[]> {
  const { tenantId, id, revision, monitoring: { healthChecks } } = loaded.row
  const results = await Promise.all(positions.map((position) => runCheck(deps, loaded, healthChecks[position]!)))
  const failures = new Map(results.map(({ healthy, detail }, at) => [positions[at]!, healthy ? null : detail]))
  await store(deps, loaded, results, (db) => noteHealth(db, tenantId, id, { revision, failures }))
  return results
}

async function testOnly(deps: HealthDeps, loaded: Loaded): Promise<HealthResult[]> {
  const { tenantId, id } = loaded.row
  const result = await testOf(deps, loaded, 3000, 'connection')
  const failure = result.healthy ? null : result.detail
  await store(deps, loaded, [result], async (db) => {
    const updated = await updateConnectionStatus(db, tenantId, id, { connectionStatus: failure === null ? 'active' : 'error', connectionError: failure })
    return updated && { failure, before: updated.before }
  })
  return [result]
}

async function runCheck(deps: HealthDeps, loaded: Loaded, check: HealthCheck): Promise<HealthResult> {
  if (check.operation === undefined && check.endpoint === undefined) return testOf(deps, loaded, check.timeout, check.name)
  const start = performance.now()
  const context = contextOf(deps, loaded, Date.now() + check.timeout, () => undefined)
  try {
    if (check.operation === undefined) {
      await checkEndpoint(loaded, check.endpoint!, context)
    } else {
      const operation = await loaded.connector.operations.find(check.operation)
      if (operation === undefined) throw new HubError('operation_not_found', `The connector has no operation ${check.operation}.`)
      operation.validateInput(check.input ?? {})
      await operation.run({ ...context, input: check.input ?? {} })
    }
    return resultOf(check.name, true, start, check.operation === undefined ? `GET ${check.endpoint} answered.` : `${check.operation} answered.`)
  } catch (error) {
    const said = error instanceof HubError ? error.message : 'The connector failed.'
    return resultOf(check.name, false, start, loaded.credential?.mask.mask(said) ?? said)
  }
}

async function testOf({ tester }: HealthDeps, loaded: Loaded, timeoutMs: number, name: string): Promise<HealthResult> {
  const start = performance.now()
  const outcome = await tester.test(loaded, { timeoutMs })
  return resultOf(name, outcome.success, start, outcome.detail)
}

function resultOf(name: string, healthy: boolean, start: number, detail: string): HealthResult {
  return { name, healthy, latencyMs: Math.round(performance.now() - start), detail, at: new Date() }
}

/** `note` puts down what the results mean for the connection, and answers that: undefined where nobody can tell. */
async function store(deps: HealthDeps, loaded: Loaded, results: HealthResult[], note: (db: Db) => Promise<ConnectionNote | undefined>): Promise<void> {
  const { tenantId, id } = loaded.row
  const noted = await deps.database.tenant(tenantId).transaction(async (transaction) => {
    for (const { name, healthy, latencyMs, detail, at } of results) {
      await transaction.query(
        'insert into health_checks (tenant_id, integration_id, id, at, healthy, latency_ms, name, detail) values ($1, $2, $3, $4, $5, $6, $7, $8)',
        [tenantId, id, uuidv7(), at, healthy, latencyMs, name, detail])
    }
    await transaction.query(
      `delete from health_checks where tenant_id = $1 and integration_id = $2 and id <=
         (select id from health_checks where tenant_id = $1 and integration_id = $2 order by id desc offset $3 limit 1)`,
      [tenantId, id, KEPT])
    return note(transaction)
  })
  if (noted === undefined) return
  const { failure, before } = noted
  announceConnection(deps.announce, loaded.row, { before, error: failure })
  if (loaded.row.connectionStatus !== (failure === null ? 'active' : 'error')) deps.loaded.forget(tenantId, id)
  await deps.checked(loaded, failure === null)
}
