/** Which fields RJSF draws of a schema, and which are drawn here since it has none for them. */
import { titleOf } from './readable.ts'

type Schema = Record<string, unknown>

const within = ['properties', '$defs', 'definitions', 'patternProperties'] as const
const single = ['items', 'additionalProperties', 'then', 'else', 'not'] as const
const several = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const

/** The same schema, with a name for each choice that has none and nothing asked for that only answers carry. Of parts that it shares, all share the change. */
export function drawable(given: Schema, whole = given): Schema {
  const schema = spread(given, whole)
  const changed: Schema = { ...schema }
  for (const key of within) if (isSchema(schema[key])) changed[key] = Object.fromEntries(Object.entries(schema[key]).filter(([, each]) => key !== 'properties' || !isOfAnswers(each)).map(([name, each]) => [name, isSchema(each) ? drawable(each, whole) : each]))
  for (const key of single) if (isSchema(schema[key])) changed[key] = drawable(schema[key], whole)
  for (const key of several) if (Array.isArray(schema[key])) changed[key] = schema[key].map((each: unknown) => (isSchema(each) ? drawable(each, whole) : each))
  for (const key of ['anyOf', 'oneOf'] as const) if (Array.isArray(changed[key])) changed[key] = named(changed[key] as unknown[], whole)
  return changed
}

/**
 * What an object has whatever is chosen is drawn with each choice, since choices narrow it: RJSF would draw it beside them as well. Choices
 * that only say what is needed are none to make.
 */
function spread(schema: Schema, whole: Schema): Schema {
  const key = (['oneOf', 'anyOf'] as const).find((each) => Array.isArray(schema[each]))
  const { properties, required = [], ...rest } = schema as Schema & { properties?: Schema, required?: string[] }
  if (key === undefined || properties === undefined) return schema
  const options = (schema[key] as unknown[]).filter(isSchema).map((each) => behind(each, whole))
  const { [key]: _options, ...alone } = schema
  if (options.every((each) => Object.keys(each).every((name) => name === 'required' || name === 'title' || name === 'not'))) return alone
  return {
    ...rest, type: undefined,
    [key]: options.map((each) => ({ type: 'object', ...each, title: optionTitle(each, whole), properties: { ...properties, ...each['properties'] as Schema | undefined }, required: [...new Set([...required, ...(each['required'] ?? []) as string[]])] })),
  }
}

function isOfAnswers(schema: unknown): boolean {
  return isSchema(schema) && schema['readOnly'] === true
}

/** Choices are told apart by a word each: by their number only where nothing else is different. */
function named(options: unknown[], whole: Schema): unknown[] {
  const titles = options.map((each) => (isSchema(each) && each['const'] === undefined ? optionTitle(each, whole) : undefined))
  return options.map((each, at) => {
    const title = titles[at]
    if (title === undefined || !isSchema(each)) return each
    const same = titles.filter((other) => other === title).length > 1
    return { ...each, title: same ? `${title} ${titles.slice(0, at + 1).filter((other) => other === title).length}` : title }
  })
}

function optionTitle(option: Schema, whole: Schema): string {
  const resolved = behind(option, whole)
  const title = option['title'] ?? resolved['title']
  if (typeof title === 'string') return title
  const { properties, required = [], items, type } = resolved as { properties?: Record<string, Schema>, required?: string[], items?: Schema, type?: unknown }
  // The value that tells it from the others, as discriminators have it.
  const [kind] = Object.values(properties ?? {}).flatMap((each) => each['const'] ?? (Array.isArray(each['enum']) && each['enum'].length === 1 ? each['enum'] as unknown[] : []))
  if (typeof kind === 'string') return kind
  const ref = /[^/]+$/.exec(String(option['$ref'] ?? ''))?.[0]
  if (ref !== undefined) return ref
  if (required.length > 0) return required.slice(0, 3).join(', ')
  if (type === 'array' && items !== undefined) return `${titleOf({ type })}: ${optionTitle(items, whole)}`
  return titleOf(Array.isArray(type) ? { ...resolved, type: (type as string[]).find((each) => each !== 'null') } : resolved)
}

/** Behind references within the same schema. */
function behind(schema: Schema, whole: Schema): Schema {
  let current = schema
  for (let hops = 0; hops < 20 && typeof current['$ref'] === 'string'; hops += 1) {
    const [, place = '', name = ''] = /^#\/(\$defs|definitions)\/(.+)$/.exec(current['$ref']) ?? []
    const next: unknown = (whole[place] as Schema | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')]
    if (!isSchema(next)) return current
    current = next
  }
  return current
}

const telling = ['type', 'properties', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'items', '$ref', 'if'] as const

/** Anything goes: any value at all, an object with any members, a list of anything. */
export function isAnything(schema: Schema): boolean {
  if (telling.every((key) => schema[key] === undefined)) return true
  const { type, properties, additionalProperties, patternProperties, items, prefixItems, anyOf, oneOf, allOf } = schema
  if ([anyOf, oneOf, allOf].some((each) => each !== undefined)) return false
  const types = [type].flat().filter((each) => each !== 'null')
  if (types.length !== 1) return false
  if (types[0] === 'array') return prefixItems === undefined && (!isSchema(items) || Object.keys(items).length === 0)
  const isOpen = additionalProperties === undefined || additionalProperties === true || (isSchema(additionalProperties) && isAnything(additionalProperties))
  return types[0] === 'object' && Object.keys((properties ?? {}) as object).length === 0 && patternProperties === undefined && isOpen
}

/** How a file is written in the value: with its name, as a part of a form, or by its bytes alone. */
export type FileForm = 'part' | 'bytes' | 'text'

/** A choice between text, bytes and a stored value is a file; without a word about the text, it is text that may come as bytes. */
export function fileForm({ anyOf }: Schema): FileForm | undefined {
  const options = (Array.isArray(anyOf) ? anyOf : []) as { properties?: Schema, description?: string }[]
  if (!options.some(({ properties }) => properties?.['$blob'] !== undefined)) return undefined
  if (options.some(({ properties }) => properties?.['data'] !== undefined)) return 'part'
  return options[0]?.description === undefined ? 'text' : 'bytes'
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
