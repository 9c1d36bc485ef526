/** JSON Pointers (RFC 6901), as pointers and as the fragments of references. */

export function at(pointer: string, key: string | number): string {
  if (typeof key === 'number') return `${pointer}/${key}`
  return `${pointer}/${escapeSegment(key)}`
}

function escapeSegment(key: string): string {
  return /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}

export function segmentsOf(pointer: string): string[] {
  if (pointer === '') return []
  return pointer.slice(1).split('/').map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** A pointer out of a reference's fragment, where characters may be percent-encoded, as they must be in a URI. */
export function pointerOfFragment(fragment: string): string {
  if (!fragment.includes('%')) return fragment
  return fragment.split('/').map(decodeSegment).join('/')
}

function decodeSegment(segment: string): string {
  try {
    return escapeDecoded(decodeURIComponent(segment))
  } catch {
    return segment
  }
}

// A decoded `%2F` belongs to the name, it does not part segments.
function escapeDecoded(segment: string): string {
  return segment.replaceAll('/', '~1')
}

/** Own properties only: a reference must never reach a prototype. */
export function valueAt(root: unknown, pointer: string): unknown {
  let current = root
  for (const segment of segmentsOf(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined
    current = (current as Record<string, unknown>)[segment]
  }
  return current
}
