/** What somebody may have meant: `, did you mean "getPet"?`, or nothing. */
export function nearest(name: string, known: Iterable<string>): string {
  let best: string | undefined
  let least = Math.floor(name.length / 3) + 1
  for (const each of known) {
    const distance = distanceBetween(name.toLowerCase(), each.toLowerCase(), least)
    if (distance >= least) continue
    least = distance
    best = each
  }
  return best === undefined ? '' : `, did you mean "${best}"?`
}

/** Letters to add, remove or change (Levenshtein's), or `most` where it is that or more. */
function distanceBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most || a.length > 200) return most
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return Math.min(most, row[b.length]!)
}
