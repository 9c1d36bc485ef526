/** Credentials, and the rotation of the keys that encrypt them. */
import { z } from 'zod'
import { Answer, defineRoute, pageOf, pageQuery, timestamp, type Route } from '../../route.ts'
import { roleAtLeast } from '../../../tenants/caller.ts'
import { HubError } from '../../../errors.ts'

const tag = 'Credentials'
const id = z.object({ id: z.string().max(128) })
const values = z.record(z.string(), z.unknown()).describe('Fields as the connector\'s `credentialSchema` names them. `{ "$env": "NAME" }` refers to an environment variable that the operator allows.')

const credential = z.object({
  id: z.string(), name: z.string(), connector: z.string(),
  fields: z.record(z.string(), z.object({
    type: z.enum(['text', 'password', 'oauth']), set: z.literal(true), value: z.unknown().optional().describe('Of text fields only: secrets are never given back.'),
  })),
  revision: z.number(), createdAt: timestamp, updatedAt: timestamp, etag: z.string().describe('Send it as `If-Match` with a change.'),
}).meta({ id: 'Credential' })

const withEtag = <Row extends { revision: number }>(row: Row): Row & { etag: string } => ({ ...row, etag: String(row.revision) })

const createCredential = defineRoute({
  method: 'POST', path: '/api/v1/credentials', scope: 'credentials:write', tag, creates: true, status: 201,
  summary: 'Store secrets for a connector, encrypted.',
  body: z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'takes letters, digits, dots, hyphens and underscores').optional().describe('Chosen name, unique in the tenant, for instance `smtp-credentials`. Empty: one is made.'),
    name: z.string().trim().min(1).max(200).optional().describe('What people call it. Empty: the id.'),
    connector: z.string().min(1).max(300).describe('Connector that it is for; no other one gets it.'),
    credentials: values,
  }),
  reply: credential,
  handle: async ({ credentials }, { caller, body }) => withEtag(await credentials.create(caller, body)),
})

const listCredentials = defineRoute({
  method: 'GET', path: '/api/v1/credentials', scope: 'credentials:read', tag, summary: 'List credentials, without their secrets.',
  query: z.strictObject({ ...pageQuery, connector: z.string().max(300).optional() }), reply: pageOf(credential),
  handle: async ({ credentials }, { caller, query }) => {
    const page = await credentials.list(caller, query)
    return { data: page.data.map(withEtag), nextCursor: page.nextCursor }
  },
})

const getCredential = defineRoute({
  method: 'GET', path: '/api/v1/credentials/:id', scope: 'credentials:read', tag, summary: 'Get a credential, without its secrets.',
  params: id, reply: credential, handle: async ({ credentials }, { caller, params }) => withEtag(await credentials.find(caller, params.id)),
})

const updateCredential = defineRoute({
  method: 'PATCH', path: '/api/v1/credentials/:id', scope: 'credentials:write', tag, summary: 'Change a credential.',
  description: 'Fields that are not named stay as they are; null removes one.',
  params: id, body: z.strictObject({ name: z.string().trim().min(1).max(200).optional(), credentials: values.optional() }), reply: credential,
  handle: async ({ credentials }, { caller, params, body, request }) => withEtag(await credentials.update(caller, params.id, body, { ifMatch: request.ifMatch })),
})

const deleteCredential = defineRoute({
  method: 'DELETE', path: '/api/v1/credentials/:id', scope: 'credentials:write', tag, status: 204, summary: 'Delete a credential that no integration uses.',
  params: id, reply: z.undefined(),
  handle: async ({ credentials }, { caller, params }) => {
    await credentials.remove(caller, params.id)
    return new Answer({})
  },
})

const rotateTenantKey = defineRoute({
  method: 'POST', path: '/api/v1/credentials/rotate-keys', scope: 'credentials:write', tag, summary: "Make a new encryption key for the tenant and encrypt its credentials anew.",
  description: 'Calls go on meanwhile. Needs the role admin.',
  body: z.strictObject({}).optional(), reply: z.object({ version: z.number(), credentials: z.number().describe('How many were encrypted anew.') }),
  handle: async ({ credentials }, { caller }) => {
    if (!roleAtLeast(caller.role, 'admin')) throw new HubError('forbidden', 'Rotating keys needs the role admin.')
    return credentials.rotation.rotateTenant(caller)
  },
})

const rotateRootKey = defineRoute({
  method: 'POST', path: '/api/v1/system/rotate-root-key', scope: 'tenants:admin', tag, summary: "Wrap all tenants' keys by a new root key.",
  description: 'With the root key in a file a new one is made. With INTERCHANGE_ROOT_KEY, start the hub with the new key and the old one as INTERCHANGE_ROOT_KEY_PREVIOUS first. Calls go on meanwhile.',
  body: z.strictObject({}).optional(), reply: z.object({ rootKeyId: z.string(), tenantKeys: z.number().describe('How many were wrapped anew.') }),
  handle: ({ credentials }, { caller }) => credentials.rotation.rotateRoot(caller),
})

export const credentialRoutes: Route[] = [createCredential, listCredentials, getCredential, updateCredential, deleteCredential, rotateTenantKey, rotateRootKey]
