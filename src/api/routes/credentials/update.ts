import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { credential, credentialId, expiresAt, name, tag, toCredential, values } from './shapes.ts'

export const updateCredential = defineRoute({
  method: 'PATCH', path: '/api/v1/credentials/:id', scope: 'credentials:write', tag,
  summary: 'Change some of a credential.',
  description: 'Fields that are not named keep their values; null or an empty text removes one. The next call uses the new values, in every process of the hub.',
  params: credentialId, body: z.strictObject({ name: name.optional(), credentials: values.optional(), expiresAt: expiresAt.optional() }),
  freeText: ['/credentials'], reply: credential,
  handle: async ({ credentials }, { caller, params, body, request }) => toCredential(await credentials.update(caller, params.id, body, { ifMatch: request.ifMatch })),
})
