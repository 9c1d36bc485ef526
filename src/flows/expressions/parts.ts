/** Finds the `${ … }` within a text. What stands between the braces is jq, which may hold braces, strings and comments of its own. */

/** Text as it is, or a jq program. */
export type Part = { text: string } | { program: string }

/** The whole text as one part where it holds no expression. A `${` that nothing closes is text. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let from = 0
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', at)) {
    const end = endOfProgram(text, at + 2)
    if (end === undefined) {
      at += 2
      continue
    }
    if (at > from) parts.push({ text: text.slice(from, at) })
    parts.push({ program: text.slice(at + 2, end).trim() })
    from = end + 1
    at = from
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) })
  return parts
}

/** The program, where the text is one expression and nothing else but space around it. */
export function onlyProgram(text: string): string | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('${') || endOfProgram(trimmed, 2) !== trimmed.length - 1) return undefined
  return trimmed.slice(2, -1).trim()
}

export function hasProgram(text: string): boolean {
  return partsOf(text).some((part) => 'program' in part)
}

/** The index of the brace that closes what begins at `from`. */
function endOfProgram(text: string, from: number): number | undefined {
  // `"` stands for being within a string, `(` for an interpolation in it, which is jq again.
  const open: ('{' | '"' | '(')[] = []
  for (let at = from; at < text.length; at += 1) {
    const char = text[at]
    const within = open.at(-1)
    if (within === '"') {
      if (char === '\\') {
        at += 1
        if (text[at] === '(') open.push('(')
      } else if (char === '"') open.pop()
    } else if (char === '"') open.push('"')
    else if (char === '#') {
      const end = text.indexOf('\n', at)
      // On a line of its own a comment would swallow the brace that ends the expression.
      if (end !== -1 && open.length > 0) at = end
    } else if (char === '{') open.push('{')
    else if (char === '(') open.push('(')
    else if (char === ')' && within === '(') open.pop()
    else if (char === '}') {
      if (open.length === 0) return at
      if (within === '{') open.pop()
    }
  }
  return undefined
}
