/** Finding by words, the way an agent asks: "create an issue" finds `issues_create`. Rare words count more, and words of the name more than words of the description. */

/** What can be found: its texts as words, each with a space before and after, so that a word's beginning is found with plain searches. */
export interface Searchable { name: string, summary: string, description: string }

const fillers = new Set(['a', 'an', 'the', 'to', 'of', 'in', 'on', 'for', 'and', 'or', 'with', 'by', 'from', 'my', 'all', 'is', 'it'])
const MOST_TERMS = 12

/** `getPetById` is "get pet by id". */
export function wordsOf(text: string): string {
  const words = text.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return words === null ? ' ' : ` ${words.join(' ')} `
}

/** Words without endings of the plural; a query of fillers alone is taken as it is. */
function termsOf(query: string): string[] {
  const words = [...new Set(wordsOf(query).trim().split(' '))].filter((word) => word !== '')
  const telling = words.filter((word) => !fillers.has(word))
  return (telling.length > 0 ? telling : words).slice(0, MOST_TERMS).map((word) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word))
}

const weights: [field: keyof Searchable, whole: number, beginning: number][] = [['name', 6, 4], ['summary', 3, 2], ['description', 1, 0.5]]

interface Term { beginning: string, whole: string, plural: string }

function weightOf(text: Searchable, { beginning, whole, plural }: Term): number {
  for (const [field, whenWhole, whenBeginning] of weights) {
    // Most have no such word: one look says so.
    const words = text[field]
    if (words.includes(beginning)) return words.includes(whole) || words.includes(plural) ? whenWhole : whenBeginning
  }
  return 0
}

/** The best first, those that say nothing of the query left out; equals stay in their order. */
export function rank<Item>(items: Item[], textOf: (item: Item) => Searchable, query: string): Item[] {
  const terms: Term[] = termsOf(query).map((term) => ({ beginning: ` ${term}`, whole: ` ${term} `, plural: ` ${term}s ` }))
  if (terms.length === 0) return items
  const counts = terms.map(() => 0)
  const found: { item: Item, weights: number[] }[] = []
  for (const item of items) {
    const text = textOf(item)
    const each = terms.map((term) => weightOf(text, term))
    if (each.every((weight) => weight === 0)) continue
    each.forEach((weight, index) => { if (weight > 0) counts[index]! += 1 })
    found.push({ item, weights: each })
  }
  const rarity = counts.map((count) => Math.log(1 + items.length / Math.max(1, count)))
  const scored = found.map(({ item, weights: each }) => {
    const covered = each.filter((weight) => weight > 0).length / terms.length
    return { item, score: each.reduce((sum, weight, index) => sum + weight * rarity[index]!, 0) * covered }
  })
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item)
}
