/** Sessions: somebody signed in with a browser. The token is in a cookie, its hash in the database; what the session may do is looked up, never written into it. */
import { createHash, randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Database } from '../../db/database.ts'
import type { Db } from '../../db/db.ts'
import { HubError } from '../../errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type PageRequest } from '../../lib/page.ts'
import type { AuditAction } from '../audit-actions.ts'
import { recordChange } from '../audit.ts'
import { effectiveScopes, type Caller, type Role, type Scope } from '../caller.ts'
import type { Keys } from '../keys.ts'
import { createMemory, createUses } from '../memory.ts'
import { tellSessionsChanged } from './notices.ts'
import { checkPassword, hashPassword, verifyPassword } from './passwords.ts'
import {
  deleteEndedSessions, deleteSessions, findSession, insertSession, listSessions, updateSessionsUsed, type FoundSession, type Membership, type NewSession, type SessionOwner, type SessionRow, type Via,
} from './sessions-store.ts'
import type { Throttle } from './throttle.ts'
import { findUser, findUserByEmail, listMemberships, updateUser } from './users-store.ts'

/** Where somebody signs in from. */
export interface From { address: string, userAgent: string, requestId: string }

export interface SignedIn {
  id: string
  via: Via
  createdAt: Date
  expiresAt: Date
  /** Of whoever gave an API key: that key, and no address. */
  user: { id: string, email: string, name: string }
  tenants: { id: string, slug: string, name: string, role: Role, scopes: Scope[] }[]
}

/** `token` belongs into the cookie, and stands nowhere else. */
export interface Opened { token: string, signedIn: SignedIn }

export type Proof = { email: string, password: string } | { apiKey: string }

export type ShownSession = SessionRow & { current: boolean }

/** Those that take a token throw HubError `unauthorized` where its session is over, or never was. */
export interface Sessions {
  /** Throws HubError `unauthorized`, `rate_limited`. Takes as long for an address that is nobody's. */
  signIn(proof: Proof, from: From): Promise<Opened>
  /** For a user who is known by other means. */
  open(userId: string, via: Via, from: From): Promise<Opened>
  find(token: string | undefined): Promise<SignedIn>
  /** As a member of a tenant, or as the key. Throws HubError `not_found` for a tenant that is none of the user's, `invalid_request` where none is named. */
  authenticate(token: string, slug: string | undefined, requestId: string): Promise<Caller>
  end(token: string): Promise<void>
  /** All sessions of the same user or key, this one too. */
  endAll(token: string): Promise<void>
  list(token: string | undefined, page: PageRequest): Promise<Page<ShownSession>>
  revoke(token: string | undefined, id: string): Promise<void>
  /** Ends all other sessions. */
  changePassword(token: string | undefined, change: { current: string | undefined, password: string }, from: From): Promise<void>
  /** Forgets what is known of sessions, so that a change made elsewhere takes hold at once. */
  forget(): void
  /** Writes when sessions were last used; called now and then, not on each request. */
  flushLastUsed(): Promise<void>
  expire(): Promise<void>
}

