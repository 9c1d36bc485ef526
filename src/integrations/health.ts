/** Health checks on their schedules, and what they showed. They count against no limit. */
import { uuidv7 } from 'uuidv7'
import type { HealthCheck } from './settings.ts'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'
import type { Caller } from '../tenants/caller.ts'
import { checkEndpoint } from './check-endpoint.ts'
import { contextOf, type ContextDeps } from './context.ts'
import type { Loaded, LoadedIntegrations } from './loaded.ts'
import type { ConnectionTester } from './test-connection.ts'
import { claimDueHealthChecks, updateConnectionStatus } from './store.ts'

export interface HealthResult { name: string, healthy: boolean, latencyMs: number, detail: string, at: Date }

export interface Health {
  /** Runs all checks of one integration now; an integration without any is tested instead. */
  check(tenantId: string, integrationId: string): Promise<HealthResult[]>
  /** Newest first. */
  history(caller: Caller, integrationId: string, limit: number): Promise<HealthResult[]>
  /** Takes what is due, over all tenants, and runs it; answers how many integrations that were. */
  runDue(): Promise<number>
}

export interface HealthDeps extends ContextDeps {
  database: Database
  loaded: LoadedIntegrations
  tester: ConnectionTester
  /** Called after each check, for the alerts on health. */
  checked(loaded: Loaded, healthy: boolean): Promise<void>
}

const BATCH = 20
/** Results kept of each integration. */
const KEPT = 500

export function createHealth(deps: HealthDeps): Health {
  const check = async (tenantId: string, integrationId: string): Promise<HealthResult[]> => {
    const loaded = await deps.loaded.get(tenantId, integrationId)
    const checks = loaded.row.monitoring.healthChecks
    const results = checks.length === 0 ? [await testOf(deps, loaded, 3000, 'connection')] : await Promise.all(checks.map((each) => runCheck(deps, loaded, each)))
    await store(deps, loaded, results)
    return results
  }
  return {
    check,

    async history(caller, integrationId, limit) {
      const { rows } = await deps.database.tenant(caller.tenantId).query<HealthResult & { detail: string }>(
        `select at, healthy, latency_ms as "latencyMs", detail from health_checks where tenant_id = $1 and integration_id = $2 order by id desc limit $3`,
        [caller.tenantId, integrationId, limit])
      return rows.map((row) => ({ ...row, ...splitName(row.detail) }))
    },

    async runDue() {
      const due = await claimDueHealthChecks(deps.database.system, BATCH)
      await Promise.allSettled(due.map(({ tenantId, id }) => check(tenantId, id)))
      return due.length
    },
  }
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

async function store(deps: HealthDeps, loaded: Loaded, results: HealthResult[]): Promise<void> {
  const { tenantId, id } = loaded.row
  const db = deps.database.tenant(tenantId)
  const failure = results.find(({ healthy }) => !healthy)
  await db.transaction(async (transaction) => {
    for (const { name, healthy, latencyMs, detail, at } of results) {
      await transaction.query(
        'insert into health_checks (tenant_id, integration_id, id, at, healthy, latency_ms, detail) values ($1, $2, $3, $4, $5, $6, $7)',
        [tenantId, id, uuidv7(), at, healthy, latencyMs, `${name}: ${detail}`])
    }
    await transaction.query(
      `delete from health_checks where tenant_id = $1 and integration_id = $2 and id <=
         (select id from health_checks where tenant_id = $1 and integration_id = $2 order by id desc offset $3 limit 1)`,
      [tenantId, id, KEPT])
    await updateConnectionStatus(transaction, tenantId, id, { connectionStatus: failure ? 'error' : 'active', connectionError: failure?.detail ?? null })
  })
  if (loaded.row.connectionStatus !== (failure ? 'error' : 'active')) deps.loaded.forget(tenantId, id)
  await deps.checked(loaded, failure === undefined)
}

function splitName(detail: string): { name: string, detail: string } {
  const at = detail.indexOf(': ')
  return { name: detail.slice(0, at), detail: detail.slice(at + 2) }
}
