import { defineRoute } from '../../route.ts'
import { credential, credentialId, tag, toCredential } from './shapes.ts'

export const getCredential = defineRoute({
  method: 'GET', path: '/api/v1/credentials/:id', scope: 'credentials:read', tag,
  summary: 'Get a credential, without its secrets.',
  params: credentialId, reply: credential,
  handle: async ({ credentials }, { caller, params }) => toCredential(await credentials.find(caller, params.id)),
})
