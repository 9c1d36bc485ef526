type Schema = Record<string, unknown>

/** RJSF's hints that hide what is typed into secrets: fields that the schema says are only written. */
export function hideSecrets(schema: Schema): Record<string, unknown> {
  const own = schema['writeOnly'] === true && schema['type'] === 'string' ? { 'ui:widget': 'password', 'ui:options': { autocomplete: 'off' } } : {}
  const below = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(([name, each]) => [name, hideSecrets(each)] as const)
  return { ...own, ...Object.fromEntries(below.filter(([, hints]) => Object.keys(hints).length > 0)) }
}

/** How credentials are asked for: their secrets hidden, and what has parts of its own, which few need, folded. */
export function credentialLooks(schema: Schema): Record<string, unknown> {
  const looks = hideSecrets(schema)
  const grouped = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).filter(([name, each]) => hasFields(each) && !((schema['required'] ?? []) as string[]).includes(name))
  return { ...looks, ...Object.fromEntries(grouped.map(([name]) => [name, { ...looks[name] as object | undefined, 'ui:options': { folded: true } }])) }
}

/** Without what was left empty: an empty secret is none. */
export function withoutBlanks(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object') return {}
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => {
    if (each === undefined || each === '' || each === null) return []
    if (typeof each !== 'object' || Array.isArray(each)) return [[name, each]]
    const inner = withoutBlanks(each)
    return Object.keys(inner).length === 0 ? [] : [[name, inner]]
  }))
}

export function hasFields(schema: Schema): boolean {
  return Object.keys((schema['properties'] ?? {}) as object).length > 0
}
