/** The texts of a JSON array's elements. The text must be an array that `parseJson` took: parsed and written anew, numbers would lose digits. */
export function elementTexts(text: string): string[] {
  const elements: string[] = []
  let depth = 0
  let from = 0
  const end = (at: number): void => {
    const element = text.slice(from, at).trim()
    if (element !== '') elements.push(element)
    from = at + 1
  }
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === quote) {
      for (at++; text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++
    } else if (char === openBracket || char === openBrace) {
      if (++depth === 1) from = at + 1
    } else if (char === closeBracket || char === closeBrace) {
      if (--depth === 0) end(at)
    } else if (char === comma && depth === 1) {
      end(at)
    }
  }
  return elements
}

const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
