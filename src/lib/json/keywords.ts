/** JSON Schema's keywords about the value itself: type, values, numbers, text, sizes. */
import { fastFormats } from 'ajv-formats/dist/formats.js'
import { clip, isMembers } from './check.ts'
import type { Check, Run } from './check.ts'
import type { SchemaObject } from './normalize.ts'
import type { Pattern } from './patterns.ts'

const maxShown = 10
/** Formats are regular expressions of ours, but not on the linear-time engine. */
const maxFormatLength = 2_000
/** Text is gone through at this many characters a step. */
const charsPerStep = 8
const stepsPerMs = 10_000

export function valueChecks(schema: SchemaObject, patterns: Map<string, Pattern>): Check[] {
  return [
    ...schema.type ? [checkType(schema.type)] : [],
    ...schema.enum ? [checkEnum(schema.enum)] : [],
    ...Object.hasOwn(schema, 'const') ? [checkConst(schema.const)] : [],
    ...numberChecks(schema),
    ...lengthChecks(schema),
    ...schema.pattern === undefined ? [] : [checkPattern(patterns.get(schema.pattern)!)],
    ...schema.format === undefined ? [] : checkFormat(schema.format),
    ...sizeChecks(schema),
    ...schema.uniqueItems ? [checkUnique] : [],
  ]
}

/** In the words of JSON Schema; an integer is a number, too. */
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const articles: Record<string, string> = { null: 'null', boolean: 'a boolean', number: 'a number', integer: 'an integer', string: 'a string', array: 'an array', object: 'an object' }

function checkType(types: string[]): Check {
  const names = types.map((type) => articles[type]).join(' or ')
  return (value, run) => {
    const type = typeOf(value)
    if (types.includes(type) || (type === 'number' && types.includes('integer') && Number.isInteger(value))) return true
    return run.fail(`must be ${names}, not ${type === 'number' && types.includes('integer') ? 'a number with a fraction' : articles[type] ?? type}`, { about: 'type' })
  }
}

function checkEnum(values: unknown[]): Check {
  const texts = new Set(values.map((value) => canonical(value)))
  const hasObjects = values.some((value) => typeof value === 'object' && value !== null)
  const shown = values.slice(0, maxShown).map(show).join(', ')
  const detail = values.length === 1 ? `must be ${shown}` : `must be one of ${shown}${values.length > maxShown ? ` and ${values.length - maxShown} more` : ''}`
  return (value, run) => {
    // A large object need not be written out to be none of some words.
    const comparable = typeof value !== 'object' || value === null || hasObjects
    return (comparable && texts.has(canonical(value, run))) || run.fail(detail, { about: 'choice' })
  }
}

function checkConst(wanted: unknown): Check {
  const text = canonical(wanted)
  const type = typeOf(wanted)
  return (value, run) => (typeOf(value) === type && canonical(value, run) === text) || run.fail(`must be ${show(wanted)}`, { about: 'choice' })
}

function numberChecks({ multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum }: SchemaObject): Check[] {
  const checks: Check[] = []
  const add = (limit: number | undefined, fits: (value: number, limit: number) => boolean, words: string) => {
    if (limit !== undefined) checks.push((value, run) => typeof value !== 'number' || fits(value, limit) || run.fail(`must be ${words} ${limit}`))
  }
  add(minimum, (value, limit) => value >= limit, 'at least')
  add(maximum, (value, limit) => value <= limit, 'at most')
  add(exclusiveMinimum, (value, limit) => value > limit, 'more than')
  add(exclusiveMaximum, (value, limit) => value < limit, 'less than')
  add(multipleOf, isMultiple, 'a multiple of')
  return checks
}

