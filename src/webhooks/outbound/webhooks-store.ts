import type { Db } from '../../db/db.ts'
import { literally } from '../../db/search.ts'
import type { WebhookSettings } from './settings.ts'
import type { WebhookStatus } from './webhook.ts'

export interface WebhookRow extends WebhookSettings {
  tenantId: string
  id: string
  name: string
  description: string
  url: string
  metadata: Record<string, string>
  integrationId: string | null
  status: WebhookStatus
  statusReason: string | null
  failingSince: Date | null
  revision: number
  createdAt: Date
  updatedAt: Date
}

const columns = `tenant_id as "tenantId", id, name, description, url, events, security, delivery, metadata, integration_id as "integrationId", status,
  status_reason as "statusReason", failing_since as "failingSince", revision, created_at as "createdAt", updated_at as "updatedAt"`

/** What is written of a row; the rest is the database's. */
export type WebhookDraft = Pick<WebhookRow, 'id' | 'name' | 'description' | 'url' | 'events' | 'security' | 'delivery' | 'metadata' | 'status'>

function values({ id, name, description, url, events, security, delivery, metadata, status }: WebhookDraft): unknown[] {
  return [id, name, description, url, JSON.stringify(events), JSON.stringify(security), JSON.stringify(delivery), JSON.stringify(metadata), status]
}

export async function insertWebhook(db: Db, tenantId: string, draft: WebhookDraft): Promise<WebhookRow> {
  const { rows } = await db.query<WebhookRow>(
    `insert into webhooks (tenant_id, id, name, description, url, events, security, delivery, metadata, status)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${columns}`,
    [tenantId, ...values(draft)])
  return rows[0]!
}

/** Undefined where the row is gone or was changed since `revision`. An endpoint that becomes active, or moves, begins anew: what failed before no longer counts. */
export async function updateWebhook(db: Db, tenantId: string, draft: WebhookDraft, revision: number): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<WebhookRow>(
    `update webhooks set name = $3, description = $4, url = $5, events = $6, security = $7, delivery = $8, metadata = $9, status = $10,
       status_reason = case when status = $10 then status_reason end, failing_since = case when url = $5 and ($10 <> 'active' or status = 'active') then failing_since end,
       revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and revision = $11 returning ${columns}`,
    [tenantId, ...values(draft), revision])
  return rows[0]
}

export async function findWebhook(db: Db, tenantId: string, id: string): Promise<WebhookRow | undefined> {
  return (await findWebhooks(db, tenantId, [id]))[0]
}

export async function findWebhooks(db: Db, tenantId: string, ids: readonly string[]): Promise<WebhookRow[]> {
  const { rows } = await db.query<WebhookRow>(`select ${columns} from webhooks where tenant_id = $1 and id = any($2::uuid[])`, [tenantId, ids])
  return rows
}

export async function listAllWebhooks(db: Db, tenantId: string): Promise<WebhookRow[]> {
  const { rows } = await db.query<WebhookRow>(`select ${columns} from webhooks where tenant_id = $1`, [tenantId])
  return rows
}

export interface WebhookVersion { id: string, revision: number, failingSince: Date | null }

/** Enough to see which ones were changed. */
export async function listVersions(db: Db, tenantId: string): Promise<WebhookVersion[]> {
  const { rows } = await db.query<WebhookVersion>('select id, revision, failing_since as "failingSince" from webhooks where tenant_id = $1', [tenantId])
  return rows
}

export interface WebhookFilter { q: string | undefined, status: WebhookStatus | undefined, ids?: string[] | undefined }

/** Which types each one wants, whatever it is called and however it fares. */
export async function listPatterns(db: Db, tenantId: string): Promise<{ id: string, patterns: string[] }[]> {
  const { rows } = await db.query<{ id: string, patterns: string[] }>(`select id, events->'subscribedEvents' as patterns from webhooks where tenant_id = $1`, [tenantId])
  return rows
}

export interface WebhookCounts { total: number, active: number, failed: number }

export async function countWebhooks(db: Db, tenantId: string): Promise<WebhookCounts> {
  const { rows } = await db.query<WebhookCounts>(
    `select count(*)::int as total, (count(*) filter (where status = 'active'))::int as active, (count(*) filter (where status = 'failed'))::int as failed
     from webhooks where tenant_id = $1`, [tenantId])
  return rows[0]!
}

export interface StoppedRow { id: string, name: string, status: 'paused' | 'failed', statusReason: string | null, updatedAt: Date, waiting: number }

/** Those that nothing is sent to, the failed ones first. `waiting`: how much they collected, and no more than `countTo`. */
export async function listStopped(db: Db, tenantId: string, { countTo, limit }: { countTo: number, limit: number }): Promise<StoppedRow[]> {
  const { rows } = await db.query<StoppedRow>(
    `select id, name, status, status_reason as "statusReason", updated_at as "updatedAt",
       (select count(*)::int from (select from delivery_queue q where q.tenant_id = $1 and q.webhook_id = w.id and q.claimed_by is null limit $2) c) as waiting
     from webhooks w where tenant_id = $1 and status <> 'active' order by status, updated_at desc, id limit $3`,
    [tenantId, countTo, limit])
  return rows
}

/** Newest first. `q` looks into name, description, URL and types of events. */
export async function listWebhooks(db: Db, tenantId: string, { q, status, ids }: WebhookFilter, { after, limit }: { after: string | undefined, limit: number }): Promise<WebhookRow[]> {
  const { rows } = await db.query<WebhookRow>(
    `select ${columns} from webhooks
     where tenant_id = $1 and ($2::uuid is null or id < $2)
       and ($3::text is null or concat_ws(' ', name, description, url, events->>'subscribedEvents') ilike '%' || $3 || '%')
       and ($4::text is null or status = $4) and ($6::uuid[] is null or id = any($6))
     order by id desc limit $5`,
    [tenantId, after ?? null, literally(q), status ?? null, limit, ids ?? null])
  return rows
}

export async function deleteWebhook(db: Db, tenantId: string, id: string): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<WebhookRow>(`delete from webhooks where tenant_id = $1 and id = $2 returning ${columns}`, [tenantId, id])
  return rows[0]
}

/** Answers whether it was well before. */
export async function noteFailing(db: Db, tenantId: string, id: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(`update webhooks set failing_since = $3 where tenant_id = $1 and id = $2 and failing_since is null and status = 'active'`, [tenantId, id, at])
  return rowCount === 1
}

/** Answers whether it was failing before. */
export async function noteWell(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(`update webhooks set failing_since = null where tenant_id = $1 and id = $2 and failing_since is not null and status = 'active'`, [tenantId, id])
  return rowCount === 1
}

/** Undefined where it was failed, paused or deleted already. */
export async function updateFailed(db: Db, tenantId: string, id: string, reason: string): Promise<WebhookRow | undefined> {
  const { rows } = await db.query<WebhookRow>(
    `update webhooks set status = 'failed', status_reason = $3, failing_since = coalesce(failing_since, now()), revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and status = 'active' returning ${columns}`,
    [tenantId, id, reason])
  return rows[0]
}
