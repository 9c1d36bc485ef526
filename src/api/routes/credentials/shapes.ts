/** The credential as the API takes and gives it. */
import { z } from 'zod'
import type { ShownCredential } from '../../../credentials/credentials.ts'
import { moment, timestamp } from '../../route.ts'

export const tag = 'Credentials'

export const credentialId = z.object({ id: z.string().max(128).describe('Id of the credential.') })

export const name = z.string().trim().min(1).max(200).describe('What people call it.')

export const values = z.record(z.string(), z.unknown()).describe(
  "Values by field, as the connector's `credentialSchema` names the fields. Instead of a value, `{ \"$env\": \"NAME\" }` refers to an environment variable of the hub that its operator allows. Stored encrypted; secrets are never given back.")

export const expiresAt = moment.transform((text) => new Date(text)).nullable().describe(
  'When the service that gave it lets it end (ISO 8601 with offset), if you know: the event `credential.expiring` tells of it two weeks before.')

const field = z.object({
  type: z.enum(['text', 'password', 'oauth']).describe('`password` and `oauth` are secrets.'),
  set: z.literal(true).describe('It has a value.'),
  value: z.unknown().optional().describe('Of `text` fields only.'),
  env: z.string().optional().describe('Name of the environment variable that it refers to.'),
})

const connection = z.object({
  vendor: z.string(), status: z.enum(['connected', 'error']), error: z.string().nullable().describe('Why it has ended, and what to do.'),
  scopes: z.array(z.string()).describe('What was granted.'), missingScopes: z.array(z.string()).describe("What the client's settings ask for by now besides: connect it again."),
  endUser: z.object({ id: z.string(), email: z.string().optional(), name: z.string().optional() }).nullable().describe('Of the product, where it came by a connect session.'),
  detail: z.record(z.string(), z.unknown()).describe("What the vendor told besides: Salesforce's `instance_url`, Notion's workspace."),
  connectedAt: timestamp, refreshedAt: timestamp.nullable(),
})

export const credential = z.object({
  id: z.string().describe('Integrations name it as their `credentialId`.'),
  name: z.string().describe('What people call it.'),
  connector: z.string().describe('Id of the connector that it is for; no other one gets it.'),
  fields: z.record(z.string(), field).describe('The fields that have a value.'),
  expiresAt: timestamp.nullable().describe('When it ends, as far as somebody said so.'),
  connections: z.record(z.string(), connection).describe('Accounts that are connected, by field.'),
  createdAt: timestamp.describe('When it was stored.'),
  updatedAt: timestamp.describe('When it was last changed.'),
  etag: z.string().describe('Send it as `If-Match` with a change, to be told when somebody else was faster.'),
}).meta({ id: 'Credential' })

export function toCredential({ revision, ...rest }: ShownCredential): z.input<typeof credential> {
  return { ...rest, etag: String(revision) }
}
