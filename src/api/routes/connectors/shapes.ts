/** Connectors as the API takes and gives them. */
import { z } from 'zod'
import { cardOrigins, logoPath, type Card } from '../../../catalog/available.ts'
import { credentialsAsSchema } from '../../../catalog/credential-form.ts'
import type { ConnectorFacts, ConnectorSummary } from '../../../catalog/facts.ts'
import { integrationKinds } from '../../../connectors/connector.ts'
import { timestamp } from '../../route.ts'

export const tag = 'Connectors'

export const connectorId = z.object({ id: z.string().max(200).describe('Id of the connector, for instance `stripe` or `googleapis.com:gmail`.') })

const id = z.string().describe('What integrations name it by.')
const type = z.string().describe('What made it: `openapi` for documents, its own id for a hand-written one.')
const name = z.string().describe('What people call it.')
const kind = z.enum(integrationKinds).describe('What an integration of it is, unless it says otherwise.')
const categories = z.array(z.string())
const logo = z.string().describe('Path of its logo, an SVG. Asks for no key.')
const operationCount = z.number().int().describe('How many operations it has.')
const authentication = z.array(z.string()).describe('`none`, `apiKey`, `basic`, `bearer`, `oauth2` (an access token), `oauth2ClientCredentials`, `awsSigV4` …')
const supportLevel = z.enum(['community', 'verified', 'official'])

export const connectorSummary = z.object({
  id, type, name, description: z.string(), kind, version: z.string(), service: z.string().describe('The service behind it.'), categories, logo,
  origin: z.enum(['built-in', 'document', 'url', 'catalogue']).describe('Where it came from: the hub itself, a document that was sent, one that was fetched, or the catalogue.'),
  originUrl: z.string().nullable().describe('Where its document was fetched.'),
  operations: operationCount, authentication, supportLevel, documentation: z.string(), lastUpdated: z.string(),
  createdAt: timestamp.nullable().describe('When it came into the tenant; null for built-in ones.'), updatedAt: timestamp.nullable(),
}).meta({ id: 'ConnectorSummary' })

const credentialField = z.object({
  label: z.string(), type: z.enum(['text', 'password', 'oauth']).describe('`password` and `oauth` values are secrets.'), required: z.boolean(), description: z.string().optional(),
  schema: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of a field that holds several values, whose secrets carry `writeOnly`, or of one that takes one of a few.'),
  when: z.record(z.string(), z.array(z.string())).optional().describe('It belongs to some choices of another field: name of that field → its values.'),
  oauth: z.object({ authorizationUrl: z.string().optional(), tokenUrl: z.string().optional(), deviceAuthorizationUrl: z.string().optional(), openIdConnectUrl: z.string().optional(), scopes: z.record(z.string(), z.string()).optional() }).optional().describe('An account can be connected for it: `POST /api/v1/oauth/authorizations`.'),
})

export const connector = connectorSummary.extend({
  capabilities: z.object({ operations: z.array(z.string()).describe('The first of them; `GET …/operations` lists all.'), authentication: z.array(z.string()), dataTypes: z.array(z.string()), features: z.array(z.string()) }),
  credentialSchema: z.record(z.string(), credentialField).describe('Field → how to ask for it.'),
  configurationSchema: z.record(z.string(), z.unknown()).describe("JSON Schema of an integration's `configuration`."),
  schema: z.record(z.string(), z.unknown()).describe('The same as `configurationSchema`.'),
  configurableFields: z.array(z.string()).describe('The fields of the configuration.'),
  defaultSettings: z.record(z.string(), z.unknown()).describe('What a field is where it is left out.'),
  validationRules: z.array(z.object({ field: z.string(), required: z.boolean(), rule: z.record(z.string(), z.unknown()) })).describe('What each field of the configuration takes, as JSON Schema.'),
  schemas: z.object({ configuration: z.record(z.string(), z.unknown()), credentials: z.record(z.string(), z.unknown()) }).describe('JSON Schemas of what an integration takes.'),
  endpoints: z.array(z.string()).describe("The document's servers."),
  transformations: z.array(z.string()).describe('Where an integration may place jq programs.'),
  errorHandling: z.object({ retries: z.boolean(), circuitBreaker: z.boolean(), errorMapping: z.boolean() }).describe('What an integration of it does about failures.'),
  events: z.array(z.object({ eventType: z.string(), description: z.string(), schemaPath: z.string() })).describe('What it tells of by itself.'),
  dependencies: z.array(z.string()), developer: z.string(),
  specification: z.string().nullable().describe('Version of OpenAPI that the document was written in.'),
  warnings: z.array(z.string()).describe('What the document gets wrong without doing harm.'),
  etag: z.string().nullable().describe('Send it as `If-Match` with a re-import, to be told when somebody else was faster.'),
}).meta({ id: 'Connector' })

