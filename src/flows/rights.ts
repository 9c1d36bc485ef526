/** Whose rights a run has: those of whoever started it, as they were then. */
import { systemCaller, type Caller } from '../tenants/caller.ts'

interface StoredRights { actor: string, keyId?: string, role: Caller['role'], scopes: string[] }

export function rightsOf({ actor, keyId, role, scopes }: Caller): string {
  return JSON.stringify({ actor, ...keyId !== undefined && { keyId }, role, scopes: actor === 'system' ? [] : [...scopes] } satisfies StoredRights)
}

export function callerOf({ tenantId, rights }: { tenantId: string, rights: string }): Caller {
  const { actor, keyId, role, scopes } = JSON.parse(rights) as StoredRights
  if (actor === 'system') return systemCaller(tenantId)
  return { tenantId, actor, keyId, role, scopes: new Set(scopes) as Caller['scopes'], requestId: undefined }
}
