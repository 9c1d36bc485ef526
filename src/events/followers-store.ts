import type { Db } from '../db/db.ts'
import type { Position } from './feed-store.ts'

export interface FollowerKey { tenantId: string, name: string }
/** `snapshot`: what was committed when it began there, which is none of its own. */
export interface FollowerPlace extends Position { snapshot?: string | null }
export interface Lease { processId: string, seconds: number }

/** Nothing where the name follows already. */
export async function insertFollower(db: Db, { tenantId, name }: FollowerKey, { xid, id, snapshot = null }: FollowerPlace): Promise<void> {
  await db.query(
    'insert into event_followers (tenant_id, name, xid, id, began) values ($1, $2, $3::text::xid8, $4, $5::pg_snapshot) on conflict (tenant_id, name) do nothing',
    [tenantId, name, xid, id, snapshot])
}

export async function deleteFollower(db: Db, { tenantId, name }: FollowerKey): Promise<void> {
  await db.query('delete from event_followers where tenant_id = $1 and name = $2', [tenantId, name])
}

/** Takes it, or prolongs what is held; undefined where another process has it, or there is none. */
export async function holdFollower(db: Db, { tenantId, name }: FollowerKey, { processId, seconds }: Lease): Promise<FollowerPlace | undefined> {
  const { rows } = await db.query<FollowerPlace>(
    `update event_followers set claimed_by = $3, lease_until = now() + make_interval(secs => $4)
     where tenant_id = $1 and name = $2 and (claimed_by = $3 or lease_until is null or lease_until < now())
     returning xid::text as xid, id, began::text as snapshot`,
    [tenantId, name, processId, seconds])
  return rows[0]
}

/** How far it came. False where another process has it by now. */
export async function moveFollower(db: Db, { tenantId, name }: FollowerKey, { xid, id }: Position, processId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update event_followers set xid = $3::text::xid8, id = $4, updated_at = now(), began = case when $3::text::xid8 < pg_snapshot_xmax(began) then began end
     where tenant_id = $1 and name = $2 and claimed_by = $5`,
    [tenantId, name, xid, id, processId])
  return rowCount === 1
}

export async function releaseFollower(db: Db, { tenantId, name }: FollowerKey, processId: string): Promise<void> {
  await db.query('update event_followers set claimed_by = null, lease_until = null where tenant_id = $1 and name = $2 and claimed_by = $3', [tenantId, name, processId])
}
