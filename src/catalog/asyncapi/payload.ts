/** Payloads as they go over the wire, and back. */

export function encodePayload(payload: unknown): Buffer {
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null))
}

/** JSON where it is some, else text. */
export function decodePayload(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8')
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
