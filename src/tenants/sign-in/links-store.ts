import type { Db } from '../../db/db.ts'
import type { Role } from '../caller.ts'

export type LinkKind = 'welcome' | 'invitation' | 'password'

export interface LinkRow {
  id: string
  tenantId: string
  kind: LinkKind
  email: string | null
  role: Role | null
  memberId: string | null
  createdBy: string
  createdAt: Date
  expiresAt: Date | null
}

const columns = `id, tenant_id as "tenantId", kind, email, role, member_id as "memberId", created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt"`
const open = 'used_at is null and revoked_at is null and (expires_at is null or expires_at > now())'

export type NewLink = Omit<LinkRow, 'createdAt'> & { hash: Buffer }

export async function insertLink(db: Db, link: NewLink): Promise<LinkRow> {
  const { rows } = await db.query<LinkRow>(
    `insert into sign_in_links (tenant_id, id, kind, hash, email, role, member_id, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
    [link.tenantId, link.id, link.kind, link.hash, link.email, link.role, link.memberId, link.createdBy, link.expiresAt])
  return rows[0]!
}

/** Over all tenants: needs the system's connection. Locked to the end of the transaction: of two at once, one uses it. */
export async function lockOpenLink(db: Db, kind: LinkKind, hash: Buffer): Promise<LinkRow | undefined> {
  const { rows } = await db.query<LinkRow>(`select ${columns} from sign_in_links where hash = $1 and kind = $2 and ${open} for update`, [hash, kind])
  return rows[0]
}

export interface ShownLink extends LinkRow { tenantName: string }

/** Of any kind; over all tenants. */
export async function findOpenLink(db: Db, hash: Buffer): Promise<ShownLink | undefined> {
  const { rows } = await db.query<ShownLink>(
    `select l.*, t.name as "tenantName" from (select ${columns} from sign_in_links where hash = $1 and ${open}) l join tenants t on t.id = l."tenantId"`, [hash])
  return rows[0]
}

export async function updateUsed(db: Db, { tenantId, id }: Pick<LinkRow, 'tenantId' | 'id'>): Promise<void> {
  await db.query('update sign_in_links set used_at = now() where tenant_id = $1 and id = $2', [tenantId, id])
}

/** Those of this kind that another one replaces: for the same address, or of the same member. Answers their ids. */
export async function revokeOpenLinks(db: Db, { tenantId, kind, email, memberId }: Pick<LinkRow, 'tenantId' | 'kind' | 'email' | 'memberId'>): Promise<void> {
  await db.query(
    `update sign_in_links set revoked_at = now()
     where tenant_id = $1 and kind = $2 and ${open} and lower(email) is not distinct from lower($3) and member_id is not distinct from $4`,
    [tenantId, kind, email, memberId])
}

export async function listInvitations(db: Db, tenantId: string, { after, limit }: { after: string | undefined, limit: number }): Promise<LinkRow[]> {
  const { rows } = await db.query<LinkRow>(
    `select ${columns} from sign_in_links where tenant_id = $1 and kind = 'invitation' and ${open} and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [tenantId, after ?? null, limit])
  return rows
}

export async function findInvitation(db: Db, tenantId: string, id: string): Promise<LinkRow | undefined> {
  const { rows } = await db.query<LinkRow>(`select ${columns} from sign_in_links where tenant_id = $1 and id = $2 and kind = 'invitation' and ${open} for update`, [tenantId, id])
  return rows[0]
}

/** Open ones of an address, whatever the tenant: needs the system's connection. */
export async function lockInvitationsOf(db: Db, email: string): Promise<LinkRow[]> {
  const { rows } = await db.query<LinkRow>(`select ${columns} from sign_in_links where kind = 'invitation' and lower(email) = lower($1) and ${open} for update`, [email])
  return rows
}

export async function revokeLink(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('update sign_in_links set revoked_at = now() where tenant_id = $1 and id = $2', [tenantId, id])
}

/** Whatever the tenant: needs the system's connection. */
export async function revokePasswordLinks(db: Db, userId: string): Promise<void> {
  await db.query(
    `update sign_in_links l set revoked_at = now() from members m
     where l.kind = 'password' and ${open} and m.tenant_id = l.tenant_id and m.id = l.member_id and m.user_id = $1`, [userId])
}

export async function deleteEndedLinks(db: Db): Promise<void> {
  await db.query("delete from sign_in_links where coalesce(used_at, revoked_at, expires_at) < now() - interval '30 days'")
}
