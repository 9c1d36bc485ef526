/** How well a catalogue entry answers a search. */

/** All in lower case, without accents. */
export interface Searchable {
  id: string
  name: string
  vendor: string
  /** Name, vendor and id together. */
  title: string
  /** Description and categories. */
  rest: string
  /** As they are. */
  categories: string[]
}

interface Source { id: string, name: string, description: string, vendor: string, vendorName: string, categories: string[] }

export function searchable({ id, name, description, vendor, vendorName, categories }: Source): Searchable {
  return {
    id: fold(id), name: fold(name), vendor: fold(vendorName), title: fold(`${name} ${vendorName} ${id} ${vendor}`),
    rest: fold(`${description} ${categories.join(' ').replaceAll('_', ' ')}`), categories,
  }
}

/** Beyond so many words nobody searches; each costs a pass. */
const MOST_WORDS = 10

export function wordsOf(q: string): string[] {
  return fold(q.slice(0, 500)).split(/\s+/).filter((word) => word !== '').slice(0, MOST_WORDS)
}

/**
 * 0 is best; undefined where a word is nowhere to be found. Name exactly, or but for its vendor and `API`; the service's own id;
 * vendor exactly; all words whole in the name; name, then vendor beginning with it; words beginning words of the title; anywhere.
 */
export function rankOf({ id, name, vendor, title, rest }: Searchable, words: string[]): number | undefined {
  if (words.length === 0) return 0
  const q = words.join(' ')
  if (name === q) return 0
  if ([`${q} api`, `${q} rest api`, `${q} web api`, `${vendor} ${q}`, `${vendor} ${q} api`].includes(name)) return 1
  if (id === q || id.endsWith(`:${q}`)) return 2
  if (vendor === q) return name.startsWith(q) ? 3 : 4
  if (words.every((word) => hasWord(name, word, true))) return 5
  if (name.startsWith(q)) return 6
  if (vendor.startsWith(q)) return 7
  if (words.every((word) => hasWord(name, word, false))) return 8
  if (words.every((word) => hasWord(title, word, false))) return 9
  if (words.every((word) => title.includes(word))) return 10
  return words.every((word) => title.includes(word) || rest.includes(word)) ? 11 : undefined
}

/** Some word of the text is it, or begins with it where it need not be whole. */
function hasWord(text: string, word: string, whole: boolean): boolean {
  for (let found = text.indexOf(word); found !== -1; found = text.indexOf(word, found + 1)) {
    if (!isLetter(text[found - 1]) && !(whole && isLetter(text[found + word.length]))) return true
  }
  return false
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}

function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
