/** Users belong to no tenant: all of this needs the system's connection. */
import { uuidv7 } from 'uuidv7'
import type { Db } from '../../db/db.ts'

export interface UserRow { id: string, email: string, emailVerified: boolean, name: string, password: string | null }

const columns = 'id, email, email_verified as "emailVerified", name, password'

export async function findUserByEmail(db: Db, email: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(`select ${columns} from users where lower(email) = lower($1)`, [email])
  return rows[0]
}

export async function findUser(db: Db, id: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(`select ${columns} from users where id = $1`, [id])
  return rows[0]
}

export async function insertUser(db: Db, user: Pick<UserRow, 'email' | 'emailVerified' | 'name' | 'password'>): Promise<UserRow> {
  const { rows } = await db.query<UserRow>(
    `insert into users (id, email, email_verified, name, password) values ($1, $2, $3, $4, $5) returning ${columns}`,
    [uuidv7(), user.email, user.emailVerified, user.name, user.password])
  return rows[0]!
}

export async function updateUser(db: Db, id: string, { emailVerified, name, password }: Pick<UserRow, 'emailVerified' | 'name' | 'password'>): Promise<void> {
  await db.query('update users set email_verified = $2, name = $3, password = $4, updated_at = now() where id = $1', [id, emailVerified, name, password])
}

export async function findUserByIdentity(db: Db, { issuer, subject }: { issuer: string, subject: string }): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(
    `select ${columns} from users where id = (select user_id from user_identities where issuer = $1 and subject = $2)`, [issuer, subject])
  return rows[0]
}

export async function insertIdentity(db: Db, { issuer, subject, userId }: { issuer: string, subject: string, userId: string }): Promise<void> {
  await db.query('insert into user_identities (issuer, subject, user_id) values ($1, $2, $3) on conflict do nothing', [issuer, subject, userId])
}

/** Of all tenants. */
export async function listMemberships(db: Db, userId: string): Promise<{ tenantId: string, memberId: string }[]> {
  const { rows } = await db.query<{ tenantId: string, memberId: string }>('select tenant_id as "tenantId", id as "memberId" from members where user_id = $1', [userId])
  return rows
}

/** Whether anybody can sign in as an owner of this tenant. */
export async function hasUserAsOwner(db: Db, tenantId: string): Promise<boolean> {
  const { rows } = await db.query("select 1 from members where tenant_id = $1 and role = 'owner' and user_id is not null limit 1", [tenantId])
  return rows.length > 0
}
