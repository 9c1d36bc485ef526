/**
 * Standard Webhooks 1.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * Svix, where it comes from, calls the headers `svix-…`.
 */
import { createPublicKey, randomBytes, verify, type KeyObject } from 'node:crypto'
import { decoded, hmacKey, matchesHmac, MISMATCH, missing, timestampFault, toleranceSeconds } from './signature.ts'
import { defineScheme, failed, headerOf, passed, type IncomingRequest } from './scheme.ts'

type Key = { kind: 'hmac', keys: KeyObject[] } | { kind: 'ed25519', key: KeyObject }

const SYMMETRIC = 'whsec_'
const PUBLIC = 'whpk_'
/** Of SubjectPublicKeyInfo, before the 32 bytes of an ed25519 key: RFC 8410 §4. */
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex')
/** Nobody overlaps more rotations than this, and each costs a check. */
const MAX_SIGNATURES = 16

export const standardWebhooks = defineScheme<{ toleranceSeconds: typeof toleranceSeconds }, Key>({
  name: 'standard-webhooks',
  description: 'Standard Webhooks 1.0 with `v1` (HMAC-SHA256) or `v1a` (ed25519) signatures; Svix too.',
  settings: { toleranceSeconds },
  secret: {
    description: '`whsec_…`, or the public key `whpk_…` for ed25519.',
    generate: () => SYMMETRIC + randomBytes(32).toString('base64'),
  },

  keyOf(secret) {
    if (secret.startsWith('whsk_')) throw new RangeError('is a private key: checking needs the public one (whpk_…)')
    if (secret.startsWith(PUBLIC)) return { kind: 'ed25519', key: publicKey(secret.slice(PUBLIC.length)) }
    const bytes = decoded(secret.startsWith(SYMMETRIC) ? secret.slice(SYMMETRIC.length) : secret, 'base64')
    if (secret.startsWith(SYMMETRIC)) {
      if (bytes === undefined || bytes.length === 0) throw new RangeError(`must be base64 after ${SYMMETRIC}`)
      return { kind: 'hmac', keys: [hmacKey(bytes)] }
    }
    // Without the prefix some take the text for base64, others for the key itself.
    return { kind: 'hmac', keys: [hmacKey(secret), ...bytes === undefined || bytes.length === 0 ? [] : [hmacKey(bytes)]] }
  },

  verify(request, settings, keys, now) {
    const id = idOf(request)
    const timestamp = field(request, 'timestamp')
    const signatures = field(request, 'signature')
    // A dot in the id would let a part of it pass for the timestamp.
    if (id === undefined || id === '' || id.includes('.')) return failed('The header webhook-id is missing, or has a dot in it.')
    const fault = timestampFault(timestamp, settings.toleranceSeconds, now)
    if (fault !== undefined) return failed(fault)
    const given = (signatures ?? '').split(' ').slice(0, MAX_SIGNATURES)
    const symmetric = bytesOf(given, 'v1,')
    const asymmetric = bytesOf(given, 'v1a,')
    if (symmetric.length === 0 && asymmetric.length === 0) return failed(missing('webhook-signature'))
    const parts = [`${id}.${timestamp}.`, request.rawBody]
    const matches = keys.some((key) => (key.kind === 'hmac' ? matchesHmac('sha256', key.keys, parts, symmetric) : matchesEd25519(key.key, parts, asymmetric)))
    return matches ? passed : failed(MISMATCH)
  },

  eventId: idOf,
})

function idOf(request: IncomingRequest): string | undefined {
  return field(request, 'id')
}

function field(request: IncomingRequest, name: string): string | undefined {
  return headerOf(request, `webhook-${name}`) ?? headerOf(request, `svix-${name}`)
}

function bytesOf(signatures: string[], version: string): Buffer[] {
  return signatures.flatMap((each) => (each.startsWith(version) ? decoded(each.slice(version.length), 'base64') ?? [] : []))
}

function publicKey(text: string): KeyObject {
  const bytes = decoded(text, 'base64')
  if (bytes?.length !== 32) throw new RangeError(`must hold 32 bytes in base64 after ${PUBLIC}`)
  return createPublicKey({ key: Buffer.concat([SPKI_HEADER, bytes]), format: 'der', type: 'spki' })
}

function matchesEd25519(key: KeyObject, parts: readonly (string | Buffer)[], given: readonly Buffer[]): boolean {
  const signed = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  return given.some((signature) => signature.length === 64 && verify(null, signed, key, signature))
}
