/** What Ajv found, in words for whoever sent the value. */
import type { ErrorObject } from 'ajv/dist/2020.js'
import type { FieldError } from '../../errors.ts'
import type { Schema, SchemaObject } from './normalize.ts'
import { appendPointer } from './pointer.ts'

const maxErrors = 50
const maxShown = 10
const maxValueChars = 100

/** `root` is the normalized schema that `errors` are of. */
export function toFieldErrors(errors: ErrorObject[], root: SchemaObject): FieldError[] {
  const kept = keepTelling(errors, root)
  const seen = new Set<string>()
  const fieldErrors: FieldError[] = []
  for (const error of kept) {
    const fieldError = toFieldError(error)
    const text = `${fieldError.pointer}\n${fieldError.detail}`
    if (seen.has(text)) continue
    seen.add(text)
    fieldErrors.push(fieldError)
    if (fieldErrors.length >= maxErrors) break
  }
  return fieldErrors
}

/**
 * A failed `anyOf` comes with the failures of all its branches before it. Where the value's kind leaves one branch only
 * (a null or an object, say), its failures tell more than that none fits; otherwise they are left out.
 */
function keepTelling(errors: ErrorObject[], root: SchemaObject): ErrorObject[] {
  let kept: ErrorObject[] = []
  for (const error of errors) {
    if (error.keyword === 'if') {
      if (kept.length === 0) kept.push(error)
      continue
    }
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      kept.push(error)
      continue
    }
    const branches = (error.schema as Schema[]).map((branch) => reachable(branch, root))
    const belongs = (branch: Set<unknown>) => (other: ErrorObject) => isWithin(other.instancePath, error.instancePath) && branch.has(other.parentSchema)
    const failures = branches.map((branch) => kept.filter(belongs(branch)))
    const all = new Set(failures.flat())
    kept = kept.filter((other) => !all.has(other))
    const likely = failures.filter((list) => list.length > 0 && !list.some((other) => other.instancePath === error.instancePath && ['type', 'const', 'enum'].includes(other.keyword)))
    kept.push(...likely.length === 1 ? likely[0]! : [error])
  }
  return kept
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`)
}

/** The schema objects that a value is checked against on the way through this one. */
function reachable(schema: Schema, root: SchemaObject): Set<unknown> {
  const found = new Set<unknown>()
  const open: unknown[] = [schema]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || found.has(next)) continue
    found.add(next)
    for (const [keyword, value] of Object.entries(next)) {
      if (keyword === '$ref') open.push((root.$defs as Record<string, Schema>)[String(value).slice('#/$defs/'.length)])
      else if (keyword !== 'enum' && keyword !== 'const') open.push(value)
    }
  }
  return found
}

type Params = Record<string, unknown>
type Describe = (error: ErrorObject, params: Params) => string

const limitWords = (params: Params): string => `${{ '<=': 'at most', '>=': 'at least', '<': 'less than', '>': 'more than' }[params.comparison as string]} ${String(params.limit)}`
const count = (n: unknown, one: string, many: string): string => `${String(n)} ${n === 1 ? one : many}`

const descriptions: Record<string, Describe> = {
  type: ({ data }, { type }) => `must be ${listTypes(type)}, not ${typeOf(data)}`,
  required: () => 'is missing',
  dependentRequired: (_, { property }) => `is missing, and needed together with ${show(property)}`,
  additionalProperties: () => 'is not a known property',
  unevaluatedProperties: () => 'is not a known property',
  propertyNames: () => 'has a name that is not taken',
  enum: ({ schema }) => `must be ${listValues(schema as unknown[])}`,
  const: ({ schema }) => `must be ${show(schema)}`,
  pattern: (_, { pattern }) => `must match ${clip(String(pattern))}`,
  format: (_, { format }) => `must be a valid ${clip(String(format))}`,
  minLength: ({ schema }) => `must have at least ${count(schema, 'character', 'characters')}`,
  maxLength: ({ schema }) => `must have at most ${count(schema, 'character', 'characters')}`,
  minItems: (_, { limit }) => `must have at least ${count(limit, 'item', 'items')}`,
  maxItems: (_, { limit }) => `must have at most ${count(limit, 'item', 'items')}`,
  items: (_, { limit }) => `must have at most ${count(limit, 'item', 'items')}`,
  unevaluatedItems: (_, { len }) => `must have at most ${count(len, 'item', 'items')}`,
  minProperties: (_, { limit }) => `must have at least ${count(limit, 'property', 'properties')}`,
  maxProperties: (_, { limit }) => `must have at most ${count(limit, 'property', 'properties')}`,
  minimum: (_, params) => `must be ${limitWords(params)}`,
  maximum: (_, params) => `must be ${limitWords(params)}`,
  exclusiveMinimum: (_, params) => `must be ${limitWords(params)}`,
  exclusiveMaximum: (_, params) => `must be ${limitWords(params)}`,
  multipleOf: (_, params) => `must be a multiple of ${String(params.multipleOf)}`,
  uniqueItems: () => 'has the same item twice',
  contains: (_, { minContains, maxContains }) => `must have at least ${count(minContains, 'item', 'items')}${maxContains === undefined ? '' : ` and at most ${String(maxContains)}`} of the wanted kind`,
  anyOf: ({ schema }) => `fits none of the ${(schema as unknown[]).length} allowed forms`,
  oneOf: ({ schema }, { passingSchemas }) => passingSchemas ? 'fits more than one of the forms of which only one is allowed' : `fits none of the ${(schema as unknown[]).length} allowed forms`,
  not: () => 'has a form that is not allowed',
  'false schema': () => 'must not be there',
}

function toFieldError(error: ErrorObject): FieldError {
  const params = error.params as Params
  const member = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? (error.keyword === 'propertyNames' ? params.propertyName : undefined)
  const describe = descriptions[error.keyword]
  return {
    pointer: member === undefined ? error.instancePath : appendPointer(error.instancePath, clip(String(member))),
    detail: describe ? describe(error, params) : 'does not fit',
  }
}

const articles: Record<string, string> = { null: 'null', boolean: 'a boolean', number: 'a number', integer: 'an integer', string: 'a string', array: 'an array', object: 'an object' }

function listTypes(types: unknown): string {
  return (Array.isArray(types) ? types : [types]).map((type) => articles[String(type)] ?? String(type)).join(' or ')
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return articles[Array.isArray(value) ? 'array' : typeof value] ?? typeof value
}

function listValues(values: unknown[]): string {
  if (values.length === 1) return show(values[0])
  const shown = values.slice(0, maxShown).map(show).join(', ')
  return `one of ${shown}${values.length > maxShown ? ` and ${values.length - maxShown} more` : ''}`
}

function show(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'null')
}

function clip(text: string): string {
  return text.length > maxValueChars ? `${text.slice(0, maxValueChars).toWellFormed()}…` : text
}
