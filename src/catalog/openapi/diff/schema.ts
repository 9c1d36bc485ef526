import { isObject } from '../normalise/reading.ts'
import type { Json } from '../types.ts'
import { behind, isSame, type Report, type Sides } from './sides.ts'

/** Who writes the value: what is harmless in an answer may break a request, and the other way round. */
export type Direction = 'input' | 'output'

interface Comparison { sides: Sides, direction: Direction, report: Report, met: Set<string> }

/** Reports how a schema changed. `name` is how people call the value, such as `body.lines[].price`. */
export function compareSchemas(sides: Sides, direction: Direction, before: unknown, after: unknown, name: string, report: Report): void {
  compare({ sides, direction, report, met: new Set() }, before, after, name, 0)
}

const maxDepth = 12

function compare(comparison: Comparison, before: unknown, after: unknown, name: string, depth: number): void {
  const { sides, met } = comparison
  if (depth > maxDepth || isSame(sides, before, after)) return
  const pair = JSON.stringify([refOf(before), refOf(after)])
  const recursive = refOf(before) !== undefined || refOf(after) !== undefined
  // Once per pair: a schema that holds itself would say the same again at every level.
  if (recursive && met.has(pair)) return
  if (recursive) met.add(pair)
  const old = viewOf(sides.before, before)
  const now = viewOf(sides.after, after)
  compareTypes(comparison, old, now, name)
  compareEnums(comparison, old, now, name)
  compareBounds(comparison, old, now, name)
  compareProperties(comparison, old, now, name, depth)
  compareAlternatives(comparison, old, now, name, depth)
  if (old.items !== undefined && now.items !== undefined) compare(comparison, old.items, now.items, `${name}[]`, depth + 1)
  if (isObject(old.additional) && isObject(now.additional)) compare(comparison, old.additional, now.additional, `${name}.*`, depth + 1)
}

function refOf(schema: unknown): unknown { return isObject(schema) ? schema['$ref'] : undefined }

interface View {
  types: string[] | undefined
  properties: Map<string, unknown>
  required: Set<string>
  values: unknown[] | undefined
  bounds: Map<string, unknown>
  items: unknown
  additional: unknown
  alternatives: unknown[]
}

const boundKeys = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'multipleOf', 'pattern', 'format', 'uniqueItems']

/** A schema with its `allOf` taken together, which is how people understand it. */
function viewOf(document: Json, schema: unknown): View {
  const view: View = { types: undefined, properties: new Map(), required: new Set(), values: undefined, bounds: new Map(), items: undefined, additional: undefined, alternatives: [] }
  gather(document, schema, view, 0)
  return view
}

function gather(document: Json, schema: unknown, view: View, depth: number): void {
  const own = behind(document, schema)
  if (!isObject(own) || depth > 8) return
  const { type, properties, required, enum: values, items, additionalProperties, anyOf, oneOf, allOf } = own
  if (type !== undefined) view.types = (Array.isArray(type) ? type : [type]).map(String)
  if (isObject(properties)) for (const name of Object.keys(properties)) view.properties.set(name, properties[name])
  if (Array.isArray(required)) for (const name of required) view.required.add(String(name))
  if (Array.isArray(values)) view.values = values
  else if (own['const'] !== undefined) view.values = [own['const']]
  for (const key of boundKeys) if (own[key] !== undefined) view.bounds.set(key, own[key])
  view.items = items ?? view.items
  view.additional = additionalProperties ?? view.additional
  for (const list of [anyOf, oneOf]) if (Array.isArray(list)) for (const member of list as unknown[]) view.alternatives.push(member)
  if (Array.isArray(allOf)) for (const member of allOf as unknown[]) gather(document, member, view, depth + 1)
}

function compareTypes({ direction, report }: Comparison, old: View, now: View, name: string): void {
  const said = (view: View) => view.types?.join(' or ') ?? 'anything'
  if (said(old) === said(now)) return
  const covers = (wide: View, narrow: View) => wide.types === undefined
    || (narrow.types !== undefined && narrow.types.every(type => wide.types?.includes(type) === true || (type === 'integer' && wide.types?.includes('number') === true)))
  const harmless = direction === 'input' ? covers(now, old) : covers(old, now)
  report(`\`${name}\` was ${said(old)}, is ${said(now)}`, !harmless)
}

