/** How an endpoint is shown who the hub is: its secrets, from what was written to the headers of a request. */
import type { Credentials, OpenCredential } from '../../credentials/credentials.ts'
import type { FieldValues } from '../../credentials/fields.ts'
import { createMask, type Mask } from '../../lib/mask.ts'
import type { HeaderMap } from '../../lib/http/http.ts'
import type { Authentication } from './settings.ts'
import { readSecret, type SigningKey } from './signature.ts'

/** What stands in `credentials.own` for an endpoint. */
export interface WebhookSecrets {
  secret: string
  /** The one before the last rotation. */
  previousSecret?: string | undefined
  /** The password, token or client secret. */
  authentication?: string | undefined
  headers: Record<string, string>
}

/** What is shown in place of a secret. */
export const HIDDEN = '…'

export function ownerOf(id: string): string {
  return `webhook.${id}`
}

const HEADER = 'header.'

/** Each secret by itself, since masks know those that stand alone best. */
export function toFields({ headers, ...secrets }: WebhookSecrets): FieldValues {
  return { ...secrets, ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [HEADER + name, value])) }
}

export function fromFields(values: FieldValues): WebhookSecrets {
  const { secret, previousSecret, authentication } = values as Record<string, string | undefined>
  const headers = Object.entries(values as Record<string, string>).filter(([name]) => name.startsWith(HEADER)).map(([name, value]) => [name.slice(HEADER.length), value])
  return { secret: secret ?? '', previousSecret, authentication, headers: Object.fromEntries(headers) as Record<string, string> }
}

/** The one secret among its fields. */
export function secretOf(authentication: Authentication): string {
  return authentication.type === 'basic' ? authentication.password : authentication.type === 'bearer' ? authentication.token : authentication.clientSecret
}

export function withSecret(authentication: Authentication, secret: string): Authentication {
  if (authentication.type === 'basic') return { ...authentication, password: secret }
  return authentication.type === 'bearer' ? { ...authentication, token: secret } : { ...authentication, clientSecret: secret }
}

export interface OpenSecrets {
  key: SigningKey
  previousKey: SigningKey | undefined
  headers: HeaderMap
  /** The `Authorization` header. Throws HubError where no token can be had. */
  authorization(): Promise<string | undefined>
  /** A token was refused. */
  invalidate(authorization: string): Promise<void>
  mask: Mask
}

export type OpensSecrets = Pick<Credentials, 'own' | 'tokens'>

/** Throws HubError `credential_missing`, `credential_unreadable`. */
export async function openSecrets(credentials: OpensSecrets, { tenantId, id }: { tenantId: string, id: string }, authentication: Authentication | null): Promise<OpenSecrets> {
  const opened = await credentials.own.open(tenantId, ownerOf(id))
  const { secret, previousSecret, authentication: given = '', headers } = fromFields(opened.values)
  const key = readSecret(secret)
  const previousKey = previousSecret === undefined ? undefined : readSecret(previousSecret)
  if (authentication?.type === 'oauth2ClientCredentials') {
    const { tokenUrl, clientId, scopes, audience, authMethod } = authentication
    const tokens = credentials.tokens(tenantId, opened.id)
    const request = { tokenUrl, clientId, clientSecret: given, scopes, audience, authMethod }
    return {
      key, previousKey, headers, mask: opened.mask,
      authorization: async () => `Bearer ${await tokens.get(request)}`,
      invalidate: (authorization) => tokens.invalidate(request, authorization.slice('Bearer '.length)),
    }
  }
  const fixed = authentication === null ? undefined : fixedHeader(authentication, given)
  return { key, previousKey, headers, mask: maskOf(opened, fixed), authorization: async () => fixed, invalidate: async () => undefined }
}

function fixedHeader(authentication: Authentication, secret: string): string {
  return authentication.type === 'basic' ? `Basic ${Buffer.from(`${authentication.username}:${secret}`).toString('base64')}` : `Bearer ${secret}`
}

/** A password too short to be masked by itself is not to be read from the header that it makes. */
function maskOf({ mask }: OpenCredential, header: string | undefined): Mask {
  if (!header?.startsWith('Basic ')) return mask
  const ofHeader = createMask([header.slice('Basic '.length)])
  return {
    mask: (text) => mask.mask(ofHeader.mask(text)), maskJson: (json) => mask.maskJson(ofHeader.maskJson(json)), maskValue: (value) => mask.maskValue(ofHeader.maskValue(value)),
    needles: (shortest) => [...mask.needles(shortest), ...ofHeader.needles(shortest)],
  }
}
