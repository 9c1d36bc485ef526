import type { Db } from '../../db/db.ts'

/** A request as it is kept: secrets and signatures masked. */
export interface KeptRequest {
  method: string
  url: string
  headers: Record<string, string>
  ip: string
  sizeBytes: number
  /** The first part of it: text, or base64. */
  body: string
  bodyEncoding: 'text' | 'base64'
  truncated: boolean
}

export interface RequestRow {
  id: string
  status: number
  /** Why it was refused. */
  reason: string | null
  request: KeptRequest
  eventId: string | null
}

export interface NewRequestRow extends Omit<RequestRow, 'request'> {
  tenantId: string
  sourceId: string
  /** As JSON. */
  request: string
}

/** Of many tenants. Those whose source is gone by now are left out. */
export async function insertRequests(db: Db, rows: readonly NewRequestRow[]): Promise<void> {
  await db.query(
    `insert into webhook_requests (tenant_id, source_id, id, status, reason, request, event_id)
     select n.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::json[], $7::uuid[]) as n (tenant_id, source_id, id, status, reason, request, event_id)
     join webhook_sources s on s.tenant_id = n.tenant_id and s.id = n.source_id for key share of s`,
    [
      rows.map((row) => row.tenantId), rows.map((row) => row.sourceId), rows.map((row) => row.id), rows.map((row) => row.status),
      rows.map((row) => row.reason), rows.map((row) => row.request), rows.map((row) => row.eventId),
    ])
}

/** All but the newest `keep` of a source. */
export async function deleteOldRequests(db: Db, { tenantId, sourceId, keep }: { tenantId: string, sourceId: string, keep: number }): Promise<void> {
  await db.query(
    `delete from webhook_requests where tenant_id = $1 and source_id = $2
       and id <= (select id from webhook_requests where tenant_id = $1 and source_id = $2 order by id desc offset $3 limit 1)`,
    [tenantId, sourceId, keep])
}

/** Of all tenants: those that came before a moment, which their ids tell. */
export async function deleteRequestsBefore(db: Db, before: Date): Promise<void> {
  const hex = before.getTime().toString(16).padStart(12, '0')
  await db.query('delete from webhook_requests where id < $1', [`${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`])
}

/** Newest first. */
export async function listRequests(db: Db, tenantId: string, sourceId: string, { after, limit, status }: { after: string | undefined, limit: number, status?: number | undefined }): Promise<RequestRow[]> {
  const { rows } = await db.query<RequestRow>(
    `select id, status, reason, request, event_id as "eventId" from webhook_requests
     where tenant_id = $1 and source_id = $2 and ($3::uuid is null or id < $3) and ($5::integer is null or status = $5) order by id desc limit $4`,
    [tenantId, sourceId, after ?? null, limit, status ?? null])
  return rows
}
