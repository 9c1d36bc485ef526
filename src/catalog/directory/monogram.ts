/** A picture for what has none: one or two letters on a colour that follows from the name. */

/** A standalone SVG, 48 × 48. The same name gives the same picture. */
export function monogram(name: string): string {
  const letters = escape(initials(name))
  return '<svg role="img" viewBox="0 0 48 48" xmlns="http://www.w3.org/2000/svg">'
    + `<title>${escape(name)}</title><rect width="48" height="48" rx="10" fill="${colourOf(name)}"/>`
    + `<text x="24" y="24" dy=".36em" text-anchor="middle" font-family="system-ui, sans-serif" font-size="20" font-weight="600" fill="#fff">${letters}</text></svg>`
}

/** Of the first two words, capitals within the first word counting as the beginning of one. */
function initials(name: string): string {
  const words = name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').match(/[\p{L}\p{N}]+/gu) ?? []
  const letters = words.slice(0, 2).map((word) => [...word][0]!).join('')
  return letters === '' ? '?' : letters.toUpperCase()
}

/** FNV-1a turned into a hue, dark enough for white letters: at least 4.5:1 at every hue. */
function colourOf(name: string): string {
  let hash = 0x811C9DC5
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return `hsl(${hash % 360} 55% 30%)`
}

function escape(text: string): string {
  // Control characters are not allowed in XML at all.
  return text.slice(0, 200).toWellFormed().replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}
