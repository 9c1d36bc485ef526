/** Query strings as text: what the caller wrote stays as it was written, and spaces become %20, which signatures demand. */

/** Pairs are put behind those that are there. */
export function withQuery(url: URL, pairs: [name: string, value: string][]): URL {
  if (pairs.length === 0) return url
  const added = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  const result = new URL(url)
  result.search = url.search.length > 1 ? `${url.search}&${added}` : added
  return result
}

/** Without the parameters of that name. */
export function withoutQuery(url: URL, name: string): URL {
  const result = new URL(url)
  const kept = url.search.slice(1).split('&').filter((pair) => new URLSearchParams(pair).keys().next().value !== name)
  result.search = kept.join('&')
  return result
}

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
