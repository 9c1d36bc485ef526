/** Percent-encoding by RFC 3986. */

/** Everything but unreserved characters is encoded: what comes out can neither end a segment nor start a parameter. */
export function encode(text: string): string {
  if (/^[A-Za-z0-9._~-]*$/.test(text)) return text
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, escapeByte)
}

/**
 * RFC 6570's reserved expansion for a query: reserved characters and percent-encoded triples pass, except those that
 * would change how the query is read: OpenAPI leaves these to the application.
 */
export function encodeReserved(text: string): string {
  return text.toWellFormed().replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~%:/?@!$'()*,;=-]/gu, encodeURIComponent)
    .replaceAll('#', '%23').replaceAll('&', '%26').replaceAll('+', '%2B')
}

/** The same for a path, where a slash, question mark or hash would leave the segment, and so would an encoded slash. */
export function encodeReservedInPath(text: string): string {
  return text.toWellFormed().replace(/[^A-Za-z0-9._~:@!$'()*,;=&+-]/gu, encodeURIComponent)
}

/** As forms write it: WHATWG URL, `application/x-www-form-urlencoded`. */
export function encodeForm(text: string): string {
  return encode(text).replaceAll('%20', '+').replaceAll('~', '%7E')
}

export function identity(text: string): string { return text }

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
