/**
 * `Idempotency-Key` on creating calls (draft-ietf-httpapi-idempotency-key-header): the first answer below 500 is kept for a day
 * and given again for the same key and request.
 */
import { createHash } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { HubError } from '../errors.ts'

export interface StoredAnswer { status: number, body: string }

export interface Idempotency {
  /** Runs `work` unless the key has an answer. `request` identifies what was asked: method, path and body. */
  once(tenantId: string, key: string, request: string, work: () => Promise<StoredAnswer>): Promise<StoredAnswer & { replayed: boolean }>
  /** Forgets answers older than a day. */
  expire(): Promise<void>
}

/** A request that died with its process frees its key after this long. */
const STUCK_AFTER = '10 minutes'

export function createIdempotency(database: Database): Idempotency {
  return {
    async once(tenantId, key, request, work) {
      checkKey(key)
      const hash = createHash('sha256').update(request).digest()
      const db = database.tenant(tenantId)
      const { rowCount } = await db.query(
        `insert into idempotency_keys (tenant_id, key, request_hash) values ($1, $2, $3)
         on conflict (tenant_id, key) do update set request_hash = $3, created_at = now()
         where idempotency_keys.status is null and idempotency_keys.created_at < now() - interval '${STUCK_AFTER}'`,
        [tenantId, key, hash])
      if (rowCount === 0) return { ...await earlierAnswer(database, { tenantId, key, hash }), replayed: true }
      try {
        const answer = await work()
        await db.query('update idempotency_keys set status = $3, body = $4 where tenant_id = $1 and key = $2', [tenantId, key, answer.status, JSON.stringify(answer.body)])
        return { ...answer, replayed: false }
      } catch (error) {
        // Nothing was created, so the same key may try again.
        await db.query('delete from idempotency_keys where tenant_id = $1 and key = $2 and status is null', [tenantId, key]).catch(() => undefined)
        throw error
      }
    },
    async expire() {
      await database.system.query("delete from idempotency_keys where created_at < now() - interval '1 day'")
    },
  }
}

async function earlierAnswer(database: Database, { tenantId, key, hash }: { tenantId: string, key: string, hash: Buffer }): Promise<StoredAnswer> {
  const { rows } = await database.tenant(tenantId).query<{ request_hash: Buffer, status: number | null, body: string }>(
    'select request_hash, status, body from idempotency_keys where tenant_id = $1 and key = $2', [tenantId, key])
  const [row] = rows
  if (row && !row.request_hash.equals(hash)) {
    throw new HubError('idempotency_key_reused', 'This Idempotency-Key was used for another request. Use a new key for each request.')
  }
  if (!row || row.status === null) {
    throw new HubError('idempotency_in_progress', 'The first request with this Idempotency-Key has not ended yet.', { retryAfterSeconds: 1 })
  }
  return { status: row.status, body: row.body }
}

function checkKey(key: string): void {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return
  throw new HubError('invalid_request', 'Idempotency-Key takes 1 to 255 visible ASCII characters.')
}
