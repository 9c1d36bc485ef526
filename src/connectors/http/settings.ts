/** The configuration and credentials of an integration over plain HTTP. Their descriptions for people are in manifest.json. */
import { z } from 'zod'
import type { ConnectionContext } from '../connector.ts'
import { parseInput } from '../../lib/zod-errors.ts'

const address = z.url({ protocol: /^https?$/ })
// A line break would begin another header.
const headerText = z.string().regex(/^[^\r\n\0]*$/, 'holds a line break')
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name')
const secret = headerText.optional()
const kind = z.enum(['none', 'apiKey', 'basic', 'bearer', 'oauth2', 'oauth2ClientCredentials', 'awsSigV4'])
const place = z.enum(['header', 'query', 'cookie'])
const keyName = headerText.min(1).max(100)
const keyPrefix = headerText.max(50)

export const configuration = z.strictObject({
  baseUrl: address.optional(),
  hosts: z.array(z.string().regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/, 'must be a host or host:port')).max(50).default([]),
  testPath: z.string().default(''),
  authentication: z.strictObject({
    type: kind.optional(), in: place.optional(), name: keyName.optional(), prefix: keyPrefix.optional(),
    tokenUrl: address.optional(), scope: z.string().optional(), region: z.string().optional(), service: z.string().optional(),
  }).prefault({}),
})

const credentials = z.object({
  kind: kind.optional(), keyPlace: place.optional(), keyName: keyName.optional(), keyPrefix: keyPrefix.optional(),
  tokenUrl: address.optional(), scope: z.string().optional(), region: z.string().optional(), service: z.string().optional(),
  apiKey: secret, username: secret, password: secret, token: secret, clientId: secret, clientSecret: secret,
  accessKeyId: secret, secretAccessKey: secret, sessionToken: secret,
  headerName: headerName.optional(), headerValue: secret, oauth: z.object({ connected: z.literal(true) }).optional(),
})

export type Configuration = z.output<typeof configuration>
export type Credentials = z.output<typeof credentials>

/** How a credential is shown to the service. */
export interface AuthenticationSettings { kind: z.output<typeof kind> | undefined, place: z.output<typeof place>, name: string, prefix: string, tokenUrl: string | undefined, scope: string, region: string, service: string }

/** What the configuration says goes before what the credential says. */
export function authenticationOf({ authentication: said }: Configuration, own: Credentials): AuthenticationSettings {
  return {
    kind: said.type ?? own.kind, place: said.in ?? own.keyPlace ?? 'header', name: said.name ?? own.keyName ?? 'X-API-Key', prefix: said.prefix ?? own.keyPrefix ?? '',
    tokenUrl: said.tokenUrl ?? own.tokenUrl, scope: said.scope ?? own.scope ?? '', region: said.region ?? own.region ?? '', service: said.service ?? own.service ?? '',
  }
}

/** Throws HubError `invalid_input`. */
export function readConfiguration({ configuration: given }: Pick<ConnectionContext, 'configuration'>): Configuration {
  return parseInput(configuration, given, '/configuration')
}

/** Empty fields count as left out. Throws HubError `invalid_input`, which never shows a value. */
export function readCredentials({ credentials: given }: Pick<ConnectionContext, 'credentials'>): Credentials {
  return parseInput(credentials, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== null)), '/credentials')
}
