/** Globs in which `*` matches any run of characters and nothing else is special. Linear-time: no regular expression is built. */
function matchesGlob(glob: string, text: string): boolean {
  if (glob === '*') return true
  const parts = glob.split('*')
  const first = parts[0]!
  const last = parts.at(-1)!
  if (parts.length === 1) return glob === text
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

export function matchesAnyGlob(globs: string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(glob, text))
}
