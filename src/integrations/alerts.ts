/** Alerts: fire once when a figure crosses its line, and end once when it is back. Each is told to a URL or by email, and as an event. */
import { uuidv7 } from 'uuidv7'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import type { Figures } from '../executions/figures.ts'
import { readBody } from '../lib/http/body.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { createMailer } from '../lib/mail.ts'
import { readIdCursor, toPage, type Page, type PageRequest } from '../lib/page.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Announce } from './announce.ts'
import type { Loaded, LoadedIntegrations } from './loaded.ts'
import type { Alert } from './settings.ts'
import { listAlerting } from './store.ts'

export interface AlertFiring { id: string, alert: string, at: Date, resolvedAt: Date | null, value: number, message: string }

export interface Alerts {
  /** Looks at all integrations with alerts, over all tenants. */
  evaluateAll(): Promise<void>
  /** Looks at the alerts on one metric of one integration whose value is known. */
  evaluate(loaded: Loaded, known?: { health: boolean }): Promise<void>
  /** Of all integrations, newest first. */
  listAll(caller: Caller, filter: { state?: 'firing' | 'resolved' | undefined } & PageRequest): Promise<Page<AlertFiring & { integrationId: string, integrationName: string }>>
  /** Newest first. */
  list(caller: Caller, integrationId: string, page: PageRequest): Promise<Page<AlertFiring>>
}

/** What tells people; a notice that fails is tried again by the job queue. */
export interface Notice { url?: string, email?: string, subject: string, body: Record<string, unknown> }

export interface AlertsDeps {
  database: Database
  loaded: LoadedIntegrations
  figures: Pick<Figures, 'performance'>
  /** Has it sent if the transaction commits. `db` is the owner's. */
  notify(db: Db, notice: Notice): Promise<void>
  announce: Announce
}

export function createAlerts(deps: AlertsDeps): Alerts {
  const evaluate: Alerts['evaluate'] = async (loaded, known) => {
    for (const alert of loaded.row.monitoring.alerts) {
      if ((alert.metric === 'health') !== (known !== undefined)) continue
      const value = known === undefined ? await measure(deps, loaded, alert) : Number(known.health)
      if (value === undefined) continue
      const fires = alert.operator === 'above' ? value > alert.threshold : value < alert.threshold
      if (fires !== await isOpen(deps, loaded, alert)) await change(deps, loaded, alert, (db) => (fires ? open : close)(db, loaded, alert, value))
    }
  }
  return {
    evaluate,
    async evaluateAll() {
      const failures: unknown[] = []
      for (const { tenantId, id } of await listAlerting(deps.database.system)) {
        // One that cannot be loaded, its connector gone or its credential unreadable, must not keep the others from their alerts.
        await deps.loaded.get(tenantId, id).then((loaded) => evaluate(loaded)).catch((error: unknown) => { failures.push(error) })
      }
      if (failures.length > 0) throw new AggregateError(failures, `The alerts of ${failures.length} integrations could not be looked at.`)
    },
    async listAll({ tenantId }, { state, limit, cursor }) {
      const { rows } = await deps.database.tenant(tenantId).query<AlertFiring & { integrationId: string, integrationName: string }>(
        `select f.id, f.alert, f.at, f.resolved_at as "resolvedAt", f.value, f.message, f.integration_id as "integrationId", i.name as "integrationName"
         from alert_firings f join integrations i on i.tenant_id = f.tenant_id and i.id = f.integration_id
         where f.tenant_id = $1 and ($2::uuid is null or f.id < $2) and ($3::text is null or (f.resolved_at is null) = ($3 = 'firing')) order by f.id desc limit $4`,
        [tenantId, readIdCursor(cursor) ?? null, state ?? null, limit + 1])
      return toPage(rows, limit, ({ id }) => [id])
    },
    async list(caller, integrationId, { limit, cursor }) {
      const { rows } = await deps.database.tenant(caller.tenantId).query<AlertFiring>(
        `select id, alert, at, resolved_at as "resolvedAt", value, message from alert_firings
         where tenant_id = $1 and integration_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4`,
        [caller.tenantId, integrationId, readIdCursor(cursor) ?? null, limit + 1])
      return toPage(rows, limit, ({ id }) => [id])
    },
  }
}

