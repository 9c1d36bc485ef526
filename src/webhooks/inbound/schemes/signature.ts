/** What signature schemes have in common. Comparison takes as long for a wrong signature as for a right one. */
import { createHash, createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { z } from 'zod'

export function hmacKey(secret: string | Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(secret as string))
}

/** Whether one of `given` is the HMAC of the parts under one of the keys. */
export function matchesHmac(algorithm: string, keys: readonly KeyObject[], parts: readonly (string | Uint8Array)[], given: readonly Buffer[]): boolean {
  let matches = false
  for (const key of keys) {
    const hmac = createHmac(algorithm, key)
    for (const part of parts) hmac.update(part)
    const expected = hmac.digest()
    for (const each of given) if (each.length === expected.length && timingSafeEqual(each, expected)) matches = true
  }
  return matches
}

export type Encoding = 'hex' | 'base64' | 'base64url'

const alphabets: Record<Encoding, RegExp> = { hex: /^(?:[0-9a-f]{2})+$/i, base64: /^[A-Za-z0-9+/]+={0,2}$/, base64url: /^[A-Za-z0-9_-]+={0,2}$/ }

/** Undefined for what is not of the encoding: Node passes over such characters, and takes what is left. */
export function decoded(text: string, encoding: Encoding): Buffer | undefined {
  return alphabets[encoding].test(text) ? Buffer.from(text, encoding) : undefined
}

/** Of a secret that is sent as it is: digests are compared, so that not even its length shows. */
export function digestOf(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest()
}

export function matchesDigest(expected: readonly Buffer[], given: string | Uint8Array): boolean {
  const digest = digestOf(given)
  let matches = false
  for (const each of expected) if (timingSafeEqual(each, digest)) matches = true
  return matches
}

export const toleranceSeconds = z.number().int().min(1).max(86_400).default(300).describe('How far the timestamp may be from now, in seconds, in the past or the future.')

/** What is wrong with a timestamp of Unix seconds; undefined where it is near enough. */
export function timestampFault(text: string | undefined, tolerance: number, now: number): string | undefined {
  if (text === undefined || !/^\d{1,12}$/.test(text)) return 'The timestamp is missing or no number of seconds.'
  return ageFault(Number(text) * 1000, tolerance, now)
}

export function ageFault(momentMs: number, tolerance: number, now: number): string | undefined {
  if (momentMs < now - tolerance * 1000) return 'The timestamp is too old.'
  if (momentMs > now + tolerance * 1000) return 'The timestamp lies in the future.'
  return undefined
}

/** Says the same of a wrong secret, an altered body and a made-up signature. */
export const MISMATCH = 'The signature does not match.'

export function missing(header: string): string {
  return `The header ${header} with the signature is missing or malformed.`
}
