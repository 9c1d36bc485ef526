import { textArray } from '../../../db/binary-array.ts'
import type { Db } from '../../../db/db.ts'

export interface FinishedRow {
  tenantId: string
  id: string
  status: 'delivered' | 'failed' | 'parked'
  reason: string | null
  attempts: string
}

/** Moves deliveries that are over out of the queue. Those that this process no longer holds are left alone: somebody else has them. */
export async function insertFinished(db: Db, workerId: string, rows: readonly FinishedRow[]): Promise<void> {
  const texts = rows.map(({ attempts }) => attempts)
  await db.query(
    `with over as (
       select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) as o (tenant_id, id, status, reason, attempts)),
     gone as (
       delete from delivery_queue q using over o where q.tenant_id = o.tenant_id and q.id = o.id and q.claimed_by = $1
       returning q.tenant_id, q.id, q.webhook_id, q.event_id, q.event_name, q.event_type, o.status, o.reason, o.attempts)
     insert into deliveries (tenant_id, id, webhook_id, event_id, event_name, event_type, status, reason, finished_at, attempts)
     select tenant_id, id, webhook_id, event_id, event_name, event_type, status, reason, now(), attempts from gone`,
    [
      workerId, rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id), rows.map(({ status }) => status), rows.map(({ reason }) => reason),
      textArray(texts, texts.map((text) => Buffer.byteLength(text))),
    ])
}

export interface RetriedRow { tenantId: string, id: string, waitMs: number, attempt: number, attempts: string }

export async function updateRetried(db: Db, workerId: string, rows: readonly RetriedRow[]): Promise<void> {
  await db.query(
    `update delivery_queue q set claimed_by = null, due_at = now() + r.wait_ms * interval '1 ms', attempt = r.attempt, attempts = r.attempts
     from unnest($2::uuid[], $3::uuid[], $4::float8[], $5::integer[], $6::text[]) as r (tenant_id, id, wait_ms, attempt, attempts)
     where q.tenant_id = r.tenant_id and q.id = r.id and q.claimed_by = $1`,
    [workerId, rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id), rows.map(({ waitMs }) => waitMs), rows.map(({ attempt }) => attempt), rows.map(({ attempts }) => attempts)])
}

/** Deliveries that nobody wants: a filter left them out. No record is kept of them. */
export async function deleteUnwanted(db: Db, workerId: string, rows: readonly { tenantId: string, id: string }[]): Promise<void> {
  await db.query(
    `delete from delivery_queue q using unnest($2::uuid[], $3::uuid[]) as r (tenant_id, id)
     where q.tenant_id = r.tenant_id and q.id = r.id and q.claimed_by = $1`,
    [workerId, rows.map(({ tenantId }) => tenantId), rows.map(({ id }) => id)])
}
