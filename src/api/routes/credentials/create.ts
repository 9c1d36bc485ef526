import { z } from 'zod'
import { credentialIdPattern } from '../../../credentials/credentials.ts'
import { defineRoute } from '../../route.ts'
import { credential, expiresAt, name, tag, toCredential, values } from './shapes.ts'

export const createCredential = defineRoute({
  method: 'POST', path: '/api/v1/credentials', scope: 'credentials:write', tag, creates: true, status: 201,
  summary: 'Store secrets for a connector, encrypted.',
  description: 'They are checked against the fields that the connector asks for, not tried: `POST /api/v1/integrations` tries them.',
  body: z.strictObject({
    id: z.string().regex(credentialIdPattern, 'takes 1 to 128 letters, digits, dots, hyphens and underscores, and begins with no dot').optional().describe('A name of your choice, unique in the tenant, for instance `smtp-credentials`. Left out, one is made.'),
    name: name.optional().describe('What people call it. Left out, it is the id.'),
    connector: z.string().min(1).max(300).describe('Id of the connector that it is for; no other one gets it.'),
    credentials: values, expiresAt: expiresAt.optional(),
  }),
  freeText: ['/credentials'], reply: credential,
  handle: async ({ credentials }, { caller, body }) => toCredential(await credentials.create(caller, body)),
})
