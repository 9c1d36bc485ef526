/** Who may run what. */
import { HubError } from '../../errors.ts'
import { matchesAnyGlob } from '../../lib/glob.ts'
import type { Caller } from '../../tenants/caller.ts'
import type { Usage } from '../settings.ts'

export function checkAccess({ accessControl }: Usage, caller: Caller): void {
  if (accessControl.allowAll || caller.actor === 'system') return
  if (accessControl.roles.includes(caller.role)) return
  if (caller.keyId !== undefined && accessControl.keys.includes(caller.keyId)) return
  throw new HubError('access_denied', "The integration's access control does not name this key or its role.")
}

export function checkOperationAllowed({ allowedOperations }: Usage, operation: string): void {
  if (matchesAnyGlob(allowedOperations, operation)) return
  throw new HubError('operation_not_allowed', `The integration's allowedOperations do not include ${operation}.`)
}
