/**
 * `Idempotency-Key` on creating calls (draft-ietf-httpapi-idempotency-key-header): the first answer below 500 is kept for a day
 * and given again for the same key and request.
 */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError, isHubError } from '../errors.ts'

export interface StoredAnswer { status: number, headers: Record<string, string | string[]>, body: string }

export interface Idempotency {
  /** Runs `work` unless the key has an answer. `request` identifies what was asked: method, path and body. */
  once(tenantId: string, key: string, request: string, work: () => Promise<StoredAnswer>): Promise<StoredAnswer & { replayed: boolean }>
  /** Forgets answers older than a day. */
  expire(): Promise<void>
}

/** A key without an answer is free again after this long: of a request that died with its process, or whose outcome is not known. */
const STUCK_MS = 600_000
const KEEP_AGAIN_MS = 1000

/** `since` tells this claim from one that was made when it had lapsed. */
interface Claim { tenantId: string, key: string, hash: Buffer, since: string }

export function createIdempotency(database: Database): Idempotency {
  return {
    async once(tenantId, key, request, work) {
      checkKey(key)
      const hash = createHash('sha256').update(request).digest()
      const db = database.tenant(tenantId)
      const since = await insertClaim(db, { tenantId, key, hash })
      if (since === undefined) return { ...await earlierAnswer(db, { tenantId, key, hash }), replayed: true }
      const claim = { tenantId, key, hash, since }
      const answer = await work().catch(async (error: unknown) => {
        if (isRefusal(error)) await deleteClaim(db, claim).catch(() => undefined)
        throw error
      })
      await keep(db, claim, answer)
      return { ...answer, replayed: false }
    },
    async expire() {
      await database.system.query("delete from idempotency_keys where created_at < now() - interval '1 day'")
    },
  }
}

/**
 * Nothing was made, so the same key may try again. Of a database that was lost this is not known, for the loss may have hidden a
 * commit, nor of a fault of the hub's own, which may come after one: such a key stays claimed, and a repeat is refused for a while
 * instead of making the same a second time.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof HubError && error.code !== 'database_unavailable' && error.code !== 'internal'
}

/** What was made cannot be unmade: its maker is told so in any case, and whoever asks again once the database is back. */
async function keep(db: Db, claim: Claim, answer: StoredAnswer): Promise<void> {
  try {
    await updateClaim(db, claim, answer)
  } catch (error) {
    if (!isHubError(error, 'database_unavailable')) throw error
    void keepLater(db, claim, answer)
  }
}

async function keepLater(db: Db, claim: Claim, answer: StoredAnswer): Promise<void> {
  for (const end = Date.now() + STUCK_MS; Date.now() < end;) {
    await pause(KEEP_AGAIN_MS, undefined, { ref: false })
    try {
      return await updateClaim(db, claim, answer)
    } catch (error) {
      // Its claim lapses by itself.
      if (!isHubError(error, 'database_unavailable')) return
    }
  }
}

/** Undefined where the key is another's. */
async function insertClaim(db: Db, { tenantId, key, hash }: Omit<Claim, 'since'>): Promise<string | undefined> {
  const { rows } = await db.query<{ since: string }>(
    `insert into idempotency_keys (tenant_id, key, request_hash) values ($1, $2, $3)
     on conflict (tenant_id, key) do update set request_hash = $3, created_at = now()
     where idempotency_keys.status is null and idempotency_keys.created_at < now() - interval '${STUCK_MS} milliseconds'
     returning created_at::text as since`,
    [tenantId, key, hash])
  return rows[0]?.since
}

async function updateClaim(db: Db, { tenantId, key, since }: Claim, { status, headers, body }: StoredAnswer): Promise<void> {
  await db.query('update idempotency_keys set status = $4, body = $5 where tenant_id = $1 and key = $2 and created_at = $3::timestamptz', [tenantId, key, since, status, JSON.stringify({ headers, body })])
}

async function deleteClaim(db: Db, { tenantId, key, since }: Claim): Promise<void> {
  await db.query('delete from idempotency_keys where tenant_id = $1 and key = $2 and created_at = $3::timestamptz', [tenantId, key, since])
}

async function earlierAnswer(db: Db, { tenantId, key, hash }: Omit<Claim, 'since'>): Promise<StoredAnswer> {
  const { rows } = await db.query<{ request_hash: Buffer, status: number | null, body: Omit<StoredAnswer, 'status'> }>(
    'select request_hash, status, body from idempotency_keys where tenant_id = $1 and key = $2', [tenantId, key])
  const [row] = rows
  if (row && !row.request_hash.equals(hash)) {
    throw new HubError('idempotency_key_reused', 'This Idempotency-Key was used for another request. Use a new key for each request.')
  }
  if (!row || row.status === null) {
    throw new HubError('idempotency_in_progress', 'The first request with this Idempotency-Key has not ended yet, or how it ended is not known.', { retryAfterSeconds: 1 })
  }
  return { status: row.status, ...row.body }
}

function checkKey(key: string): void {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return
  throw new HubError('invalid_request', 'Idempotency-Key takes 1 to 255 visible ASCII characters.')
}