/** Undefined where too few calls count for a judgement. */
async function measure({ figures }: AlertsDeps, { row }: Loaded, { metric, window, minimumCalls }: Alert): Promise<number | undefined> {
  const to = new Date()
  const performance = await figures.performance(row.tenantId, row.id, { from: new Date(to.getTime() - window * 60_000), to })
  if (performance.calls < minimumCalls) return undefined
  return metric === 'health' ? undefined : performance[metric] ?? undefined
}

async function isOpen({ database }: AlertsDeps, { row }: Loaded, alert: Alert): Promise<boolean> {
  const { rowCount } = await database.tenant(row.tenantId).query(
    'select from alert_firings where tenant_id = $1 and integration_id = $2 and alert = $3 and resolved_at is null', [row.tenantId, row.id, alert.name])
  return rowCount === 1
}

/** A firing and the job that tells of it are one change: a crash between them would leave an alert that is on, and that nobody heard of. */
async function change({ database, notify, announce }: AlertsDeps, loaded: Loaded, alert: Alert, work: (db: Db) => Promise<AlertFiring | undefined>): Promise<void> {
  const told = await database.owner.transaction(async (db) => {
    // The queue is the owner's; the firings are under policies, which hold for the owner too.
    await db.query('set local role interchange_system')
    const firing = await work(db)
    await db.query('reset role')
    if (firing === undefined) return undefined
    const notice = noticeOf(loaded, alert, firing)
    await notify(db, notice)
    return notice
  })
  if (told !== undefined) announce(loaded.row.tenantId, { type: `alert.${told.body['state']}`, subject: loaded.row.id, data: told.body })
}

/** Undefined where it was open already: the unique index on open firings lets one of several hubs win. */
async function open(db: Db, { row }: Loaded, alert: Alert, value: number): Promise<AlertFiring | undefined> {
  const message = `${row.name}: ${alert.metric} is ${round(value)}, ${alert.operator} ${alert.threshold}.`
  const { rows } = await db.query<AlertFiring>(
    `insert into alert_firings (tenant_id, integration_id, id, alert, at, value, message) values ($1, $2, $3, $4, now(), $5, $6)
     on conflict (tenant_id, integration_id, alert) where resolved_at is null do nothing
     returning id, alert, at, resolved_at as "resolvedAt", value, message`,
    [row.tenantId, row.id, uuidv7(), alert.name, value, message])
  return rows[0]
}

/** Undefined where it was not open. */
async function close(db: Db, { row }: Loaded, alert: Alert, value: number): Promise<AlertFiring | undefined> {
  const { rows } = await db.query<AlertFiring>(
    `update alert_firings set resolved_at = now() where tenant_id = $1 and integration_id = $2 and alert = $3 and resolved_at is null
     returning id, alert, at, resolved_at as "resolvedAt", $4::float8 as value, message`,
    [row.tenantId, row.id, alert.name, value])
  return rows[0]
}

function noticeOf({ row }: Loaded, alert: Alert, firing: AlertFiring): Notice {
  const state = firing.resolvedAt === null ? 'firing' : 'resolved'
  return {
    ...alert.url !== undefined && { url: alert.url }, ...alert.email !== undefined && { email: alert.email },
    subject: `[${state}] ${alert.name}: ${row.name}`,
    body: {
      state, alert: alert.name, metric: alert.metric, operator: alert.operator, threshold: alert.threshold, value: round(firing.value),
      integration: { id: row.id, name: row.name }, at: firing.at, resolvedAt: firing.resolvedAt, message: firing.message,
    },
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

export interface SenderDeps { http: HttpClient, smtpUrl: string | undefined, smtpFrom: string }

/** Sends a notice, and throws where that fails. The operator's own mail server is trusted; URLs pass the guard. */
export function createNoticeSender({ http, smtpUrl, smtpFrom }: SenderDeps): (notice: Notice) => Promise<void> {
  return async ({ url, email, subject, body }) => {
    if (url !== undefined) {
      const response = await http.request({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), timeoutMs: 10_000 })
      await readBody(response, { maxBytes: 64 * 1024, timeoutMs: 10_000 })
      if (response.status >= 300) throw new Error(`The alert's URL answered ${response.status}.`)
    }
    if (email !== undefined && smtpUrl !== undefined) {
      await createMailer({ smtpUrl, from: smtpFrom })({ to: email, subject, text: JSON.stringify(body, null, 2) })
    }
  }
}
