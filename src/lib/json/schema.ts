/** JSON Schemas of others: compiled once, checked without trust in whoever wrote them or the value. */
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { HubError } from '../../errors.ts'
import type { FieldError } from '../../errors.ts'
import { Budget, OverBudget, createAjv } from './budget.ts'
import { normalizeSchema } from './normalize.ts'
import type { NormalSchema } from './normalize.ts'
import { toFieldErrors } from './schema-errors.ts'

/**
 * Empty when the value fits; otherwise what is wrong, each with a pointer into the value. Never changes the value.
 * Throws HubError `invalid_document` when the check would take too long (a schema that doubles its work, or a huge value).
 */
export type SchemaCheck = (value: unknown) => FieldError[]

export interface SchemaOptions {
  /** Told of each pattern that is not checked, since the linear-time engine cannot take it. */
  onIgnoredPattern?: (pattern: string) => void
}

/** A step is some ten nanoseconds: schema objects evaluated, characters matched. Ten million come to some 0.2 s. */
const maxSteps = 10_000_000
/** Beyond, only the first fault is looked for: a list of them could grow larger than the value. */
const maxStepsForAll = 100_000

const compiled = new WeakMap<object, SchemaCheck>()

/**
 * 2020-12, with what older drafts wrote differently. Unknown keywords and formats are annotations, keywords with a value
 * of the wrong type are passed over, defaults are not filled in, nothing is converted. A pattern with look-around or
 * back-references is not checked, and neither is a format on more than 2,000 characters.
 * The same object is compiled once; it must not be changed after. Compiling is put off until the first check.
 * Throws HubError `invalid_document`, with a pointer into the schema, for a `$ref` that leads outside or nowhere, and for
 * a schema beyond bounds (10,000 parts, 200 levels, 1,000 patterns).
 */
export function compileSchema(schema: object, options: SchemaOptions = {}): SchemaCheck {
  let check = compiled.get(schema)
  if (!check) compiled.set(schema, check = makeCheck(schema, options))
  return check
}

function makeCheck(source: object, { onIgnoredPattern }: SchemaOptions): SchemaCheck {
  const normal = normalizeSchema(source)
  for (const pattern of normal.ignoredPatterns) onIgnoredPattern?.(pattern)
  const budget = new Budget()
  let fast: ValidateFunction | undefined
  let thorough: ValidateFunction | undefined
  return (value) => {
    const first = run(fast ??= compile(normal, budget, false), value, budget, maxSteps)
    if (first === undefined) return []
    try {
      const all = run(thorough ??= compile(normal, budget, true), value, budget, maxStepsForAll)
      return toFieldErrors(all ?? first, normal.schema)
    } catch (error) {
      if (error instanceof HubError) return toFieldErrors(first, normal.schema)
      throw error
    }
  }
}

function compile({ schema, patterns }: NormalSchema, budget: Budget, allErrors: boolean): ValidateFunction {
  try {
    return createAjv(budget, patterns, allErrors).compile(schema)
  } catch (cause) {
    throw new HubError('invalid_document', 'The schema cannot be used', { cause })
  }
}

function run(validate: ValidateFunction, value: unknown, budget: Budget, steps: number): ErrorObject[] | undefined {
  budget.left = steps
  try {
    if (validate(value)) return undefined
    const errors = validate.errors ?? []
    // They hold the value, which must not be kept alive by the schema.
    validate.errors = null
    return errors
  } catch (error) {
    if (error instanceof OverBudget) throw new HubError('invalid_document', 'Checking the value against the schema takes too long')
    if (error instanceof RangeError) throw new HubError('invalid_document', 'The schema refers to itself without end, or the value is nested too deeply for it')
    throw error
  }
}
