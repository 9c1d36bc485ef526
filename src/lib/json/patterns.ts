/** Other people's regular expressions, on an engine whose time is linear in the text. */
import { RE2JS } from 're2js'

export interface Pattern {
  readonly source: string
  /** Instructions of the compiled program: what one character may cost, at worst. */
  readonly size: number
  /** Whether it is found anywhere in the text, as JSON Schema has it. True for a text so long that looking would take too long. */
  test(text: string): boolean
}

/** Compiling takes time that grows with length and repeats: `(\p{L}{900}){900}` took 1 s and 100 MB. */
const maxLength = 2_000
const maxWeight = 200_000
const maxSize = 5_000
/** Instructions times characters: 0.1 to 0.2 s at worst, and far less for most patterns. */
const maxWork = 1_000_000

/**
 * Undefined for a pattern that the engine cannot take: look-around, back-references, repeats over 1,000, most property
 * names (`\p{Letter}`; `\p{L}` is fine), what is too large, or what is no pattern at all.
 */
export function compilePattern(source: string): Pattern | undefined {
  // The translation would take a named back-reference for letters.
  if (source.length > maxLength || weigh(source) > maxWeight || /(?:^|[^\\])(?:\\\\)*\\k/.test(source)) return undefined
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source))
    const size = compiled.programSize()
    if (size > maxSize) return undefined
    return { source, size, test: (text) => text.length * size > maxWork || compiled.test(text) }
  } catch {
    return undefined
  }
}

/** Repeats within each other multiply; the engine refuses more than 1,000 in all. */
function weigh(source: string): number {
  const repeats = [...source.matchAll(/\{(?:\d*,)?(\d+)\}/g)].reduce((product, [, count]) => Math.min(1_000, product * Math.max(1, Number(count))), 1)
  return source.length * repeats
}
