/**
 * AES-256-GCM (NIST SP 800-38D), as `nonce (12 bytes) | ciphertext | tag (16 bytes)`. The associated data says where a value
 * belongs, so that one that was moved to another row, field, tenant or key version is refused.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { HubError } from '../errors.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export function seal(key: Buffer, plain: Buffer, place: string[]): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(associatedData(place))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws HubError `credential_unreadable` for another key, another place, or a changed value. */
export function unseal(key: Buffer, sealed: Buffer, place: string[]): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(associatedData(place))
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()])
  } catch (error) {
    throw new HubError('credential_unreadable', 'A stored secret cannot be decrypted: it was changed, moved, or encrypted with another key.', { cause: error })
  }
}

/** Unambiguous: no part can pretend to be two. */
function associatedData(place: string[]): Buffer {
  return Buffer.from(JSON.stringify(['interchange', 1, ...place]))
}
