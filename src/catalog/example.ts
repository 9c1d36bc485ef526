/** A value that fits a JSON Schema well enough to show people what to send. */

type Schema = Record<string, unknown>

/** Deeper than that a value explains nothing. */
const DEEPEST = 6
/** Optional properties beyond it are left out, so that the example stays readable. */
const MOST_PROPERTIES = 25

/** References are followed within `root`: `#/$defs/Pet`, `#/components/schemas/Pet`. */
export function exampleOf(schema: unknown, root: unknown = schema): unknown {
  return make(schema, { root, depth: 0, following: new Set() })
}

interface Place { root: unknown, depth: number, following: ReadonlySet<string> }

function make(schema: unknown, place: Place): unknown {
  if (schema === null || typeof schema !== 'object' || place.depth > DEEPEST) return null
  const { $ref, examples, example, default: fallback, const: constant, enum: values, allOf } = schema as Schema
  if (typeof $ref === 'string') return place.following.has($ref) ? null : make(followed(place.root, $ref), { ...place, following: new Set([...place.following, $ref]) })
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if (example !== undefined) return example
  if (constant !== undefined) return constant
  if (fallback !== undefined) return fallback
  if (Array.isArray(values) && values.length > 0) return values[0]
  const alternative = firstOf((schema as Schema)['oneOf']) ?? firstOf((schema as Schema)['anyOf'])
  if (alternative !== undefined) return merged([make({ ...schema, oneOf: undefined, anyOf: undefined }, place), make(alternative, place)])
  if (Array.isArray(allOf) && allOf.length > 0) return merged([make({ ...schema, allOf: undefined }, place), ...allOf.map((part) => make(part, place))])
  return ofType(schema as Schema, place)
}

/** Not null where there is something else. */
function firstOf(list: unknown): unknown {
  if (!Array.isArray(list)) return undefined
  return list.find((each) => each !== null && typeof each === 'object' && (each as Schema)['type'] !== 'null') ?? list[0]
}

/** Parts of one value: objects are laid over each other, otherwise the last that says something counts. */
function merged(parts: unknown[]): unknown {
  const said = parts.filter((part) => part !== null && part !== undefined)
  if (said.length > 0 && said.every((part) => typeof part === 'object' && !Array.isArray(part))) return Object.fromEntries(said.flatMap((part) => Object.entries(part as object)))
  return said.at(-1) ?? null
}

function ofType(schema: Schema, place: Place): unknown {
  const { type, properties, items, minItems } = schema
  const kind = Array.isArray(type) ? type.find((each) => each !== 'null') : type
  switch (kind ?? (properties === undefined ? items === undefined ? undefined : 'array' : 'object')) {
    case 'object': return objectOf(schema, place)
    case 'array': return place.depth >= DEEPEST && !(Number(minItems) > 0) ? [] : [make(items, { ...place, depth: place.depth + 1 })].filter((item) => item !== null)
    case 'string': return textOf(schema)
    case 'integer': case 'number': return numberOf(schema)
    case 'boolean': return true
    default: return null
  }
}

function objectOf({ properties, required }: Schema, place: Place): Schema {
  const needed = new Set(Array.isArray(required) ? required : [])
  const all = Object.entries((properties ?? {}) as Record<string, Schema | boolean>)
  const chosen = all.filter(([name, property], at) => needed.has(name) || at < MOST_PROPERTIES && place.depth < 2 && !isReadOnly(property))
  return Object.fromEntries(chosen.map(([name, property]) => [name, make(property, { ...place, depth: place.depth + 1 })]).filter(([name, value]) => value !== null || needed.has(name)))
}

function isReadOnly(property: Schema | boolean): boolean {
  return typeof property === 'object' && property !== null && property['readOnly'] === true
}

const byFormat: Record<string, string> = {
  'date-time': '2026-01-31T12:00:00Z', date: '2026-01-31', time: '12:00:00Z', duration: 'PT1H', email: 'ada@example.com', uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  uri: 'https://example.com', url: 'https://example.com', hostname: 'example.com', ipv4: '192.0.2.1', ipv6: '2001:db8::1', byte: 'aGVsbG8=', password: 'secret',
}

function textOf({ format, minLength, contentEncoding }: Schema): string {
  const text = contentEncoding === 'base64' ? 'aGVsbG8=' : typeof format === 'string' && Object.hasOwn(byFormat, format) ? byFormat[format]! : 'string'
  return text.padEnd(typeof minLength === 'number' ? Math.min(minLength, 200) : 0, 'x')
}

function numberOf({ minimum, exclusiveMinimum, maximum }: Schema): number {
  if (typeof minimum === 'number') return minimum
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1
  return typeof maximum === 'number' && maximum < 1 ? maximum : 1
}

function followed(root: unknown, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined
  let current = root
  for (const segment of ref.slice(2).split('/').map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, segment)) return undefined
    current = (current as Schema)[segment]
  }
  return current
}