export interface SessionsDeps {
  database: Database
  keys: Pick<Keys, 'authenticate'>
  throttle: Throttle
  /** Unused for so long, it is over. */
  idleMs: number
  /** Used or not, it is over. */
  maxMs: number
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export function makeToken(prefix: 'is' | 'il'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

interface Inner extends SessionsDeps { look(token: string | undefined): Promise<FoundSession>, forget(): void }

export function createSessions(deps: SessionsDeps): Sessions {
  const { database } = deps
  const memory = createMemory((token) => findSession(database.system, hashToken(token), idleSince(deps)))
  const uses = createUses((ids, at) => updateSessionsUsed(database.system, ids, at))
  const look: Inner['look'] = async (token) => {
    const found = token === undefined ? undefined : await memory.find(token)
    if (found === undefined || found.expiresAt.getTime() <= Date.now()) throw new HubError('unauthorized', 'Nobody is signed in here, or the session is over. Sign in.')
    uses.note(found.id)
    return found
  }
  const inner: Inner = { ...deps, look, forget: memory.forget }
  return {
    signIn: (proof, from) => signIn(inner, proof, from),
    open: (userId, via, from) => open(inner, { userId, key: null, via }, from),
    find: async (token) => signedIn(await look(token)),
    authenticate: async (token, slug, requestId) => callerOf(await look(token), slug, requestId),
    end: async (token) => { await end(inner, await look(token), { only: true }) },
    endAll: async (token) => { await end(inner, await look(token), { only: false }) },
    async list(token, { limit, cursor }) {
      const current = await look(token)
      const rows = await listSessions(database.system, ownerOf(current), { idleSince: idleSince(deps), after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, ({ id }) => [id], (row) => ({ ...row, current: row.id === current.id }))
    },
    async revoke(token, id) {
      const current = await look(token)
      const ended = isUuid(id) ? await endSessions(inner, ownerOf(current), { id }) : 0
      if (ended === 0) throw new HubError('not_found', 'There is no such session, or it is over.')
    },
    changePassword: (token, change, from) => changePassword(inner, token, change, from),
    forget: memory.forget,
    flushLastUsed: () => uses.flush(),
    expire: () => deleteEndedSessions(database.system, idleSince(deps)),
  }
}

function idleSince({ idleMs }: SessionsDeps): Date {
  return new Date(Date.now() - idleMs)
}

async function signIn(inner: Inner, proof: Proof, from: From): Promise<Opened> {
  const attempt = { address: from.address, account: 'email' in proof ? proof.email : undefined }
  inner.throttle.begin(attempt)
  const owner = 'email' in proof ? await ownerByPassword(inner, proof) : await ownerByKey(inner, proof.apiKey, from)
  if (owner === undefined) throw new HubError('unauthorized', 'email' in proof ? 'The address or the password is wrong.' : 'This API key is unknown, expired or revoked.')
  inner.throttle.succeeded(attempt)
  return open(inner, owner, from)
}

type Owner = Pick<NewSession, 'userId' | 'key' | 'via'>

async function ownerByPassword({ database }: Inner, { email, password }: { email: string, password: string }): Promise<Owner | undefined> {
  const user = await findUserByEmail(database.system, email)
  // Compared in any case: it takes as long for an address that is nobody's.
  return await verifyPassword(password, user?.password) && user !== undefined ? { userId: user.id, key: null, via: 'password' } : undefined
}

async function ownerByKey({ keys }: Inner, apiKey: string, { requestId }: From): Promise<Owner | undefined> {
  const caller = await keys.authenticate(apiKey, requestId)
  // Its policy holds for tools, and a session has none of it.
  if (caller?.agent !== undefined) throw new HubError('forbidden', 'The key of an agent opens no session.')
  return caller?.keyId === undefined ? undefined : { userId: null, key: { tenantId: caller.tenantId, id: caller.keyId }, via: 'key' }
}

async function open(inner: Inner, owner: Owner, { address, userAgent, requestId }: From): Promise<Opened> {
  const token = makeToken('is')
  const id = uuidv7()
  await inner.database.system.transaction(async (db) => {
    await insertSession(db, { id, hash: hashToken(token), ...owner, address, userAgent: userAgent.slice(0, 300), expiresAt: new Date(Date.now() + inner.maxMs) })
    await recordSignIn(db, owner, { action: 'session.opened', sessionId: id, requestId })
  })
  return { token, signedIn: signedIn(await inner.look(token)) }
}

/** In the log of each tenant that the user is a member of. */
async function recordSignIn(db: Db, { userId, key, via }: Owner, { action, sessionId, requestId }: { action: AuditAction, sessionId: string, requestId: string | undefined }): Promise<void> {
  const actors = key === null ? (await listMemberships(db, userId!)).map(({ tenantId, memberId }) => ({ tenantId, actor: `member:${memberId}` })) : [{ tenantId: key.tenantId, actor: `key:${key.id}` }]
  for (const actor of actors) await recordChange(db, { ...actor, requestId }, { action, targetType: 'session', targetId: sessionId, detail: { via } })
}

function signedIn({ id, via, createdAt, expiresAt, user, key, tenants }: FoundSession): SignedIn {
  const shown = ({ id: tenantId, slug, name, role, isOperator }: Omit<Membership, 'memberId'>): SignedIn['tenants'][number] => (
    { id: tenantId, slug, name, role, scopes: [...effectiveScopes({ role, scopes: key?.scopes ?? null, isOperator })] })
  if (user !== null) return { id, via, createdAt, expiresAt, user, tenants: tenants.map(shown) }
  return { id, via, createdAt, expiresAt, user: { id: key!.id, email: '', name: key!.name }, tenants: [shown({ ...key!.tenant, role: key!.role })] }
}

function callerOf({ id: sessionId, key, tenants }: FoundSession, slug: string | undefined, requestId: string): Caller {
  if (slug === undefined) throw new HubError('invalid_request', 'Name the tenant: the header X-Interchange-Tenant takes its slug.', { errors: [{ pointer: 'X-Interchange-Tenant', detail: 'is needed' }] })
  if (key !== null && key.tenant.slug === slug) {
    return { tenantId: key.tenant.id, actor: `key:${key.id}`, keyId: key.id, role: key.role, scopes: effectiveScopes({ ...key, isOperator: key.tenant.isOperator }), requestId, sessionId }
  }
  const tenant = tenants.find((each) => each.slug === slug)
  if (tenant === undefined) throw new HubError('not_found', 'There is no such tenant here.')
  const { id: tenantId, memberId, role, isOperator } = tenant
  return { tenantId, actor: `member:${memberId}`, keyId: undefined, role, scopes: effectiveScopes({ role, scopes: null, isOperator }), requestId, sessionId }
}

function ownerOf({ user, key }: FoundSession): SessionOwner {
  return { userId: user?.id, keyId: key?.id }
}

async function end(inner: Inner, session: FoundSession, { only }: { only: boolean }): Promise<void> {
  await endSessions(inner, ownerOf(session), only ? { id: session.id } : {})
}

/** Answers how many. */
async function endSessions({ database, forget }: Inner, owner: SessionOwner, which: { id?: string, except?: string }): Promise<number> {
  try {
    return await database.system.transaction(async (db) => {
      await tellSessionsChanged(db)
      return deleteSessions(db, owner, which)
    })
  } finally {
    forget()
  }
}

async function changePassword(inner: Inner, token: string | undefined, { current, password }: { current: string | undefined, password: string }, { address }: From): Promise<void> {
  const session = await inner.look(token)
  const user = session.user === null ? undefined : await findUser(inner.database.system, session.user.id)
  if (user === undefined) throw new HubError('forbidden', 'Who signed in with an API key has no password.')
  const attempt = { address, account: user.email }
  inner.throttle.begin(attempt)
  // Who has none signed in by a provider, and may take one.
  if (user.password !== null && !await verifyPassword(current ?? '', user.password)) throw new HubError('invalid_input', '/current: is not the password.', { errors: [{ pointer: '/current', detail: 'is not the password' }] })
  inner.throttle.succeeded(attempt)
  checkPassword(password, [user.email, user.name])
  const hash = await hashPassword(password)
  await updateUser(inner.database.system, user.id, { ...user, password: hash })
  await endSessions(inner, ownerOf(session), { except: session.id })
}
