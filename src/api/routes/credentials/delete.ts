import { z } from 'zod'
import { Answer, defineRoute } from '../../route.ts'
import { credentialId, tag } from './shapes.ts'

export const deleteCredential = defineRoute({
  method: 'DELETE', path: '/api/v1/credentials/:id', scope: 'credentials:write', tag, status: 204,
  summary: 'Delete a credential that no integration uses.',
  conditional: true, params: credentialId, reply: z.undefined(),
  handle: async ({ credentials }, { caller, params, request }) => {
    await credentials.remove(caller, params.id, { ifMatch: request.ifMatch })
    return new Answer({})
  },
})
