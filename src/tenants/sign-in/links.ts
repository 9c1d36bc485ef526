/** Links that let somebody in, once: the first owner's welcome, invitations of members, new passwords. Only their hash is stored. */
import { uuidv7 } from 'uuidv7'
import { brokenUniqueConstraint, type Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import { recordChange } from '../audit.ts'
import type { Caller, Role } from '../caller.ts'
import { findMember, findMemberByEmail, findMemberUser, insertMember, linkMember, updateMember, type MemberRow } from '../members-store.ts'
import { mayAssign } from '../members.ts'
import { findTenant, listTenants, lockTenants } from '../tenants-store.ts'
import {
  deleteEndedLinks, findInvitation, findOpenLink, insertLink, listInvitations, lockOpenLink, revokeLink, revokeOpenLinks, revokePasswordLinks, updateUsed, type LinkKind, type LinkRow,
} from './links-store.ts'
import { tellSessionsChanged } from './notices.ts'
import { checkPassword, hashPassword, verifyPassword } from './passwords.ts'
import { hashToken, makeToken, type From, type Opened, type Sessions } from './sessions.ts'
import { deleteSessions } from './sessions-store.ts'
import type { Throttle } from './throttle.ts'
import { findUser, findUserByEmail, hasUserAsOwner, insertUser, listMemberships, updateUser, type UserRow } from './users-store.ts'

export interface Invitation { id: string, email: string, role: Role, createdBy: string, createdAt: Date, expiresAt: Date | null }

/** `url` stands nowhere else. */
export interface MadeLink { url: string, expiresAt: Date | null, mailed: boolean }

export interface OpenLink {
  kind: LinkKind
  tenant: { name: string }
  email: string | null
  role: Role | null
  expiresAt: Date | null
  /** The address belongs to a user already, who gives the password that he has. */
  known: boolean
}

/** Those that take a token throw HubError `not_found` where the link is used, replaced, revoked or over. */
export interface SignInLinks {
  /** Where nobody can sign in as an owner of the first tenant, a link that lets one in; those before it are good no more. */
  welcomeIfNeeded(): Promise<string | undefined>
  /** The same in any case, for whoever has the machine; undefined before the hub's first start. */
  welcome(): Promise<string | undefined>
  /** Throws HubError `forbidden`, `conflict`. */
  invite(caller: Caller, input: { email: string, role: Role }): Promise<Invitation & MadeLink>
  listInvitations(caller: Caller, page: PageRequest): Promise<Page<Invitation>>
  revokeInvitation(caller: Caller, id: string): Promise<void>
  /** For a member who forgot the password. Throws HubError `forbidden` where that would open other tenants too. */
  newPassword(caller: Caller, memberId: string): Promise<MadeLink>
  read(token: string): Promise<OpenLink>
  acceptWelcome(input: { token: string, email: string, name: string, password: string }, from: From): Promise<Opened>
  /** `userId`: of whoever is signed in already. Throws HubError `unauthorized` where the address belongs to a user, and the password is not his. */
  acceptInvitation(input: { token: string, name: string | undefined, password: string | undefined, userId: string | undefined }, from: From): Promise<Opened>
  acceptPassword(input: { token: string, password: string }, from: From): Promise<Opened>
  expire(): Promise<void>
}

export interface SignInLinksDeps {
  database: Database
  sessions: Sessions
  throttle: Throttle
  publicUrl(): string
  /** Undefined where no mail server is set. */
  mail: ((mail: { to: string, subject: string, text: string }) => Promise<void>) | undefined
}

const INVITATION_MS = 7 * 86_400_000
const PASSWORD_MS = 86_400_000
const pages = { welcome: '/welcome', invitation: '/invitation', password: '/password' } as const

export function createSignInLinks(deps: SignInLinksDeps): SignInLinks {
  const { database } = deps
  return {
    welcomeIfNeeded: () => database.system.transaction((db) => welcome(deps, db, { always: false })),
    welcome: () => database.system.transaction((db) => welcome(deps, db, { always: true })),
    invite: (caller, input) => invite(deps, caller, input),
    async listInvitations({ tenantId }, { limit, cursor }) {
      const rows = await listInvitations(database.tenant(tenantId), tenantId, { after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, ({ id }) => [id], shown)
    },
    revokeInvitation: (caller, id) => database.tenant(caller.tenantId).transaction(async (db) => {
      const found = isUuid(id) ? await findInvitation(db, caller.tenantId, id) : undefined
      if (found === undefined) throw new HubError('not_found', 'There is no such invitation, or it is over.')
      mayAssign(caller, found.role!)
      await revokeLink(db, caller.tenantId, id)
      await recordChange(db, caller, { action: 'invitation.revoked', targetType: 'invitation', targetId: id, detail: { email: found.email } })
    }),
    newPassword: (caller, memberId) => newPassword(deps, caller, memberId),
    async read(token) {
      const link = await findOpenLink(database.system, hashToken(token)) ?? gone()
      const { kind, tenantName, email, role, expiresAt } = link
      return { kind, tenant: { name: tenantName }, email, role, expiresAt, known: email !== null && (await findUserByEmail(database.system, email)) !== undefined }
    },
    acceptWelcome: (input, from) => acceptWelcome(deps, input, from),
    acceptInvitation: (input, from) => acceptInvitation(deps, input, from),
    acceptPassword: (input, from) => acceptPassword(deps, input, from),
    expire: () => deleteEndedLinks(database.system),
  }
}

function shown({ id, email, role, createdBy, createdAt, expiresAt }: LinkRow): Invitation {
  return { id, email: email!, role: role!, createdBy, createdAt, expiresAt }
}

function gone(): never {
  throw new HubError('not_found', 'This link was used, replaced or revoked, or its time is over. Ask for another one.')
}

type Wanted = Pick<LinkRow, 'tenantId' | 'kind' | 'email' | 'role' | 'memberId' | 'createdBy' | 'expiresAt'>

async function makeLink({ publicUrl }: SignInLinksDeps, db: Db, wanted: Wanted): Promise<{ row: LinkRow, url: string }> {
  const token = makeToken('il')
  await revokeOpenLinks(db, wanted)
  const row = await insertLink(db, { ...wanted, id: uuidv7(), hash: hashToken(token) })
  return { row, url: `${publicUrl()}${pages[wanted.kind]}?token=${token}` }
}

async function welcome(deps: SignInLinksDeps, db: Db, { always }: { always: boolean }): Promise<string | undefined> {
  await lockTenants(db)
  const [first] = await listTenants(db, { after: undefined, limit: 1 })
  if (first === undefined || !always && await hasUserAsOwner(db, first.id)) return undefined
  const { url, row } = await makeLink(deps, db, { tenantId: first.id, kind: 'welcome', email: null, role: 'owner', memberId: null, createdBy: 'system', expiresAt: null })
  await recordChange(db, { tenantId: first.id, actor: 'system', requestId: undefined }, { action: 'welcome_link.made', targetType: 'sign_in_link', targetId: row.id })
  return url
}

async function invite(deps: SignInLinksDeps, caller: Caller, { email, role }: { email: string, role: Role }): Promise<Invitation & MadeLink> {
  const { tenantId } = caller
  mayAssign(caller, role)
  const { row, url, tenantName } = await deps.database.tenant(tenantId).transaction(async (db) => {
    const member = await findMemberByEmail(db, tenantId, email)
    if (member?.signsIn) throw new HubError('conflict', 'Somebody with this email address is a member already.', { errors: [{ pointer: '/email', detail: 'is taken' }] })
    if (member !== undefined) mayAssign(caller, member.role)
    const made = await makeLink(deps, db, { tenantId, kind: 'invitation', email, role, memberId: null, createdBy: caller.actor, expiresAt: new Date(Date.now() + INVITATION_MS) })
    await recordChange(db, caller, { action: 'invitation.created', targetType: 'invitation', targetId: made.row.id, detail: { email, role } })
    return { ...made, tenantName: (await findTenant(db, tenantId))!.name }
  })
  const mailed = await send(deps, { to: email, subject: `Invitation to ${tenantName} on Interchange`, text: `You are invited to ${tenantName} on Interchange as ${role}. The link is good for seven days, and once:\n\n${url}\n` })
  return { ...shown(row), url, mailed }
}

/** Whether it went out: the link is shown in any case, so one that did not is no failure. */
async function send({ mail }: SignInLinksDeps, message: { to: string, subject: string, text: string }): Promise<boolean> {
  if (mail === undefined) return false
  return mail(message).then(() => true, () => false)
}

async function newPassword(deps: SignInLinksDeps, caller: Caller, memberId: string): Promise<MadeLink> {
  const { tenantId } = caller
  const member = isUuid(memberId) ? await findMember(deps.database.tenant(tenantId), tenantId, memberId) : undefined
  if (member === undefined) throw new HubError('not_found', 'There is no such member.')
  mayAssign(caller, member.role)
  const userId = await findMemberUser(deps.database.tenant(tenantId), tenantId, memberId)
  if (userId === null) throw new HubError('conflict', 'This member never signed in. Send an invitation to the same address instead.')
  // One password opens all tenants of its user: an administrator of one must not get into the others by it.
  const others = (await listMemberships(deps.database.system, userId)).filter((each) => each.tenantId !== tenantId)
  if (others.length > 0 && !caller.scopes.has('tenants:admin')) throw new HubError('forbidden', "This member belongs to other tenants too: only the operator's owner may make a link to a new password.")
  const expiresAt = new Date(Date.now() + PASSWORD_MS)
  const { url } = await deps.database.tenant(tenantId).transaction(async (db) => {
    const made = await makeLink(deps, db, { tenantId, kind: 'password', email: null, role: null, memberId, createdBy: caller.actor, expiresAt })
    await recordChange(db, caller, { action: 'password_link.created', targetType: 'member', targetId: memberId })
    return made
  })
  const mailed = await send(deps, { to: member.email, subject: 'A new password for Interchange', text: `Choose a new password here. The link is good for a day, and once:\n\n${url}\n` })
  return { url, expiresAt, mailed }
}

/** Locks the link, runs `work`, and has the link used up by it, or not at all. Sessions of before are told of. */
async function consume(deps: SignInLinksDeps, kind: LinkKind, token: string, work: (db: Db, link: LinkRow) => Promise<string>): Promise<string> {
  try {
    return await deps.database.system.transaction(async (db) => {
      const link = await lockOpenLink(db, kind, hashToken(token)) ?? gone()
      const userId = await work(db, link)
      await updateUsed(db, link)
      await tellSessionsChanged(db)
      return userId
    })
  } catch (error) {
    if (brokenUniqueConstraint(error) === undefined) throw error
    throw new HubError('conflict', 'Somebody with this address was faster. Try again.', { cause: error })
  } finally {
    deps.sessions.forget()
  }
}

/** Hashing takes long, and must not keep a row locked: only a link that is good is worth it. */
async function hashFor(deps: SignInLinksDeps, token: string, password: string, about: string[]): Promise<string> {
  if (await findOpenLink(deps.database.system, hashToken(token)) === undefined) gone()
  checkPassword(password, about)
  return hashPassword(password)
}

async function acceptWelcome(deps: SignInLinksDeps, { token, email, name, password }: { token: string, email: string, name: string, password: string }, from: From): Promise<Opened> {
  const hash = await hashFor(deps, token, password, [email, name])
  const userId = await consume(deps, 'welcome', token, async (db, { tenantId }) => {
    const user = await findUserByEmail(db, email) ?? await insertUser(db, { email, name, emailVerified: true, password: hash })
    await setPassword(db, { id: user.id, name, emailVerified: true }, hash)
    const before = await findMemberByEmail(db, tenantId, email) ?? await findMemberByEmail(db, tenantId, 'owner@localhost')
    const member = before ?? await insertMember(db, tenantId, { id: uuidv7(), email, name, role: 'owner' })
    await updateMember(db, tenantId, member.id, { email, name, role: 'owner' })
    await join(db, { tenantId, memberId: member.id, userId: user.id, requestId: from.requestId })
    return user.id
  })
  return deps.sessions.open(userId, 'link', from)
}

/** Whoever knew the one before is out. */
async function setPassword(db: Db, user: Omit<UserRow, 'password' | 'email'>, password: string): Promise<void> {
  await updateUser(db, user.id, { ...user, password })
  await deleteSessions(db, { userId: user.id, keyId: undefined }, {})
}

async function join(db: Db, { tenantId, memberId, userId, requestId }: { tenantId: string, memberId: string, userId: string, requestId: string }): Promise<void> {
  if ((await listMemberships(db, userId)).some((each) => each.tenantId === tenantId && each.memberId !== memberId)) throw new HubError('conflict', 'This user is a member already, under another address.')
  await linkMember(db, tenantId, memberId, userId)
  // A link that an administrator of another tenant holds would open this one too.
  await revokePasswordLinks(db, userId)
  await recordChange(db, { tenantId, actor: `member:${memberId}`, requestId }, { action: 'member.joined', targetType: 'member', targetId: memberId })
}

interface Acceptance { token: string, name: string | undefined, password: string | undefined, userId: string | undefined }

async function acceptInvitation(deps: SignInLinksDeps, { token, name = '', password, userId: signedInAs }: Acceptance, from: From): Promise<Opened> {
  const link = await findOpenLink(deps.database.system, hashToken(token))
  if (link?.kind !== 'invitation') gone()
  const known = await findUserByEmail(deps.database.system, link.email!)
  if (known !== undefined && known.id !== signedInAs) await provePassword(deps, known, password, from)
  const hash = known === undefined ? await hashFor(deps, token, password ?? '', [link.email!, name]) : null
  const userId = await consume(deps, 'invitation', token, async (db, { tenantId, email, role }) => {
    const user = known ?? await insertUser(db, { email: email!, name, emailVerified: false, password: hash })
    await takeIn(db, { tenantId, role: role!, user, requestId: from.requestId })
    return user.id
  })
  return deps.sessions.open(userId, 'link', from)
}

async function provePassword({ throttle }: SignInLinksDeps, user: UserRow, password: string | undefined, { address }: From): Promise<void> {
  const attempt = { address, account: user.email }
  throttle.begin(attempt)
  if (!await verifyPassword(password ?? '', user.password)) throw new HubError('unauthorized', 'This address belongs to a user already: give the password that you have, or sign in first.')
  throttle.succeeded(attempt)
}

/** Makes a user a member, as who he is by his address where an administrator wrote that down before. */
export async function takeIn(db: Db, { tenantId, role, user, requestId }: { tenantId: string, role: Role, user: Pick<UserRow, 'id' | 'email' | 'name'>, requestId: string }): Promise<MemberRow> {
  const { id: userId, email, name } = user
  const before = await findMemberByEmail(db, tenantId, email)
  const member = before ?? await insertMember(db, tenantId, { id: uuidv7(), email, name, role })
  if (before !== undefined) await updateMember(db, tenantId, before.id, { ...before, role })
  await join(db, { tenantId, memberId: member.id, userId, requestId })
  return member
}

async function acceptPassword(deps: SignInLinksDeps, { token, password }: { token: string, password: string }, from: From): Promise<Opened> {
  const link = await findOpenLink(deps.database.system, hashToken(token))
  const member = link?.kind === 'password' ? await findMember(deps.database.system, link.tenantId, link.memberId!) : undefined
  if (member === undefined) gone()
  const hash = await hashFor(deps, token, password, [member.email, member.name])
  const userId = await consume(deps, 'password', token, async (db) => {
    const known = await findMemberUser(db, link!.tenantId, member.id)
    const user = known === null ? undefined : await findUser(db, known)
    if (user === undefined) gone()
    await setPassword(db, user, hash)
    return user.id
  })
  return deps.sessions.open(userId, 'link', from)
}