/** 0.3 is a multiple of 0.1, although no computer's division says so. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of
  return Number.isFinite(times) && Math.abs(times - Math.round(times)) <= Number.EPSILON * 4 * Math.max(1, Math.abs(times))
}

/** Counted in Unicode characters, as JSON Schema has it, and only when the number of UTF-16 units doesn't decide. */
function lengthChecks({ minLength, maxLength }: SchemaObject): Check[] {
  const checks: Check[] = []
  if (minLength !== undefined) {
    checks.push((value, run) => typeof value !== 'string' || value.length >= minLength * 2 || (value.length >= minLength && lengthOf(value, run) >= minLength)
      || run.fail(`must have at least ${minLength} ${minLength === 1 ? 'character' : 'characters'}`))
  }
  if (maxLength !== undefined) {
    checks.push((value, run) => typeof value !== 'string' || value.length <= maxLength || (value.length <= maxLength * 2 && lengthOf(value, run) <= maxLength)
      || run.fail(`must have at most ${maxLength} ${maxLength === 1 ? 'character' : 'characters'}`))
  }
  return checks
}

function lengthOf(text: string, run: Run): number {
  run.spend(Math.floor(text.length / charsPerStep))
  let length = 0
  for (let at = 0; at < text.length; length++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return length
}

function checkPattern(pattern: Pattern): Check {
  const detail = `must match ${clip(pattern.source)}`
  return (value, run) => typeof value !== 'string' || matches(pattern, value, run) || run.fail(detail)
}

/** Paid for by the time it took: what a character costs depends on the pattern and the text. */
export function matches(pattern: Pattern, text: string, run: Run): boolean {
  const started = performance.now()
  const found = pattern.test(text)
  run.spend(1 + Math.floor((performance.now() - started) * stepsPerMs))
  return found
}

const formats = new Map<string, unknown>(Object.entries(fastFormats))

/** Nothing for a format that is not known. */
function checkFormat(name: string): Check[] {
  const format = formats.get(name)
  const definition = typeof format === 'object' && format !== null && !(format instanceof RegExp) ? format as { type?: string, validate: unknown } : undefined
  const test = definition ? definition.validate : format
  if (!(test instanceof RegExp) && typeof test !== 'function') return []
  const type = definition?.type ?? 'string'
  const fits = test instanceof RegExp ? (value: unknown) => test.test(value as string) : test as (value: unknown) => boolean
  return [(value, run) => {
    if (typeof value !== type || (typeof value === 'string' && value.length > maxFormatLength)) return true
    if (typeof value === 'string') run.spend(value.length)
    return fits(value) || run.fail(`must be a valid ${name}`)
  }]
}

function sizeChecks({ minItems, maxItems, minProperties, maxProperties }: SchemaObject): Check[] {
  const checks: Check[] = []
  const add = (limit: number | undefined, sizeOf: (value: unknown) => number | undefined, most: boolean, nouns: [string, string]) => {
    if (limit === undefined) return
    const detail = `must have at ${most ? 'most' : 'least'} ${limit} ${nouns[limit === 1 ? 0 : 1]}`
    checks.push((value, run) => {
      const size = sizeOf(value)
      return size === undefined || (most ? size <= limit : size >= limit) || run.fail(detail)
    })
  }
  const items = (value: unknown) => Array.isArray(value) ? value.length : undefined
  const properties = (value: unknown) => isMembers(value) ? Object.keys(value).length : undefined
  add(minItems, items, false, ['item', 'items'])
  add(maxItems, items, true, ['item', 'items'])
  add(minProperties, properties, false, ['property', 'properties'])
  add(maxProperties, properties, true, ['property', 'properties'])
  return checks
}

function checkUnique(value: unknown, run: Run): boolean {
  if (!Array.isArray(value)) return true
  const first = new Map<string, number>()
  for (const [index, item] of value.entries()) {
    const text = canonical(item, run)
    const before = first.get(text)
    if (before !== undefined) return run.fail(`has the same item at ${before} and ${index}`)
    first.set(text, index)
  }
  return true
}

/** The same text for equal JSON values, whatever the order of their keys. */
function canonical(value: unknown, run?: Run): string {
  run?.spend(1)
  if (typeof value === 'string') run?.spend(Math.floor(value.length / charsPerStep))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, run)).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member, run)}`).join(',')}}`
}

function show(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'null')
}
