type Schema = Record<string, unknown>

const words: Record<string, string> = { null: 'None', string: 'Text', number: 'Number', integer: 'Number', boolean: 'Yes or no', array: 'List', object: 'Settings' }

const short = /\b(?:api|html|http|https|id|ip|json|tls|ttl|uri|url)\b/gi

/** `maxRetries` → `Max retries`. */
function humanised(name: string): string {
  const text = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return (text.charAt(0).toUpperCase() + text.slice(1)).replaceAll(short, (each) => each.toUpperCase())
}

/**
 * A schema of the hub's own as people read it: fields by words instead of names, choices by what they are. What may be null and has one other
 * form is that form: left empty, it is null. Of a short way to write something and the long one, the long one is drawn.
 */
export function readable(schema: Schema): Schema {
  const { anyOf, oneOf, ...rest } = schema
  // A union that may be null is a union within one.
  const options = ((anyOf ?? oneOf ?? []) as Schema[]).flatMap((option) => (option['anyOf'] ?? option['oneOf'] ?? [option]) as Schema[])
  if (options.length === 0) return withParts(rest)
  const drawn = withoutShorthands(options)
  const [only] = drawn
  if (only !== undefined && drawn.length === 1) return withParts({ ...only, ...rest })
  const isOptional = options.some(({ type }) => type === 'null')
  return { ...rest, oneOf: [...isOptional ? [{ type: 'null', title: words['null'] }] : [], ...drawn.map((option) => ({ ...withParts(option), title: titleOf(option) }))] }
}

function withParts(schema: Schema): Schema {
  const { properties, items } = schema as { properties?: Record<string, Schema>, items?: Schema }
  return {
    ...schema,
    ...properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, { title: humanised(name), ...readable(each) }])) },
    ...items && { items: readable(items) },
  }
}

function withoutShorthands(options: Schema[]): Schema[] {
  const given = options.filter(({ type }) => type !== 'null')
  if (given.some(({ type, properties }) => type === 'object' && (properties as Schema | undefined)?.['type'] === undefined)) return given.filter(({ type, enum: names }) => type !== 'string' || names === undefined)
  return given.some(({ type }) => type === 'number') ? given.filter(({ type }) => type !== 'boolean') : given
}

export function titleOf({ type, properties, enum: names }: Schema): string {
  const kind = ((properties as Record<string, Schema> | undefined)?.['type'])?.['const']
  if (typeof kind === 'string') return humanised(kind)
  if (Array.isArray(names)) return names.join(', ')
  const [first] = Object.keys((properties ?? {}) as object)
  return first === undefined ? words[String(type)] ?? String(type) : humanised(first)
}
