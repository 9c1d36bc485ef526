import type { Db } from '../../db/db.ts'

export interface MinuteRow {
  tenantId: string
  webhookId: string
  /** Its beginning, in ms. */
  minute: number
  delivered: number
  failed: number
  attempts: number
  failedAttempts: number
  latencyMs: number
  /** Of the last delivery that succeeded, in ms; null where none did. */
  lastDelivery: number | null
}

/** Adds to what is there. Rows of endpoints that are gone are left out. In one order everywhere, so that writers don't wait for each other in a ring. */
export async function addMinutes(db: Db, rows: readonly MinuteRow[]): Promise<void> {
  const sorted = [...rows].sort((a, b) => compare(a.tenantId, b.tenantId) || compare(a.webhookId, b.webhookId) || a.minute - b.minute)
  await db.query(
    `insert into webhook_minutes as m (tenant_id, webhook_id, minute, delivered, failed, attempts, failed_attempts, latency_ms_sum, last_delivery)
     select n.* from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::integer[], $6::integer[], $7::integer[], $8::float8[], $9::timestamptz[])
       as n (tenant_id, webhook_id, minute, delivered, failed, attempts, failed_attempts, latency_ms_sum, last_delivery)
     where exists (select from webhooks w where w.tenant_id = n.tenant_id and w.id = n.webhook_id)
     on conflict (tenant_id, webhook_id, minute) do update set delivered = m.delivered + excluded.delivered, failed = m.failed + excluded.failed,
       attempts = m.attempts + excluded.attempts, failed_attempts = m.failed_attempts + excluded.failed_attempts,
       latency_ms_sum = m.latency_ms_sum + excluded.latency_ms_sum, last_delivery = greatest(m.last_delivery, excluded.last_delivery)`,
    [
      sorted.map(({ tenantId }) => tenantId), sorted.map(({ webhookId }) => webhookId), sorted.map(({ minute }) => new Date(minute)),
      sorted.map(({ delivered }) => delivered), sorted.map(({ failed }) => failed), sorted.map(({ attempts }) => attempts), sorted.map(({ failedAttempts }) => failedAttempts),
      sorted.map(({ latencyMs }) => latencyMs), sorted.map(({ lastDelivery }) => (lastDelivery === null ? null : new Date(lastDelivery))),
    ])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export interface Sums { delivered: number, failed: number, attempts: number, failedAttempts: number, latencyMs: number }

const sums = `coalesce(sum(delivered), 0)::float8 as delivered, coalesce(sum(failed), 0)::float8 as failed, coalesce(sum(attempts), 0)::float8 as attempts,
  coalesce(sum(failed_attempts), 0)::float8 as "failedAttempts", coalesce(sum(latency_ms_sum), 0)::float8 as "latencyMs"`

export interface Range { from: Date, to: Date }

/** The last delivery is of all times. */
export async function sumByWebhook(db: Db, tenantId: string, webhookIds: readonly string[], { from, to }: Range): Promise<(Sums & { webhookId: string, lastDelivery: Date | null })[]> {
  const { rows } = await db.query<Sums & { webhookId: string, lastDelivery: Date | null }>(
    `select w.id as "webhookId", f.*, (
       select last_delivery from webhook_minutes where tenant_id = $1 and webhook_id = w.id and last_delivery is not null order by minute desc limit 1) as "lastDelivery"
     from unnest($2::uuid[]) as w (id)
     cross join lateral (select ${sums} from webhook_minutes where tenant_id = $1 and webhook_id = w.id and minute >= $3 and minute < $4) f`,
    [tenantId, webhookIds, from, to])
  return rows
}

export type Step = 'minute' | 'hour' | 'day'

/** Of all the tenant's where none is named. */
export async function sumByStep(db: Db, tenantId: string, webhookId: string | undefined, { from, to, step }: Range & { step: Step }): Promise<(Sums & { at: Date })[]> {
  const { rows } = await db.query<Sums & { at: Date }>(
    `select date_trunc('${step}', minute, 'UTC') as at, ${sums} from webhook_minutes
     where tenant_id = $1 and ($2::uuid is null or webhook_id = $2) and minute >= $3 and minute < $4 group by 1 order by 1`,
    [tenantId, webhookId ?? null, from, to])
  return rows
}

export interface WebhookHour { webhookId: string, at: Date, delivered: number, failed: number, attempts: number, failedAttempts: number }

/** Hours without any are left out. */
export async function sumByWebhookHour(db: Db, tenantId: string, webhookIds: readonly string[], { from, to }: Range): Promise<WebhookHour[]> {
  const { rows } = await db.query<WebhookHour>(
    `select webhook_id as "webhookId", date_trunc('hour', minute, 'UTC') as at, ${sums}
     from webhook_minutes where tenant_id = $1 and webhook_id = any ($2::uuid[]) and minute >= $3 and minute < $4 group by 1, 2 order by 1, 2`,
    [tenantId, webhookIds, from, to])
  return rows
}

export async function deleteMinutes(db: Db, before: Date): Promise<void> {
  await db.query('delete from webhook_minutes m using webhooks w where m.tenant_id = w.tenant_id and m.webhook_id = w.id and m.minute < $1', [before])
}
