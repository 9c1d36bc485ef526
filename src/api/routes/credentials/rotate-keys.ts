import { z } from 'zod'
import { HubError } from '../../../errors.ts'
import { roleAtLeast } from '../../../tenants/caller.ts'
import { defineRoute } from '../../route.ts'
import { tag } from './shapes.ts'

export const rotateKeys = defineRoute({
  method: 'POST', path: '/api/v1/credentials/rotate-keys', scope: 'credentials:write', tag,
  summary: 'Make a new encryption key for the tenant, and encrypt its credentials anew.',
  description: 'Calls go on meanwhile. Needs the role admin. If it breaks off, do it again: nothing is lost.',
  body: z.strictObject({
    allTenants: z.boolean().default(false).describe("Every tenant's key, not only the caller's own. Needs the scope tenants:admin."),
  }).optional(),
  reply: z.object({
    tenants: z.number().int().describe('How many have a new key.'),
    credentials: z.number().int().describe('How many were encrypted anew.'),
    tokens: z.number().int().describe('How many access tokens were encrypted anew.'),
    unreadable: z.number().int().describe('Credentials that cannot be decrypted. They are left as they are, and the key that they name stays.'),
  }),
  handle: async ({ credentials: { rotation } }, { caller, body }) => {
    if (!roleAtLeast(caller.role, 'admin')) throw new HubError('forbidden', 'Rotating keys needs the role admin.')
    if (body?.allTenants) {
      if (!caller.scopes.has('tenants:admin')) throw new HubError('forbidden', "Rotating every tenant's key needs the scope tenants:admin.")
      return rotation.rotateAllTenants(caller)
    }
    const { credentials, tokens, unreadable } = await rotation.rotateTenant(caller)
    return { tenants: 1, credentials, tokens, unreadable: unreadable.length }
  },
})
