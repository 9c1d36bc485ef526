/** JSON Pointer, RFC 6901. */
import { HubError } from '../../errors.ts'

/** `formatPointer(['a/b', 0])` is `/a~1b/0`; no tokens mean the whole document. */
export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${escapeToken(token)}`).join('')
}

export function appendPointer(pointer: string, token: string | number): string {
  return `${pointer}/${escapeToken(token)}`
}

function escapeToken(token: string | number): string {
  const text = String(token)
  return /[~/]/.test(text) ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text
}

/**
 * Also takes the form within a URI, `#/a%20b`. Throws HubError `invalid_request` for text that is no pointer:
 * without a slash in front, with a `~` before neither 0 nor 1, or with bad percent-encoding.
 */
export function parsePointer(pointer: string): string[] {
  const plain = pointer.startsWith('#') ? decodeFragment(pointer) : pointer
  if (plain === '') return []
  if (!plain.startsWith('/') || /~(?![01])/.test(plain)) throw noPointer(pointer)
  // First the slashes: `~01` stands for `~1`, not for a slash.
  return plain.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value there, or undefined where there is none. Only a value's own members count, and array indices as RFC 6901 writes them. */
export function resolvePointer(document: unknown, pointer: string | readonly string[]): unknown {
  let value = document
  for (const token of typeof pointer === 'string' ? parsePointer(pointer) : pointer) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) ? !/^(?:0|[1-9]\d*)$/.test(token) : !Object.hasOwn(value, token)) return undefined
    value = (value as Record<string, unknown>)[token]
  }
  return value
}

function decodeFragment(pointer: string): string {
  try {
    return decodeURIComponent(pointer.slice(1))
  } catch {
    throw noPointer(pointer)
  }
}

function noPointer(pointer: string): HubError {
  return new HubError('invalid_request', `${JSON.stringify(pointer.slice(0, 200))} is not a JSON Pointer`)
}
