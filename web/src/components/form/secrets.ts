type Schema = Record<string, unknown>

/** RJSF's hints that hide what is typed into secrets: fields that the schema says are only written. */
export function hideSecrets(schema: Schema): Record<string, unknown> {
  const own = schema['writeOnly'] === true && schema['type'] === 'string' ? { 'ui:widget': 'password', 'ui:options': { autocomplete: 'off' } } : {}
  const below = Object.entries(fieldsOf(schema)).map(([name, each]) => [name, hideSecrets(each)] as const)
  return { ...own, ...Object.fromEntries(below.filter(([, hints]) => Object.keys(hints).length > 0)) }
}

/** How credentials are asked for: their secrets hidden, and what has parts of its own, which few need, folded. */
export function credentialLooks(schema: Schema): Record<string, unknown> {
  const looks = hideSecrets(schema)
  const optional = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).filter(([name]) => !((schema['required'] ?? []) as string[]).includes(name))
  const deciding = new Set(choicesOf(schema).flatMap(({ if: { properties = {} } }) => Object.keys(properties)))
  return {
    ...looks,
    ...Object.fromEntries(optional.filter(([, each]) => hasFields(each)).map(([name]) => [name, { ...looks[name] as object | undefined, 'ui:options': { folded: true } }])),
    // Where a kind is chosen, its fields come first, and what goes along with any kind is one step away.
    ...deciding.size > 0 && Object.fromEntries(optional.filter(([name]) => !deciding.has(name)).map(([name, each]) => [name, { ...looks[name] as object | undefined, 'ui:options': { ...(looks[name] as Record<string, object> | undefined)?.['ui:options'], aside: true, ...hasFields(each) && { folded: true } } }])),
  }
}

interface Choice { if: { properties?: Record<string, { enum: unknown[] }> }, then: Schema }

/** Fields that belong to some choices of another field. */
export function choicesOf({ allOf = [] }: Schema): Choice[] {
  return (allOf as Partial<Choice>[]).filter((each): each is Choice => each.if !== undefined && each.then !== undefined)
}

/** All that may be asked for, whatever is chosen. */
function fieldsOf(schema: Schema): Record<string, Schema> {
  return Object.assign({}, schema['properties'], ...choicesOf(schema).map(({ then }) => then['properties'])) as Record<string, Schema>
}

/** Whether a field belongs to what was chosen. */
export function isMeant(when: Record<string, string[]> | undefined, given: unknown): boolean {
  return Object.entries(when ?? {}).every(([name, values]) => values.includes(String((given as Record<string, unknown> | undefined)?.[name])))
}

/** A part of a credential, for a change of what is stored: nothing of it is needed. */
export function partial(schema: Schema): Schema {
  // oxlint-disable-next-line unicorn/no-thenable -- the standard's word
  return { ...schema, required: [], ...schema['allOf'] !== undefined && { allOf: choicesOf(schema).map((each) => ({ ...each, then: { ...each.then, required: [] } })) } }
}

/** Without what belongs to choices that are not made any more. */
export function withoutOthers(schema: Schema, value: Record<string, unknown>): Record<string, unknown> {
  const others = choicesOf(schema).filter(({ if: { properties = {} } }) => Object.entries(properties).some(([name, { enum: values }]) => !values.includes(value[name])))
  const left = new Set(others.flatMap(({ then }) => Object.keys((then['properties'] ?? {}) as object)))
  return Object.fromEntries(Object.entries(value).filter(([name]) => !left.has(name) || Object.hasOwn((schema['properties'] ?? {}) as object, name)))
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
