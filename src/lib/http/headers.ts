import type { HeaderMap } from './http.ts'

/**
 * One map out of several, names in lower case; of the same name, in whatever case, the last map's values win.
 * Has no prototype: a header may be called `__proto__`.
 */
export function mergeHeaders(...maps: (HeaderMap | undefined)[]): HeaderMap {
  const merged = Object.create(null) as HeaderMap
  for (const map of maps) {
    for (const [name, value] of Object.entries(map ?? {})) merged[name.toLowerCase()] = value
  }
  return merged
}

/** A header's value by its name in lower case, of an answer or a merged map; several are joined as RFC 9110 says. */
export function headerValue(headers: HeaderMap, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}
