/** JSON Schemas of others (2020-12): compiled once, checked without trust in whoever wrote them. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { RE2JS } from 're2js'
import { HubError, type FieldError } from '../../errors.ts'

/** Empty when the value fits. */
export type SchemaCheck = (value: unknown) => FieldError[]

const MOST_ERRORS = 20
const compiled = new WeakMap<object, SchemaCheck>()

/**
 * Patterns run on a linear-time engine; one that it cannot take (a look-around, a back-reference) is not checked.
 * Nothing is fetched: references must stay within the schema. Values are never changed. Throws HubError `invalid_document`.
 */
export function compileSchema(schema: object): SchemaCheck {
  let check = compiled.get(schema)
  if (check === undefined) {
    check = compile(schema)
    compiled.set(schema, check)
  }
  return check
}

function compile(schema: object): SchemaCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateSchema: false, validateFormats: true, logger: false, unicodeRegExp: true, code: { regExp: linearPattern }, addUsedSchema: false })
  addFormats.default(ajv, { mode: 'fast', keywords: false })
  try {
    const validate = ajv.compile(schema)
    return (value) => (validate(value) ? [] : (validate.errors ?? []).slice(0, MOST_ERRORS).map(toFieldError))
  } catch (error) {
    throw new HubError('invalid_document', `A schema cannot be used: ${(error as Error).message.slice(0, 300)}`, { cause: error })
  }
}

/** What Ajv asks of an engine. */
function linearPattern(pattern: string): { test(text: string): boolean } {
  try {
    const program = RE2JS.compile(RE2JS.translateRegExp(pattern))
    return { test: (text) => program.matcher(text).find() }
  } catch {
    return { test: () => true }
  }
}
linearPattern.code = 'linearPattern'

function toFieldError({ instancePath, keyword, params, message = 'does not fit' }: ErrorObject): FieldError {
  const { missingProperty, additionalProperty, unevaluatedProperty, allowedValues, type } = params as Record<string, unknown>
  const below = (name: unknown): string => `${instancePath}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`
  if (keyword === 'required') return { pointer: below(missingProperty), detail: 'is needed' }
  if (additionalProperty !== undefined || unevaluatedProperty !== undefined) return { pointer: below(additionalProperty ?? unevaluatedProperty), detail: 'is not a known field' }
  if (keyword === 'enum' && Array.isArray(allowedValues)) {
    const shown = allowedValues.slice(0, 10).map((value) => JSON.stringify(value)).join(', ')
    return { pointer: instancePath, detail: `must be one of ${shown}${allowedValues.length > 10 ? ' …' : ''}` }
  }
  if (keyword === 'type') return { pointer: instancePath, detail: `must be ${Array.isArray(type) ? type.join(' or ') : String(type)}` }
  return { pointer: instancePath, detail: message }
}
