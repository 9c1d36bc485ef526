/** What becomes of an endpoint's secrets when its settings are written. */
import type { Authentication, WebhookSettings } from './settings.ts'
import { HIDDEN, secretOf, withSecret, type WebhookSecrets } from './authentication.ts'
import { hintOf, isHint, makeSecret, readSecret } from './signature.ts'
import { invalid, pointerOf, type WrittenFields } from './written.ts'

export interface Before {
  url: string
  settings: WebhookSettings
  secrets: WebhookSecrets
}

export interface Parted {
  /** With hints in place of secrets. */
  settings: WebhookSettings
  secrets: WebhookSecrets
}

/**
 * Takes the secrets out of settings as they were written. A hint stands for what is stored, which goes only where it was given for.
 * Throws HubError `invalid_input`.
 */
export function partSecrets(fields: WrittenFields, { url, settings }: { url: string, settings: WebhookSettings }, before: Before | undefined): Parted {
  const { secret: given, publicKey: _key, previousSecretUntil: _until, ...security } = settings.security
  const previousSecretUntil = before?.settings.security.previousSecretUntil
  const isNew = given !== undefined && !isHint(given)
  const secret = isNew ? given : before?.secrets.secret ?? makeSecret()
  const isSame = secret === before?.secrets.secret
  const place = { fields, url, before }
  const { authentication } = security
  const { publicKey } = readSecret(secret)
  return {
    settings: {
      ...settings,
      security: {
        ...security, secret: hintOf(secret), ...publicKey !== undefined && { publicKey },
        ...isSame && previousSecretUntil !== undefined && { previousSecretUntil },
        authentication: authentication === null ? null : withSecret(authentication, HIDDEN),
        headers: Object.fromEntries(Object.keys(security.headers).map((name) => [name, HIDDEN])),
      },
    },
    secrets: {
      secret, ...isSame && before?.secrets.previousSecret !== undefined && { previousSecret: before.secrets.previousSecret },
      ...authentication !== null && { authentication: authenticationSecret(place, authentication) },
      headers: Object.fromEntries(Object.entries(security.headers).map(([name, value]) => [name, headerSecret(place, name, value)])),
    },
  }
}

interface Place { fields: WrittenFields, url: string, before: Before | undefined }

const secretFields = { basic: 'password', bearer: 'token', oauth2ClientCredentials: 'clientSecret' } as const

function authenticationSecret({ fields, url, before }: Place, authentication: Authentication): string {
  const secret = secretOf(authentication)
  if (!isHint(secret)) return secret
  const pointer = `${pointerOf(fields, 'authentication')}/${secretFields[authentication.type]}`
  const earlier = before?.settings.security.authentication
  const stored = before?.secrets.authentication
  if (earlier?.type !== authentication.type || stored === undefined) throw invalid({ pointer, detail: 'is needed: there is none that `…` could stand for' })
  const goes = (of: Authentication, endpoint: string): string => [endpoint, ...of.type === 'oauth2ClientCredentials' ? [of.tokenUrl] : []].map(originOf).join()
  if (goes(earlier, before!.url) !== goes(authentication, url)) throw invalid({ pointer, detail: 'was given for another host: give it again' })
  return stored
}

function headerSecret({ fields, url, before }: Place, name: string, value: string): string {
  if (!isHint(value)) return value
  const pointer = `${pointerOf(fields, 'headers')}/${name.replaceAll('~', '~0')}`
  const stored = Object.entries(before?.secrets.headers ?? {}).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
  if (stored === undefined) throw invalid({ pointer, detail: 'is needed: there is none that `…` could stand for' })
  if (originOf(before!.url) !== originOf(url)) throw invalid({ pointer, detail: 'was given for another host: give it again' })
  return stored
}

function originOf(url: string): string {
  return new URL(url).origin
}
