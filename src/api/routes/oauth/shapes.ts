import { z } from 'zod'
import { credentialIdPattern } from '../../../credentials/credentials.ts'
import { timestamp } from '../../route.ts'

export const tag = 'Connecting accounts'

export const vendorName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/, 'takes letters, digits, dots, colons, hyphens and underscores')
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,500}$/, 'is no OAuth scope')
export const scopeList = z.array(scope).max(200)
export const webUrl = z.url({ protocol: /^https?$/ }).max(2000)

/** What to connect. */
export const wanted = {
  vendor: vendorName.optional().describe('A vendor that comes along (`GET /api/v1/oauth/vendors`), or the name under which a client was given. Left out, it follows from the connector.'),
  connector: z.string().min(1).max(300).optional().describe('Id of the connector that the credential is for. Left out: `http`.'),
  field: z.string().min(1).max(300).optional().describe("Field of the connector's `credentialSchema`; needed where several can be connected."),
  credentialId: z.string().regex(credentialIdPattern).optional().describe('A credential to connect again: because its connection ended, or for more scopes. What was granted before is asked for again.'),
  name: z.string().trim().min(1).max(200).optional().describe('What people call the credential.'),
  scopes: scopeList.optional().describe("Left out: those of the client's settings, or the vendor's usual ones."),
}

export const endUser = z.strictObject({ id: z.string().trim().min(1).max(300).describe("The product's own id of its user."), email: z.string().max(320).optional(), name: z.string().max(300).optional() })

export const authorization = z.object({
  id: z.uuid(), status: z.enum(['pending', 'connected', 'failed', 'expired']), credentialId: z.string().nullable(), expiresAt: timestamp, intervalSeconds: z.number().int().nullable().describe('How often to ask, for a device code.'),
}).meta({ id: 'Authorization' })

export const started = z.object({ id: z.uuid(), url: z.string().describe('Where to send the browser.'), expiresAt: timestamp })
