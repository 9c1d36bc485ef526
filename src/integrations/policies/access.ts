/** Who may run what. */
import { HubError } from '../../errors.ts'
import { matchesAnyGlob } from '../../lib/glob.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { Usage } from '../settings.ts'

export function isAllowed({ accessControl }: Usage, caller: Caller): boolean {
  return accessControl.allowAll || caller.actor === 'system' || accessControl.roles.includes(caller.role) || caller.keyId !== undefined && accessControl.keys.includes(caller.keyId)
}

export function checkAccess(usage: Usage, caller: Caller): void {
  if (isAllowed(usage, caller)) return
  throw new HubError('access_denied', "The integration's access control does not name this key or its role.")
}

export function checkOperationAllowed({ allowedOperations }: Usage, operation: string): void {
  if (matchesAnyGlob(allowedOperations, operation)) return
  throw new HubError('operation_not_allowed', `The integration's allowedOperations do not include ${operation}.`)
}
