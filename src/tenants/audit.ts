/** The audit log: one row a change, written in the change's own transaction. */
import { uuidv7 } from 'uuidv7'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import { readIdCursor, toPage, type Page, type SearchRequest } from '../lib/page.ts'
import type { Caller } from './caller.ts'

export interface Change {
  /** For instance `integration.updated`. */
  action: string
  targetType: string
  targetId: string
  /** Names of what changed; never values that may be secret. */
  detail?: Record<string, unknown>
}

export interface AuditEntry {
  id: string
  at: Date
  actor: string
  action: string
  targetType: string
  targetId: string
  detail: Record<string, unknown>
  requestId: string | null
}

/** Call it with the transaction that makes the change. */
export async function recordChange(db: Db, caller: Pick<Caller, 'tenantId' | 'actor' | 'requestId'>, change: Change): Promise<void> {
  await db.query(
    `insert into audit_log (tenant_id, id, actor, action, target_type, target_id, detail, request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [caller.tenantId, uuidv7(), caller.actor, change.action, change.targetType, change.targetId, JSON.stringify(change.detail ?? {}), caller.requestId ?? null])
}

/** `q` looks into action, actor, target and detail. */
export interface AuditFilter extends SearchRequest { action?: string | undefined, actor?: string | undefined, targetId?: string | undefined }

export interface Audit { list(caller: Caller, filter: AuditFilter): Promise<Page<AuditEntry>> }

export function createAudit(database: Database): Audit {
  return {
    async list(caller, { limit, cursor, q, action, actor, targetId }) {
      const { rows } = await database.tenant(caller.tenantId).query<AuditEntry>(
        `select id, at, actor, action, target_type as "targetType", target_id as "targetId", detail, request_id as "requestId"
         from audit_log
         where tenant_id = $1 and ($2::uuid is null or id < $2)
           and ($3::text is null or action = $3) and ($4::text is null or actor = $4) and ($5::text is null or target_id = $5)
           and ($6::text is null or concat_ws(' ', action, actor, target_type, target_id, detail) ilike '%' || $6 || '%')
         order by id desc limit $7`,
        [caller.tenantId, readIdCursor(cursor) ?? null, action ?? null, actor ?? null, targetId ?? null, literally(q), limit + 1])
      return toPage(rows, limit, (row) => [row.id])
    },
  }
}
