import { z } from 'zod'
import { defineRoute } from '../../route.ts'
import { credential, credentialId, expiresAt, name, tag, toCredential, values } from './shapes.ts'

export const replaceCredential = defineRoute({
  method: 'PUT', path: '/api/v1/credentials/:id', scope: 'credentials:write', tag,
  summary: "Replace all of a credential's values.",
  description: 'Fields that are not named have no value afterwards, and when it ends is unknown unless it is said again. The next call uses the new values, in every process of the hub.',
  params: credentialId, body: z.strictObject({ name: name.optional().describe('What people call it. Left out, it stays.'), credentials: values, expiresAt: expiresAt.optional() }),
  freeText: ['/credentials'], reply: credential,
  handle: async ({ credentials }, { caller, params, body, request }) => toCredential(await credentials.update(caller, params.id, body, { ifMatch: request.ifMatch, whole: true })),
})
