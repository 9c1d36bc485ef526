/** What a manifest.json must hold. */
import { z } from 'zod'
import { integrationKinds, type Manifest } from './connector.ts'

const text = z.string().trim().min(1)
const jsonSchema = z.record(z.string(), z.unknown())

const credentialField = z.strictObject({
  label: text,
  type: z.enum(['text', 'password', 'oauth']),
  required: z.boolean(),
  description: text.optional(),
  schema: jsonSchema.optional(),
  when: z.record(z.string(), z.array(text).min(1)).optional(),
  oauth: z.strictObject({
    authorizationUrl: z.url().optional(), tokenUrl: z.url().optional(), deviceAuthorizationUrl: z.url().optional(), openIdConnectUrl: z.url().optional(),
    scopes: z.record(z.string(), z.string()).optional(),
  }).optional(),
})

const event = z.strictObject({
  eventType: text.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'takes letters, digits, dots, hyphens and underscores'),
  description: text,
  /** Below the connector's folder: it becomes a path. */
  schemaPath: z.string().regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.json$/, 'must be a .json file below the folder of the connector'),
})

const manifestSchema = z.strictObject({
  type: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'takes lower-case words with hyphens between'),
  name: text, description: text, service: text,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a version like 1.0.0'),
  kind: z.enum(integrationKinds),
  categories: z.array(z.string().regex(/^[a-z]+(?:_[a-z]+)*$/, 'takes lower-case words with underscores between')).min(1),
  capabilities: z.strictObject({
    operations: z.array(text).min(1),
    authentication: z.array(z.enum(['none', 'apiKey', 'basic', 'bearer', 'oauth2', 'oauth2ClientCredentials', 'awsSigV4'])).min(1),
    dataTypes: z.array(text),
    features: z.array(text),
  }),
  credentialSchema: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be a plain name'), credentialField),
  configurationSchema: jsonSchema.refine((schema) => schema['type'] === 'object', 'must describe an object'),
  events: z.array(event),
  dependencies: z.array(text),
  supportLevel: z.enum(['community', 'verified', 'official']),
  developer: text,
  documentation: z.url({ protocol: /^https$/ }),
  lastUpdated: z.iso.date(),
})

/** Throws an Error that names the connector, the place and the fault. */
export function readManifest(source: unknown): Manifest {
  const result = manifestSchema.safeParse(source)
  if (result.success) return result.data as Manifest
  const { type } = (source ?? {}) as { type?: unknown }
  const faults = result.error.issues.map(({ path, message }) => `/${path.join('/')} ${message}`)
  throw new Error(`The manifest of ${String(type)} is not valid: ${faults.join('; ')}`)
}
