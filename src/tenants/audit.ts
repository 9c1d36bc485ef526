/** The audit log: one row a change, written in the change's own transaction. */
import { uuidv7 } from 'uuidv7'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import { readIdCursor, toPage, type Page, type SearchRequest } from '../lib/page.ts'
import type { AuditAction } from './audit-actions.ts'
import type { Caller } from './caller.ts'

export interface Change {
  action: AuditAction
  targetType: string
  targetId: string
  /** Names of what changed; never values that may be secret. */
  detail?: Record<string, unknown>
}

export interface AuditEntry {
  id: string
  at: Date
  actor: string
  action: AuditAction
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

type Actor = Pick<Caller, 'tenantId' | 'actor'>

export interface Audit {
  list(caller: Caller, filter: AuditFilter): Promise<Page<AuditEntry>>
  /** For what belongs to no transaction of its own. */
  record(caller: Pick<Caller, 'tenantId' | 'actor' | 'requestId'>, change: Change): Promise<void>
  /** How often the actor called tools that did something. */
  countToolCalls(actor: Actor, since: Date): Promise<number>
  /** Whether a tool call of the actor's made this execution or run. */
  madeByToolCall(actor: Actor, targetId: string): Promise<boolean>
  /** What the actor's last tool calls made, the newest first. */
  lastToolTargets(actor: Actor, limit: number): Promise<Pick<AuditEntry, 'at' | 'targetType' | 'targetId' | 'detail'>[]>
}

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

    record: (caller, change) => recordChange(database.tenant(caller.tenantId), caller, change),

    async countToolCalls({ tenantId, actor }, since) {
      const { rows } = await database.tenant(tenantId).query<{ count: number }>(
        `select count(*)::int as count from audit_log where tenant_id = $1 and actor = $2 and action = 'tool.called' and at >= $3`, [tenantId, actor, since])
      return rows[0]!.count
    },

    async madeByToolCall({ tenantId, actor }, targetId) {
      const { rows } = await database.tenant(tenantId).query(
        `select 1 from audit_log where tenant_id = $1 and target_id = $2 and action = 'tool.called' and actor = $3 limit 1`, [tenantId, targetId, actor])
      return rows.length > 0
    },

    async lastToolTargets({ tenantId, actor }, limit) {
      const { rows } = await database.tenant(tenantId).query<Pick<AuditEntry, 'at' | 'targetType' | 'targetId' | 'detail'>>(
        `select at, target_type as "targetType", target_id as "targetId", detail from audit_log
         where tenant_id = $1 and actor = $2 and action = 'tool.called' and target_type in ('execution', 'run') order by at desc limit $3`, [tenantId, actor, limit])
      return rows
    },
  }
}
