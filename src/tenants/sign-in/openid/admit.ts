/** Who of those that a provider vouches for may come in, and as what. */
import { brokenUniqueConstraint, type Database } from '../../../db/database.ts'
import type { Db } from '../../../db/db.ts'
import { HubError } from '../../../errors.ts'
import { listMembersByEmail } from '../../members-store.ts'
import { findTenantBySlug } from '../../tenants-store.ts'
import { takeIn } from '../links.ts'
import { lockInvitationsOf, updateUsed } from '../links-store.ts'
import { tellSessionsChanged } from '../notices.ts'
import type { From, Sessions } from '../sessions.ts'
import { deleteSessions } from '../sessions-store.ts'
import { findUserByEmail, findUserByIdentity, insertIdentity, insertUser, listMemberships, updateUser, type UserRow } from '../users-store.ts'
import type { OpenIdProvider } from './settings.ts'

export interface Claims { iss: string, sub: string, email?: unknown, email_verified?: unknown, name?: unknown }

export interface AdmitDeps { database: Database, sessions: Pick<Sessions, 'forget'> }

/** The user's id. Throws HubError `sign_in_refused`; then nothing is stored. */
export async function admit({ database, sessions }: AdmitDeps, provider: OpenIdProvider, claims: Claims, { requestId }: From): Promise<string> {
  try {
    return await database.system.transaction(async (db) => {
      const email = emailOf(provider, claims)
      const user = await findUserByIdentity(db, { issuer: claims.iss, subject: claims.sub }) ?? await userByEmail(db, claims, email)
      if (email !== undefined) await takeInWhereKnown(db, { provider, user, email, requestId })
      if ((await listMemberships(db, user.id)).length === 0) throw new HubError('sign_in_refused', `Nobody has invited ${user.email} here. Ask an administrator.`)
      await tellSessionsChanged(db)
      return user.id
    })
  } catch (error) {
    if (brokenUniqueConstraint(error) === undefined) throw error
    throw new HubError('conflict', 'The same user came in twice at once. Begin again.', { cause: error })
  } finally {
    sessions.forget()
  }
}

/** The address that the provider vouches for. Throws HubError `sign_in_refused` where its domain may not come in. */
function emailOf({ name, domains, trustEmail }: OpenIdProvider, { email, email_verified: verified }: Claims): string | undefined {
  const given = typeof email === 'string' && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 320 && (trustEmail || verified === true) ? email : undefined
  if (domains !== undefined && !domains.includes(given?.split('@')[1]!.toLowerCase() ?? '')) {
    throw new HubError('sign_in_refused', `Only addresses of ${domains.join(', ')} sign in by ${name}.`)
  }
  return given
}

async function userByEmail(db: Db, { iss: issuer, sub: subject, name }: Claims, email: string | undefined): Promise<UserRow> {
  if (email === undefined) throw new HubError('sign_in_refused', 'The provider does not say that the email address is verified.')
  const before = await findUserByEmail(db, email)
  const user = before ?? await insertUser(db, { email, emailVerified: true, name: typeof name === 'string' ? name.slice(0, 200) : '', password: null })
  if (!user.emailVerified) {
    // Whoever chose that password was never shown to own the address.
    await updateUser(db, user.id, { ...user, emailVerified: true, password: null })
    await deleteSessions(db, { userId: user.id, keyId: undefined }, {})
  }
  await insertIdentity(db, { issuer, subject, userId: user.id })
  return user
}

interface Known { provider: OpenIdProvider, user: UserRow, email: string, requestId: string }

/** By an open invitation, as a member that somebody wrote down, or because all of this provider's may come. */
async function takeInWhereKnown(db: Db, { provider, user, email, requestId }: Known): Promise<void> {
  // As who he is here: the provider's address may have changed since.
  if (email.toLowerCase() !== user.email.toLowerCase()) return
  const isMember = async (tenantId: string): Promise<boolean> => (await listMemberships(db, user.id)).some((each) => each.tenantId === tenantId)
  for (const invitation of await lockInvitationsOf(db, email)) {
    if (!await isMember(invitation.tenantId)) await takeIn(db, { tenantId: invitation.tenantId, role: invitation.role!, user, requestId })
    await updateUsed(db, invitation)
  }
  for (const { tenantId, role } of await listMembersByEmail(db, email)) {
    if (!await isMember(tenantId)) await takeIn(db, { tenantId, role, user, requestId })
  }
  const tenant = provider.join === undefined ? undefined : await findTenantBySlug(db, provider.join.tenant)
  if (tenant !== undefined && !await isMember(tenant.id)) await takeIn(db, { tenantId: tenant.id, role: provider.join!.role, user, requestId })
}
