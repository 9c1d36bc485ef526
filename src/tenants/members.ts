/** Members of a tenant and their roles. */
import { uuidv7 } from 'uuidv7'
import { brokenUniqueConstraint, type Database } from '../db/database.ts'
import type { Db } from '../db/db.ts'
import { HubError } from '../errors.ts'
import { isUuid, readIdCursor, toPage, type Page, type SearchRequest } from '../lib/page.ts'
import { recordChange } from './audit.ts'
import { roleAtLeast, type Caller, type Role } from './caller.ts'
import { tellSessionsChanged } from './sign-in/notices.ts'
import { countOwners, deleteMember, findMember, insertMember, listMembers, updateMember, type MemberRow } from './members-store.ts'

export interface MemberInput { email: string, name?: string | undefined, role: Role }

export interface Members {
  create(caller: Caller, input: MemberInput): Promise<MemberRow>
  list(caller: Caller, page: SearchRequest): Promise<Page<MemberRow>>
  find(caller: Caller, id: string): Promise<MemberRow>
  update(caller: Caller, id: string, change: { name?: string | undefined, role?: Role | undefined }): Promise<MemberRow>
  remove(caller: Caller, id: string): Promise<void>
}

/** `changed` is told of what takes hold of sessions at once: other processes hear of it by a notice. */
export function createMembers(database: Database, { changed = () => undefined }: { changed?: () => void } = {}): Members {
  const inTenant = (caller: Caller): Db => database.tenant(caller.tenantId)
  return {
    async create(caller, { email, name, role }) {
      mayAssign(caller, role)
      try {
        return await inTenant(caller).transaction(async (db) => {
          const member = await insertMember(db, caller.tenantId, { id: uuidv7(), email, name: name ?? '', role })
          await recordChange(db, caller, { action: 'member.added', targetType: 'member', targetId: member.id, detail: { email, role } })
          return member
        })
      } catch (error) {
        if (brokenUniqueConstraint(error) === undefined) throw error
        throw new HubError('conflict', 'Somebody with this email address is a member already.', { errors: [{ pointer: '/email', detail: 'is taken' }] })
      }
    },

    async list(caller, { limit, cursor, q }) {
      const rows = await listMembers(inTenant(caller), caller.tenantId, { q, after: readIdCursor(cursor), limit: limit + 1 })
      return toPage(rows, limit, (row) => [row.id])
    },

    find: async (caller, id) => orNotFound(isUuid(id) ? await findMember(inTenant(caller), caller.tenantId, id) : undefined),

    update: (caller, id, change) => inTenant(caller).transaction(async (db) => {
      const member = orNotFound(isUuid(id) ? await findMember(db, caller.tenantId, id) : undefined)
      mayAssign(caller, member.role)
      if (change.role !== undefined) mayAssign(caller, change.role)
      if (change.role !== undefined && change.role !== 'owner') await keepOneOwner(db, caller, member)
      const updated = await updateMember(db, caller.tenantId, id, { email: member.email, name: change.name ?? member.name, role: change.role ?? member.role })
      await tellSessionsChanged(db)
      await recordChange(db, caller, { action: 'member.updated', targetType: 'member', targetId: id, detail: { ...change } })
      return updated
    }).finally(changed),

    remove: (caller, id) => inTenant(caller).transaction(async (db) => {
      const member = orNotFound(isUuid(id) ? await findMember(db, caller.tenantId, id) : undefined)
      mayAssign(caller, member.role)
      await keepOneOwner(db, caller, member)
      await deleteMember(db, caller.tenantId, id)
      await recordChange(db, caller, { action: 'member.removed', targetType: 'member', targetId: id, detail: { email: member.email } })
      await tellSessionsChanged(db)
    }).finally(changed),
  }
}

function orNotFound(member: MemberRow | undefined): MemberRow {
  if (member === undefined) throw new HubError('not_found', 'There is no such member.')
  return member
}

export function mayAssign(caller: Caller, role: Role): void {
  if (!roleAtLeast(caller.role, role)) throw new HubError('forbidden', `A caller of role ${caller.role} cannot manage a member of role ${role}.`)
}

async function keepOneOwner(db: Db, caller: Caller, member: MemberRow): Promise<void> {
  if (member.role === 'owner' && await countOwners(db, caller.tenantId) === 1) {
    throw new HubError('conflict', 'A tenant keeps at least one owner. Make another member owner first.')
  }
}
