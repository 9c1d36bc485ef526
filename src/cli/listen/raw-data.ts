/** A CloudEvent as text, and its data as it stands there: read and written again, numbers and spaces could be others. */

/** The text of a member of a JSON object, undefined where it has none. `text` must be valid JSON. */
export function rawMember(text: string, name: string): string | undefined {
  let at = skipSpace(text, 0) + 1
  for (;;) {
    at = skipSpace(text, at)
    if (text[at] !== '"') return undefined
    const end = endOfString(text, at)
    const key = JSON.parse(text.slice(at, end)) as string
    const begin = skipSpace(text, skipSpace(text, end) + 1)
    const over = endOfValue(text, begin)
    if (key === name) return text.slice(begin, over)
    at = skipSpace(text, over) + 1
  }
}

function skipSpace(text: string, at: number): number {
  let next = at
  while (text[next] === ' ' || text[next] === '\n' || text[next] === '\r' || text[next] === '\t') next += 1
  return next
}

/** Behind the closing quote. */
function endOfString(text: string, at: number): number {
  let next = at + 1
  while (text[next] !== '"') next += text[next] === '\\' ? 2 : 1
  return next + 1
}

function endOfValue(text: string, at: number): number {
  let depth = 0
  let next = at
  for (; next < text.length; next += 1) {
    const character = text[next]!
    if (character === '"') next = endOfString(text, next) - 1
    else if (character === '{' || character === '[') depth += 1
    else if ((character === '}' || character === ']') && depth > 0) depth -= 1
    else if (depth === 0 && (character === ',' || character === '}' || character === ']')) break
  }
  return text.slice(at, next).trimEnd().length + at
}
