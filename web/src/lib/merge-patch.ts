type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value)

/** What makes `after` of `before` by merging (RFC 7396): what is gone is named, as null. */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) return after
  const gone = Object.keys(before).filter((name) => after[name] === undefined).map((name) => [name, null] as const)
  const given = Object.entries(after).filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before[name])).map(([name, value]) => [name, mergePatch(before[name], value)] as const)
  return Object.fromEntries([...gone, ...given])
}
