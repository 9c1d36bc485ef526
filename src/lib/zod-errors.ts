/** Zod's issues as the API's field errors, in plain words. A message that a schema brings itself stays as it is. */
import type { z } from 'zod'
import { HubError, type FieldError } from '../errors.ts'

const MOST = 50

/** With JSON Pointers below `base`. Of a union, the errors of the alternative that the value comes nearest to. */
export function fieldErrors(error: z.ZodError, base = ''): FieldError[] {
  return faultsOf(error.issues).slice(0, MOST).map(({ path, detail }) => ({ pointer: base + pointerOf(path), detail }))
}

/** The schema's output, or HubError `invalid_input` with pointers below `base`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, base: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = fieldErrors(result.error, base)
  throw new HubError('invalid_input', `${errors[0]?.pointer || 'The value'}: ${errors[0]?.detail}`, { errors })
}

type Issue = z.core.$ZodIssue
type Union = z.core.$ZodIssueInvalidUnion

interface Fault { path: PropertyKey[], detail: string, kind: 'other type' | 'other constant' | 'unknown field' | 'other', expected?: string }

function faultsOf(issues: Issue[]): Fault[] {
  return issues.flatMap((issue) => (issue.code === 'invalid_union' && issue.errors.length > 0 ? faultsOfUnion(issue) : plainFaults(issue)))
}

function plainFaults(issue: Issue): Fault[] {
  const { path } = issue
  const detail = plainWords(issue)
  switch (issue.code) {
    case 'unrecognized_keys': return issue.keys.map((key) => ({ path: [...path, key], detail: 'is not a known field', kind: 'unknown field' }))
    case 'invalid_type': return [{ path, detail, kind: 'other type', expected: named(issue.expected) }]
    case 'invalid_value': return [{ path, detail, kind: issue.values.length === 1 ? 'other constant' : 'other', expected: oneOf(issue.values) }]
    case 'invalid_key': return [{ path, detail: issue.issues[0]?.message ?? detail, kind: 'other' }]
    default: return [{ path, detail, kind: 'other' }]
  }
}

/** Zod's own messages begin so. */
const byZod = /^(Invalid|Too small|Too big)/

function plainWords(issue: Issue): string {
  const { message } = issue
  if (!byZod.test(message)) return message
  switch (issue.code) {
    case 'invalid_type': return typeWords(named(issue.expected), /received (\w+)$/.exec(message)?.[1])
    case 'invalid_value': return `must be ${oneOf(issue.values)}`
    case 'invalid_format': return message.replace(/^Invalid /, 'is no valid ')
    case 'invalid_union': return message.replace(/^Invalid discriminator value\. Expected /, 'must be ').replaceAll("'", '"').replaceAll(' | ', ' or ')
    case 'too_small': return boundWords(issue, Number(issue.minimum), { most: false })
    case 'too_big': return boundWords(issue, Number(issue.maximum), { most: true })
    default: return message
  }
}

const names: Record<string, string> = {
  string: 'a string', number: 'a number', int: 'an integer', boolean: 'true or false', object: 'an object', record: 'an object', array: 'a list', date: 'a time',
}

function named(type: string): string {
  return names[type] ?? type
}

function typeWords(expected: string, received = 'NaN'): string {
  if (received === 'undefined') return 'is missing'
  // An integer is a number, and what is read from a query and is none is not worth a name.
  return received === 'NaN' || received === 'number' && expected === named('int') ? `must be ${expected}` : `must be ${expected}, not ${named(received)}`
}

function oneOf(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(' or ')
}

const units: Record<string, [one: string, many: string]> = { string: ['character', 'characters'], array: ['item', 'items'], map: ['entry', 'entries'], set: ['item', 'items'] }

function boundWords({ origin, inclusive = true }: { origin: string, inclusive?: boolean | undefined }, bound: number, { most }: { most: boolean }): string {
  const unit = units[origin]
  if (unit === undefined) return inclusive ? `must be ${bound} or ${most ? 'less' : 'more'}` : `must be ${most ? 'less' : 'more'} than ${bound}`
  return bound === 1 && !most ? 'must not be empty' : `must have at ${most ? 'most' : 'least'} ${bound} ${unit[bound === 1 ? 0 : 1]}`
}

/** A value of no alternative's type is a fault of the union itself. Among the others the nearest one tells what is wrong. */
function faultsOfUnion({ path, message, errors }: Union): Fault[] {
  const alternatives = errors.map((issues) => faultsOf(issues as Issue[]))
  const ofType = alternatives.filter((faults) => !faults.some(isAnotherType))
  if (ofType.length === 0) {
    const expected = [...new Set(alternatives.flatMap((faults) => faults.find(isAnotherType)?.expected ?? []))]
    return [{ path, kind: 'other type', detail: message === 'Invalid input' ? `must be ${expected.join(' or ')}` : message, expected: expected.join(' or ') }]
  }
  const nearest = ofType.reduce((best, each) => (compare(distance(each), distance(best)) < 0 ? each : best))
  return nearest.map((fault) => ({ ...fault, path: [...path, ...fault.path] }))
}

/** The whole value is of another type, so that nothing within it was looked at. */
function isAnotherType({ path, expected }: Fault): boolean {
  return path.length === 0 && expected !== undefined
}

/**
 * How far a value is from an alternative, what counts most first: constants tell alternatives apart, then names of fields; and whoever
 * has got deep into an object meant that one.
 */
function distance(faults: Fault[]): number[] {
  const count = (kind: Fault['kind']): number => faults.filter((fault) => fault.kind === kind).length
  return [count('other constant'), count('unknown field'), -Math.max(...faults.map(({ path }) => path.length)), faults.length]
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((each, index) => each !== b[index])
  return at === -1 ? 0 : a[at]! - b[at]!
}

function pointerOf(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
