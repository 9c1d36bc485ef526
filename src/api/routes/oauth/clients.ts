/** Vendors, and the clients by which they know a tenant. */
import { z } from 'zod'
import type { ClientRow } from '../../../credentials/oauth/clients.ts'
import { pageWithin } from '../../../lib/page.ts'
import { Answer, defineRoute, pageOf, pageQuery, timestamp, type Route } from '../../route.ts'
import { scopeList, tag, vendorName, webUrl } from './shapes.ts'

const vendor = z.object({
  id: z.string(), name: z.string(), documentation: z.string(), console: z.string().describe('Where a client is registered.'), scopes: z.record(z.string(), z.string()).describe('Scope → what it allows.'), defaultScopes: z.array(z.string()),
  parameters: z.record(z.string(), z.object({ label: z.string(), default: z.string(), pattern: z.string() })).describe('What its addresses ask for besides.'), device: z.boolean().describe('Whether it takes device codes.'), note: z.string().nullable(),
}).meta({ id: 'OAuthVendor' })

const listVendors = defineRoute({
  method: 'GET', path: '/api/v1/oauth/vendors', scope: 'credentials:read', tag, summary: 'List the vendors that come along, and the redirect URI to register there.',
  query: z.strictObject(pageQuery), reply: pageOf(vendor).extend({ redirectUri: z.string() }),
  handle: async ({ credentials: { oauth }, publicUrl }, { query }) => ({
    redirectUri: `${publicUrl()}/api/v1/oauth/callback`,
    ...pageWithin(oauth.vendors().map(({ id, server, note = null, documentation, console, scopes, defaultScopes, parameters }) => ({ id, name: server.name, documentation, console, scopes, defaultScopes, parameters, device: server.deviceAuthorizationUrl !== undefined, note })), query),
  }),
})

const listConnectable = defineRoute({
  method: 'GET', path: '/api/v1/connectors/:id/connectable', scope: 'credentials:read', tag, summary: 'List the fields of a connector for which an account can be connected.',
  params: z.object({ id: z.string().max(300) }), query: z.strictObject(pageQuery),
  reply: pageOf(z.object({
    field: z.string(), label: z.string(), vendor: z.string().nullable().describe('Whose client is needed; null: any.'), scopes: z.record(z.string(), z.string()), clientSet: z.boolean().describe('Whether there is a client.'),
    ways: z.object({ browser: z.boolean(), device: z.boolean() }).nullable().describe('How its owner can be asked, as far as it is known before the vendor is: sent there by a browser, or by a code that is typed in. Null where any vendor serves.'),
  })),
  handle: async ({ credentials: { oauth } }, { caller, params, query }) => pageWithin(await oauth.connectable(caller, params.id), query),
})

const settings = {
  clientId: z.string().trim().min(1).max(500), scopes: scopeList.optional().describe('Asked for where nobody says which.'),
  parameters: z.record(z.string().max(100), z.string().max(300)).optional().describe("Of the vendor's addresses: Microsoft's `directory`, Salesforce's `domain`."),
  endpoints: z.strictObject({
    issuer: webUrl.optional().describe('The others are discovered from it.'), authorizationUrl: webUrl.optional(), tokenUrl: webUrl.optional(), revocationUrl: webUrl.optional(), deviceAuthorizationUrl: webUrl.optional(),
  }).optional().describe('Of a vendor that does not come along, or instead of what the document of a connector says.'),
}
const client = z.object({
  vendor: z.string(), ...settings, hasSecret: z.boolean(), shared: z.boolean().describe("The operator's, for all tenants."), own: z.boolean().describe("The tenant's own."), createdAt: timestamp, updatedAt: timestamp,
}).meta({ id: 'OAuthClient' })

function shown({ tenantId, vendor, clientId, hasSecret, settings, shared, createdAt, updatedAt }: ClientRow, caller: { tenantId: string }): z.input<typeof client> {
  return { vendor, clientId, hasSecret, ...settings, shared, own: tenantId === caller.tenantId, createdAt, updatedAt }
}

const params = z.object({ vendor: vendorName })

const putClient = defineRoute({
  method: 'PUT', path: '/api/v1/oauth-clients/:vendor', scope: 'oauth-clients:write', tag, summary: "Give a vendor's client id and secret, once for all accounts.",
  description: 'The name is that of a vendor that comes along, the id of a connector whose document says where to ask, or any other with `endpoints`. A secret that is left out stays, with the same client id.',
  params, reply: client,
  body: z.strictObject({ ...settings, clientSecret: z.string().min(1).max(4000).optional().describe('Stored encrypted, never given back. Without one the client is a public one.'), shared: z.boolean().optional().describe("For all tenants that have none of their own; only by the operator's owner.") }),
  handle: async ({ credentials: { oauth } }, { caller, params, body }) => shown(await oauth.clients.put(caller, params.vendor, body), caller),
})

const listClients = defineRoute({
  method: 'GET', path: '/api/v1/oauth-clients', scope: 'credentials:read', tag, summary: 'List the clients, without their secrets.',
  query: z.strictObject(pageQuery), reply: pageOf(client),
  handle: async ({ credentials: { oauth } }, { caller, query }) => pageWithin((await oauth.clients.list(caller)).map((row) => shown(row, caller)), query),
})

const getClient = defineRoute({
  method: 'GET', path: '/api/v1/oauth-clients/:vendor', scope: 'credentials:read', tag, summary: "Get a client of the tenant's own, without its secret.",
  params, reply: client, handle: async ({ credentials: { oauth } }, { caller, params }) => shown(await oauth.clients.find(caller, params.vendor), caller),
})

const deleteClient = defineRoute({
  method: 'DELETE', path: '/api/v1/oauth-clients/:vendor', scope: 'oauth-clients:write', tag, status: 204, summary: 'Delete a client. What was connected with it works until its tokens are over.',
  params, reply: z.undefined(),
  async handle({ credentials: { oauth } }, { caller, params }) {
    await oauth.clients.remove(caller, params.vendor)
    return new Answer({})
  },
})

export const oauthClientRoutes: Route[] = [listVendors, listConnectable, putClient, listClients, getClient, deleteClient]
