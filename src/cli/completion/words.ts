/** A line of a POSIX shell, as far as completing its last word needs it: quotes and backslashes are undone, nothing is expanded. */

export interface SplitLine {
  /** The last one is being typed; it may be empty. */
  words: string[]
  /** The quote that the last word is still in. */
  openQuote: '"' | "'" | undefined
}

export function splitLine(line: string): SplitLine {
  const words: string[] = []
  let word = ''
  let begun = false
  let quote: SplitLine['openQuote']
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!
    if (character === '\\' && quote !== "'") {
      at += 1
      word += line[at] ?? ''
      begun = true
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      begun = true
    } else if (/\s/.test(character)) {
      if (begun) words.push(word)
      word = ''
      begun = false
    } else {
      word += character
      begun = true
    }
  }
  return { words: [...words, word], openQuote: quote }
}

/**
 * What bash is to put in the place of `last`. Without quotes it takes `:` and `=` for the begin of a word, so that what stands
 * before them must not come again; within quotes it replaces all of the word, and quotes by itself.
 */
export function forBash(candidates: string[], last: string, openQuote: SplitLine['openQuote']): string[] {
  if (openQuote !== undefined) return candidates
  const kept = Math.max(last.lastIndexOf(':'), last.lastIndexOf('=')) + 1
  return candidates.map((candidate) => candidate.slice(kept).replace(/[^A-Za-z0-9_@%+=:,./-]/gu, '\\$&'))
}
