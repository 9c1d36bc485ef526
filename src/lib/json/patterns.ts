/** Other people's regular expressions, on an engine whose time is linear in the text. */
import { RE2JS } from 're2js'

export interface Pattern {
  readonly source: string
  /** Whether it is found anywhere in the text, as JSON Schema has it. */
  test(text: string): boolean
}

/** A longer one is nobody's contract, and compiling takes time. */
const maxLength = 5_000

/**
 * Undefined for a pattern that the engine cannot take: look-around, back-references, repeats over 1,000, most property
 * names (`\p{Letter}`; `\p{L}` is fine), or what is no pattern at all.
 */
export function compilePattern(source: string): Pattern | undefined {
  // The translation would take a named back-reference for letters.
  if (source.length > maxLength || /(?:^|[^\\])(?:\\\\)*\\k/.test(source)) return undefined
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source))
    return { source, test: (text) => compiled.test(text) }
  } catch {
    return undefined
  }
}
