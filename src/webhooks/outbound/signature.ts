/**
 * Signatures of what is delivered: Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md),
 * and a plain one over the body, for receivers that know nothing else.
 */
import { createHmac, createPrivateKey, createPublicKey, createSecretKey, randomBytes, sign, type Hmac, type KeyObject } from 'node:crypto'

/** What is signed; text counts in UTF-8. */
export type Body = string | Uint8Array

export interface SigningKey {
  /** `v1,…` or `v1a,…`. */
  sign(messageId: string, timestamp: number, body: Body): string
  /** Hex. */
  signBody(body: Body): string
  /** What receivers check by, where it is another than the secret. */
  publicKey: string | undefined
}

const SYMMETRIC = 'whsec_'
const PRIVATE = 'whsk_'
const PUBLIC = 'whpk_'
const SECRET_BYTES = 32
const ED25519_BYTES = 32
/** Of PKCS #8, before the 32 bytes of an ed25519 key: RFC 8410 §7. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A new secret, of the same kind as the one that it follows. */
export function makeSecret(before = SYMMETRIC): string {
  return (before.startsWith(PRIVATE) ? PRIVATE : SYMMETRIC) + randomBytes(SECRET_BYTES).toString('base64')
}

/** What may be shown of a secret: of which kind it is. */
export function hintOf(secret: string): string {
  const prefix = [SYMMETRIC, PRIVATE].find((each) => secret.startsWith(each)) ?? ''
  return `${prefix}…`
}

/** Whether a text is such a hint, written back. */
export function isHint(text: string): boolean {
  return /^(whsec_|whsk_)?…$/.test(text)
}

/** Throws RangeError, which says what is wrong and never shows the secret. */
export function readSecret(secret: string): SigningKey {
  if (secret.startsWith(PRIVATE)) return ed25519Key(decoded(secret.slice(PRIVATE.length), PRIVATE))
  if (secret.startsWith(SYMMETRIC)) return hmacKey(decoded(secret.slice(SYMMETRIC.length), SYMMETRIC), secret)
  if (secret.startsWith(PUBLIC)) throw new RangeError(`is a public key: signing needs the private one (${PRIVATE}…)`)
  return hmacKey(Buffer.from(secret), secret)
}

/**
 * The plain signature's key is the secret as its owner sees it, prefix and all: who knows nothing of Standard Webhooks takes it for text.
 */
function hmacKey(bytes: Buffer, secret: string): SigningKey {
  // Made once: a key given as bytes costs five times the signature itself.
  const key = createSecretKey(bytes)
  const text = createSecretKey(Buffer.from(secret))
  return {
    sign: (messageId, timestamp, body) => `v1,${started(key, `${messageId}.${timestamp}.`, body).digest('base64')}`,
    signBody: (body) => createHmac('sha256', text).update(body).digest('hex'),
    publicKey: undefined,
  }
}

function started(key: KeyObject, prefix: string, body: Body): Hmac {
  const hmac = createHmac('sha256', key)
  return typeof body === 'string' ? hmac.update(prefix + body) : hmac.update(prefix).update(body)
}

/** 32 bytes are the key itself; of 64 the second half is the public key, as libsodium keeps them. */
function ed25519Key(bytes: Buffer): SigningKey {
  if (bytes.length !== ED25519_BYTES && bytes.length !== 2 * ED25519_BYTES) throw new RangeError(`must hold 32 or 64 bytes in base64 after ${PRIVATE}, not ${bytes.length}`)
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, bytes.subarray(0, ED25519_BYTES)]), format: 'der', type: 'pkcs8' })
  const publicBytes = publicBytesOf(key)
  if (bytes.length > ED25519_BYTES && !publicBytes.equals(bytes.subarray(ED25519_BYTES))) throw new RangeError('has two halves that are not of one key pair')
  return {
    sign: (messageId, timestamp, body) => `v1a,${sign(null, Buffer.concat([Buffer.from(`${messageId}.${timestamp}.`), bytesOf(body)]), key).toString('base64')}`,
    signBody: (body) => sign(null, bytesOf(body), key).toString('hex'),
    publicKey: PUBLIC + publicBytes.toString('base64'),
  }
}

function publicBytesOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-ED25519_BYTES)
}

function bytesOf(body: Body): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body
}

/** Node skips what is no base64; a secret that was cut or mistyped would sign with another key than its owner thinks. */
function decoded(text: string, prefix: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  const plain = (base64: string): string => base64.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  if (bytes.length === 0 || plain(bytes.toString('base64')) !== plain(text)) throw new RangeError(`must be base64 after ${prefix}`)
  return bytes
}

export interface Signed { messageId: string, body: Body, now: Date }

/**
 * The headers of Standard Webhooks, and `signatureHeader` with the plain signature. Several keys, newest first, while a rotation overlaps: their
 * signatures stand side by side. Without keys it goes unsigned.
 */
export function signatureHeaders(keys: readonly SigningKey[], { messageId, body, now }: Signed, signatureHeader: string): Record<string, string> {
  const timestamp = Math.floor(now.getTime() / 1000)
  const headers: Record<string, string> = { 'webhook-id': messageId, 'webhook-timestamp': String(timestamp) }
  if (keys.length === 0) return headers
  headers['webhook-signature'] = keys.map((key) => key.sign(messageId, timestamp, body)).join(' ')
  headers[signatureHeader] = keys.map((key) => key.signBody(body)).join(',')
  return headers
}
