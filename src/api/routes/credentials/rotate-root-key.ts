import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { tag } from './shapes.ts'

export const rotateRootKey = defineRoute({
  method: 'POST', path: '/api/v1/system/rotate-root-key', scope: 'tenants:admin', tag,
  summary: "Wrap all tenants' keys by a new root key.",
  description: 'A root key that is kept in the data folder is replaced by a new one. Where it comes from the environment, start every process of the hub with the new key as INTERCHANGE_ROOT_KEY and the old one as INTERCHANGE_ROOT_KEY_PREVIOUS before; afterwards the latter is of no use. Calls go on meanwhile. If it breaks off, do it again: nothing is lost.',
  body: z.strictObject({}).optional(),
  reply: z.object({
    rootKeyId: z.string().describe('Of the root key that wraps now: a short hash.'),
    tenantKeys: z.number().int().describe('How many were wrapped anew.'),
    unreadable: z.number().int().describe('How many cannot be unwrapped. The root key before is kept for them.'),
  }),
  handle: ({ credentials }, { caller }) => credentials.rotation.rotateRoot(caller),
})
