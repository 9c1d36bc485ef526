/** JSON as text: what Postgres' `json` takes, and what it can take apart again. */

/** Postgres' parser recurses; this is far from its end, and from what anybody nests. */
const MAX_DEPTH = 500

/** Escapes of NUL and of surrogates: `json` stores them, but every function on it refuses the whole document. */
const hazardousEscape = /\\u(?:0000|d[89a-f])/i

/** Whether Postgres can both store this JSON and read fields of a document that it is part of. */
export function isStorable(json: string): boolean {
  if (json.includes('\\u') && hazardousEscape.test(json)) return false
  // Every level takes two characters.
  return json.length <= MAX_DEPTH * 2 || depthOf(json) <= MAX_DEPTH
}

/** Replaces such escapes by U+FFFD; an escaped backslash before them stays one. */
export function repairEscapes(json: string): string {
  return json.includes('\\u') ? json.replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '\\ufffd') : json
}

function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === 0x22) at = endOfString(json, at)
    else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return deepest
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let backslashes = 0
    while (json.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1
    if (backslashes % 2 === 0) return at
  }
  return json.length
}