function compareEnums({ direction, report }: Comparison, old: View, now: View, name: string): void {
  const input = direction === 'input'
  if (old.values === undefined && now.values === undefined) return
  if (old.values === undefined) return report(`\`${name}\` is now limited to ${listed(now.values ?? [])}`, input)
  if (now.values === undefined) return report(`\`${name}\` is no longer limited to ${listed(old.values)}`, !input)
  const missing = (from: unknown[], to: unknown[]) => from.filter(value => !to.some(other => JSON.stringify(other) === JSON.stringify(value)))
  const [gone, come] = [missing(old.values, now.values), missing(now.values, old.values)]
  if (gone.length > 0) report(`\`${name}\` no longer ${input ? 'takes' : 'has'} ${listed(gone)}`, input)
  // A reader that knows all values doesn't know these, yet answers grow so as a matter of course.
  if (come.length > 0) report(`\`${name}\` may now be ${listed(come)}`, false)
}

function listed(values: unknown[]): string {
  const shown = values.slice(0, 8).map(value => JSON.stringify(value)?.slice(0, 60) ?? 'null').join(', ')
  return values.length > 8 ? `${shown} and ${values.length - 8} more` : shown
}

function compareBounds({ direction, report }: Comparison, old: View, now: View, name: string): void {
  for (const key of boundKeys) {
    const [was, is] = [old.bounds.get(key), now.bounds.get(key)]
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    const stricter = isStricter(key, was, is)
    const says = was === undefined ? `has the new limit ${key} ${JSON.stringify(is)}`
      : is === undefined ? `no longer has the limit ${key} ${JSON.stringify(was)}`
        : `had ${key} ${JSON.stringify(was)}, has ${JSON.stringify(is)}`
    report(`\`${name}\` ${says}`, direction === 'input' && stricter)
  }
}

function isStricter(key: string, was: unknown, is: unknown): boolean {
  // Formats describe; few services refuse by them alone.
  if (is === undefined || key === 'format' || is === false) return false
  if (was === undefined || typeof was !== 'number' || typeof is !== 'number') return true
  if (key === 'multipleOf') return was % is !== 0
  return key.toLowerCase().includes('max') ? is < was : is > was
}

function compareProperties(comparison: Comparison, old: View, now: View, name: string, depth: number): void {
  const { direction, report } = comparison
  const input = direction === 'input'
  for (const [key, schema] of old.properties) {
    const here = `${name}.${key}`
    if (!now.properties.has(key)) report(`\`${here}\` was removed`, true)
    else compare(comparison, schema, now.properties.get(key), here, depth + 1)
  }
  for (const key of now.properties.keys()) {
    if (old.properties.has(key)) continue
    const needed = now.required.has(key)
    report(`\`${name}.${key}\` was added${needed && input ? ', and is required' : ''}`, needed && input)
  }
  for (const key of old.properties.keys()) {
    if (!now.properties.has(key) || old.required.has(key) === now.required.has(key)) continue
    const needed = now.required.has(key)
    if (needed) report(`\`${name}.${key}\` is now ${input ? 'required' : 'always there'}`, input)
    else report(`\`${name}.${key}\` is no longer ${input ? 'required' : 'always there'}`, !input)
  }
  if (old.additional !== false && now.additional === false && input) report(`\`${name}\` no longer takes fields that are not described`, true)
}

/** Alternatives are told apart by what they refer to, or by their whole text. */
function compareAlternatives(comparison: Comparison, old: View, now: View, name: string, depth: number): void {
  const { direction, report } = comparison
  const keyOf = (schema: unknown) => String(refOf(schema) ?? JSON.stringify(schema))
  const [before, after] = [new Map(old.alternatives.map(schema => [keyOf(schema), schema])), new Map(now.alternatives.map(schema => [keyOf(schema), schema]))]
  const gone = [...before.keys()].filter(key => !after.has(key))
  const come = [...after.keys()].filter(key => !before.has(key))
  for (const [key, schema] of before) if (after.has(key)) compare(comparison, schema, after.get(key), name, depth + 1)
  if (gone.length === 1 && come.length === 1 && !String(gone[0]).startsWith('#')) {
    compare(comparison, before.get(gone[0] as string), after.get(come[0] as string), name, depth + 1)
    return
  }
  const called = (key: string) => key.startsWith('#') ? key.split('/').at(-1) : 'one of its forms'
  for (const key of gone) report(`\`${name}\` can no longer be ${called(key)}`, direction === 'input')
  for (const key of come) report(`\`${name}\` can now also be ${called(key)}`, direction === 'output' && before.size === 0)
}
