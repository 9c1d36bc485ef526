/** Versions of flows, which are semantic ones (semver.org 2.0.0, §11). */

/** Less than 0 where `a` comes before `b`. Build metadata counts for nothing. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let at = 0; at < 3; at++) if (left.numbers[at] !== right.numbers[at]) return left.numbers[at]! - right.numbers[at]!
  // What leads up to a version comes before it.
  if (left.before.length === 0 || right.before.length === 0) return right.before.length - left.before.length
  for (let at = 0; at < Math.max(left.before.length, right.before.length); at++) {
    const order = compareIdentifiers(left.before[at], right.before[at])
    if (order !== 0) return order
  }
  return 0
}

function partsOf(version: string): { numbers: number[], before: string[] } {
  const [core = '', before] = version.split('+')[0]!.split(/-(.*)/s)
  return { numbers: core.split('.').map(Number), before: before?.split('.') ?? [] }
}

/** Numbers come before words, and fewer identifiers before more. */
function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return Number(a) - Number(b)
  if (left !== right) return left ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}
