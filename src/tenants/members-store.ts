import type { Db } from '../db/db.ts'
import { literally } from '../db/search.ts'
import type { Role } from './caller.ts'

/** `signsIn`: somebody accepted the invitation, or came by a provider. */
export interface MemberRow { id: string, email: string, name: string, role: Role, signsIn: boolean, createdAt: Date, updatedAt: Date }

const columns = 'id, email, name, role, user_id is not null as "signsIn", created_at as "createdAt", updated_at as "updatedAt"'

/** Breaks the unique index `members_email` where the address is taken, in any letter case. */
export async function insertMember(db: Db, tenantId: string, member: Pick<MemberRow, 'id' | 'email' | 'name' | 'role'>): Promise<MemberRow> {
  const { rows } = await db.query<MemberRow>(
    `insert into members (tenant_id, id, email, name, role) values ($1, $2, $3, $4, $5) returning ${columns}`,
    [tenantId, member.id, member.email, member.name, member.role])
  return rows[0]!
}

/** `q` looks into email, name and role. */
export async function listMembers(db: Db, tenantId: string, { q, after, limit }: { q: string | undefined, after: string | undefined, limit: number }): Promise<MemberRow[]> {
  const { rows } = await db.query<MemberRow>(
    `select ${columns} from members
     where tenant_id = $1 and ($2::uuid is null or id > $2) and ($3::text is null or concat_ws(' ', email, name, role) ilike '%' || $3 || '%') order by id limit $4`,
    [tenantId, after ?? null, literally(q), limit])
  return rows
}

export async function findMember(db: Db, tenantId: string, id: string): Promise<MemberRow | undefined> {
  const { rows } = await db.query<MemberRow>(`select ${columns} from members where tenant_id = $1 and id = $2`, [tenantId, id])
  return rows[0]
}

export async function findMemberByEmail(db: Db, tenantId: string, email: string): Promise<MemberRow | undefined> {
  const { rows } = await db.query<MemberRow>(`select ${columns} from members where tenant_id = $1 and lower(email) = lower($2)`, [tenantId, email])
  return rows[0]
}

/** Those of an address whom nobody signs in as yet, whatever the tenant: needs the system's connection. */
export async function listMembersByEmail(db: Db, email: string): Promise<{ tenantId: string, role: Role }[]> {
  const { rows } = await db.query<{ tenantId: string, role: Role }>('select tenant_id as "tenantId", role from members where lower(email) = lower($1) and user_id is null', [email])
  return rows
}

export async function findMemberUser(db: Db, tenantId: string, id: string): Promise<string | null> {
  const { rows } = await db.query<{ userId: string | null }>('select user_id as "userId" from members where tenant_id = $1 and id = $2', [tenantId, id])
  return rows[0]?.userId ?? null
}

export async function linkMember(db: Db, tenantId: string, id: string, userId: string): Promise<void> {
  await db.query('update members set user_id = $3, updated_at = now() where tenant_id = $1 and id = $2', [tenantId, id, userId])
}

export async function updateMember(db: Db, tenantId: string, id: string, change: Pick<MemberRow, 'email' | 'name' | 'role'>): Promise<MemberRow> {
  const { rows } = await db.query<MemberRow>(
    `update members set name = $3, role = $4, email = $5, updated_at = now() where tenant_id = $1 and id = $2 returning ${columns}`,
    [tenantId, id, change.name, change.role, change.email])
  return rows[0]!
}

export async function deleteMember(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('delete from members where tenant_id = $1 and id = $2', [tenantId, id])
}

/** Locks the owners, so that two removals at once cannot both see two of them. */
export async function countOwners(db: Db, tenantId: string): Promise<number> {
  const { rows } = await db.query("select id from members where tenant_id = $1 and role = 'owner' for update", [tenantId])
  return rows.length
}
