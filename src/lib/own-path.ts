const BASE = 'http://own.invalid'

/** The path as it is, where a browser that is led to it stays on the same origin; undefined for anything else. */
export function ownPath(path: string): string | undefined {
  const url = /^\/(?![/\\])[^\0-\x20\\\x7f]*$/.test(path) ? URL.parse(path, BASE) : null
  if (url?.origin !== BASE) return undefined
  const own = url.pathname + url.search + url.hash
  // Dots are gone only now, and what they leave may begin another authority: `/.//evil.example`.
  return own.startsWith('//') ? undefined : own
}
