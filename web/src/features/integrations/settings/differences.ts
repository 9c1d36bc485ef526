export interface Difference { field: string, before: string, after: string }

/** Kept by the hub: they differ always, and say nothing. */
const own = new Set(['/etag', '/metadata/lastModified', '/lastValidated'])

/** Where two JSON values differ, leaf by leaf; lists as a whole. */
export function differences(before: unknown, after: unknown, field = ''): Difference[] {
  if (own.has(field) || field.startsWith('/monitoring/performance')) return []
  if (isObject(before) && isObject(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => differences(before[name], after[name], `${field}/${name}`))
  const [one, other] = [textOf(before), textOf(after)]
  return one === other ? [] : [{ field, before: one, after: other }]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function textOf(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}
