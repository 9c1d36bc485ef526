/** Masks secrets by value, in whatever form they stand in a text. */

export interface Mask {
  /** The text with every secret replaced. Costs a few microseconds where none is in it. */
  mask(text: string): string
}

export const MASKED = '[secret]'
/** Shorter values would mask words that are no secrets. */
const SHORTEST = 6
/** A piece of base64 shorter than this says nothing. */
const SHORTEST_PIECE = 8

/** Raw, escaped as JSON, percent-encoded, base64 and base64url at any alignment, and hexadecimal. Mask before cutting: half a secret is not recognised. */
export function createMask(secrets: Iterable<string>): Mask {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (secret.length >= SHORTEST) for (const form of formsOf(secret)) forms.add(form)
  }
  // The longest first: a form may stand within another.
  const ordered = [...forms].sort((a, b) => b.length - a.length)
  return {
    mask(text) {
      let masked = text
      for (const form of ordered) {
        if (masked.includes(form)) masked = masked.replaceAll(form, MASKED)
      }
      return masked
    },
  }
}

/** Several masks as one. */
export function joinMasks(masks: Mask[]): Mask {
  return { mask: (text) => masks.reduce((masked, { mask }) => mask(masked), text) }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const percent = encodeURIComponent(secret.toWellFormed())
  const strict = percent.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  const json = JSON.stringify(secret).slice(1, -1)
  const hex = bytes.toString('hex')
  return [
    secret, json, JSON.stringify(json).slice(1, -1), json.replaceAll('/', '\\/'),
    percent, strict, strict.replaceAll('%20', '+'), lowerEscapes(percent), lowerEscapes(strict), new URLSearchParams([['', secret]]).toString().slice(1),
    hex, hex.toUpperCase(), ...base64Pieces(bytes),
  ]
}

function lowerEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
}

/** What a secret leaves in base64, wherever it begins within the encoded bytes: the characters that depend on it alone. */
function base64Pieces(bytes: Buffer): string[] {
  const pieces: string[] = []
  for (let before = 0; before < 3; before += 1) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replace(/=+$/, '')
    const start = Math.ceil(before * 8 / 6)
    const end = Math.floor((before + bytes.length) * 8 / 6)
    const piece = encoded.slice(start, end)
    if (piece.length < SHORTEST_PIECE) continue
    pieces.push(piece, piece.replaceAll('+', '-').replaceAll('/', '_'), piece.replaceAll('/', '\\/'))
  }
  return pieces
}
