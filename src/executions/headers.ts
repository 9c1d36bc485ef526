/** Which headers an execution may keep. Values of secrets are masked besides; this holds for those that nobody declared. */
import type { HeaderMap } from '../lib/http/http.ts'

const HIDDEN = '[hidden]'

const MAX_HEADERS = 100
const MAX_VALUE = 4000

const sensitive = /auth|cookie|token|secret|passw|credential|signature|session|api-?_?key|access-?_?key|private-?_?key|-key$|^key$|csrf|xsrf|jwt/i
/** Their names match, but they say how something went, not who somebody is. */
const harmless = /^(www-authenticate|proxy-authenticate|authority|:authority|idempotency-key|sec-websocket-key|sec-fetch-.*|access-control-.*|x-ratelimit-.*|anthropic-ratelimit-.*|ratelimit.*)$/i

const known = new Map<string, boolean>()
const KNOWN_MAX = 2000

export function isSensitiveHeader(name: string): boolean {
  let found = known.get(name)
  if (found === undefined) {
    found = sensitive.test(name) && !harmless.test(name)
    // Names come from everywhere: the memory of them must not grow without end.
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(name, found)
  }
  return found
}

/** The same object where nothing needs hiding or cutting. `cut` gets values that are too long. */
export function recordedHeaders(headers: HeaderMap, cut: (value: string, max: number) => string): HeaderMap {
  let count = 0
  let plain = true
  for (const name in headers) {
    const value = headers[name]!
    count += 1
    if (isSensitiveHeader(name) || (typeof value === 'string' ? value.length > MAX_VALUE : value.some((each) => each.length > MAX_VALUE) || value.length > MAX_HEADERS)) plain = false
  }
  if (plain && count <= MAX_HEADERS) return headers
  // fromEntries, because a header may be called __proto__.
  return Object.fromEntries(Object.entries(headers).slice(0, MAX_HEADERS).map(([name, value]) => {
    if (isSensitiveHeader(name)) return [name, HIDDEN]
    return [name, typeof value === 'string' ? cut(value, MAX_VALUE) : value.slice(0, MAX_HEADERS).map((each) => cut(each, MAX_VALUE))]
  }))
}