export function toSummary(summary: ConnectorSummary): z.input<typeof connectorSummary> {
  const { id, type, name, description, kind, version, service, categories, origin, sourceUrl, operationCount, authentication, supportLevel, documentation, lastUpdated, createdAt, updatedAt } = summary
  return {
    id, type, name, description, kind, version, service, categories, logo: logoPath(name, null), origin, originUrl: sourceUrl, operations: operationCount,
    authentication, supportLevel, documentation, lastUpdated, createdAt, updatedAt,
  }
}

export function toConnector(facts: ConnectorFacts): z.input<typeof connector> {
  const { manifest, detail, revision } = facts
  const { capabilities, credentialSchema, configurationSchema, events, dependencies, developer } = manifest
  const { properties = {}, required = [] } = configurationSchema as { properties?: Record<string, Record<string, unknown>>, required?: string[] }
  const fields = Object.entries(properties)
  return {
    ...toSummary(facts), capabilities, credentialSchema, configurationSchema, schema: configurationSchema, events, dependencies, developer,
    configurableFields: fields.map(([field]) => field),
    defaultSettings: Object.fromEntries(fields.filter(([, rule]) => 'default' in rule).map(([field, rule]) => [field, rule['default']])),
    validationRules: fields.map(([field, rule]) => ({ field, required: required.includes(field), rule })),
    schemas: { configuration: configurationSchema, credentials: credentialsAsSchema(credentialSchema) },
    endpoints: detail?.servers.map(({ url }) => url) ?? [], transformations: ['request', 'response', 'error'],
    errorHandling: { retries: true, circuitBreaker: true, errorMapping: true },
    specification: detail?.specification ?? null, warnings: detail?.warnings ?? [], etag: revision === undefined ? null : String(revision),
  }
}

export const card = z.object({
  connector: z.string().describe('The id to make an integration with.'), name, description: z.string(), type, kind, vendor: z.string(), version: z.string(), categories, logo,
  origin: z.enum(cardOrigins), originUrl: z.string().nullable().describe('Where the document was published.'),
  date: z.string().nullable().describe('`YYYY-MM-DD`: the document is not newer than this.'),
  generated: z.boolean().describe('Made from a document by machine, and not tried against the service.'), supportLevel, operations: operationCount, authentication,
  needsEndpoint: z.boolean().describe('The document names no server: `connection.endpoint` must.'),
  installed: z.boolean().describe('It is in the tenant. The others come with their first integration.'),
  versions: z.array(z.object({ connector: z.string(), version: z.string() })).describe('Older versions of the same service.'),
}).meta({ id: 'Card' })

export function toCard(each: Card): z.input<typeof card> { return each }

const header = z.string().max(4000).regex(/^[^\r\n\0]*$/, 'holds a line break')

export const importFields = {
  id: z.string().min(1).max(128).optional().describe("Id of the connector: letters, digits and any of `. : - _`. Made from the document's title unless given."),
  name: z.string().trim().min(1).max(200).optional().describe("What people call it. The document's title unless given."),
}

export const sourceFields = {
  url: z.url({ protocol: /^https?$/ }).max(4000).optional().describe('Address of the document. Fetched through the address guard.'),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name'), header).optional().describe('Sent with the request for the document, to its own host only. Not kept.'),
  document: z.union([z.record(z.string(), z.unknown()), z.string().min(1)]).optional().describe('The document: an object, or text in JSON or YAML.'),
}
