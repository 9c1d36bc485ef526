/** The forms in which a secret may stand in a text: as it is, escaped for JSON, XML or URLs, in base64, in hex. */

/** Each form once. A secret of plain letters and digits has few, since escapes leave it as it is. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const hex = bytes.toString('hex')
  const forms = [secret, ...base64Forms(bytes), hex, hex.toUpperCase()]
  if (!/^[\w.-]*$/.test(secret)) forms.push(...jsonForms(secret), ...xmlForms(secret), ...urlForms(bytes))
  return [...new Set(forms)]
}

function jsonForms(secret: string): string[] {
  const plain = inner(secret)
  const escape = (pattern: RegExp): string => plain.replaceAll(pattern, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const ascii = escape(/[^\x20-\x7e]/g)
  return [
    plain, inner(plain), plain.replaceAll('/', '\\/'),
    // Python's and PHP's writers keep to ASCII, Go's escapes what HTML gives a meaning to.
    ascii, ascii.replaceAll('/', '\\/'), ascii.replaceAll(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`), escape(/[<>&\u2028\u2029]/g),
  ]
}

/** Without the quotes, so that it is found in the middle of a longer string. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function xmlForms(secret: string): string[] {
  const text = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = text.replaceAll('"', '&quot;')
  return [text, quoted, quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&#x27;'), quoted.replaceAll("'", '&apos;')]
}

/** Who writes a URL decides what stays unescaped. Each set is what one kind of writer leaves as it is. */
const unescaped = [
  /[\w.~-]/, // RFC 3986
  /[\w.~!'()*-]/, // encodeURIComponent
  /[\w.~!'()*;/?:@&=+$,#-]/, // encodeURI
  /[\w.*-]/, // forms (WHATWG), with a plus for a space
  /[!$%&()*+,\-./:;=?@[\\\]^`{|}~\w]/, // a query (WHATWG URL)
  /[!$%&'()*+,\-./:;=@[\\\]^|~\w]/, // a path (WHATWG URL)
  /[!$%&'()*+,\-.~\w]/, // user and password (WHATWG URL)
]

function urlForms(bytes: Buffer): string[] {
  return unescaped.flatMap((kept) => {
    let [upper, lower] = ['', '']
    for (const byte of bytes) {
      const char = String.fromCharCode(byte)
      const escaped = byte < 0x80 && kept.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`
      upper += escaped.length === 1 ? escaped : escaped.toUpperCase()
      lower += escaped
    }
    return [upper, lower, upper.replaceAll('%20', '+'), lower.replaceAll('%20', '+')]
  })
}

/**
 * Base64 packs three bytes into four characters, so that what stands before the secret (the user name of basic authentication)
 * shifts it: one form a shift, of those characters that are the secret's alone.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const from = Math.ceil(shift * 8 / 6)
    const to = Math.floor((shift + bytes.length) * 8 / 6)
    const standard = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').slice(from, to)
    return [standard, standard.replaceAll('/', '\\/'), standard.replaceAll('+', '-').replaceAll('/', '_'), standard.replaceAll('+', '%2B').replaceAll('/', '%2F')]
  })
}
