/**
 * JSON Schemas of others (2020-12), checked without trust in whoever wrote them or the value.
 *
 * Not Ajv, which writes and compiles JavaScript for a schema: an object of 1,000 properties took it 1 to 5 s of the hub's
 * own thread, one of 3,000 overran its stack, and what it makes cannot be stopped. Here a schema becomes a tree of
 * closures, in a time that grows with its size, and every check has a budget. The tests hold it against Ajv.
 */
import { HubError } from '../../errors.ts'
import type { FieldError } from '../../errors.ts'
import { inPlaceChecks, itemChecks, memberChecks, unevaluatedChecks } from './applicators.ts'
import { Notes, OverBudget, Run } from './check.ts'
import type { Check } from './check.ts'
import { valueChecks } from './keywords.ts'
import { normalizeSchema } from './normalize.ts'
import type { NormalSchema, Schema } from './normalize.ts'

/**
 * Empty when the value fits; otherwise up to 50 faults, each with a pointer into the value. Never changes the value.
 * Throws HubError `invalid_document` when the check costs too much: a schema that doubles its work or refers to itself
 * without end, or a value beyond all measure.
 */
export type SchemaCheck = (value: unknown) => FieldError[]

export interface SchemaOptions {
  /** Told of each pattern that is not checked, since the linear-time engine cannot take it. */
  onIgnoredPattern?: (pattern: string) => void
}

/** A step takes some 20 to 100 ns. */
const maxSteps = 3_000_000

const compiled = new WeakMap<object, SchemaCheck>()

/**
 * Takes 2020-12, and what older drafts wrote differently. Unknown keywords and formats are annotations, keywords with a
 * value of the wrong type are passed over, defaults are not filled in, nothing is converted. A pattern with look-around or
 * back-references is not checked, nor is a format on more than 2,000 characters or a pattern on a text that is too long for it
 * (a million divided by the pattern's instructions: tens of thousands of characters for most).
 * The same object is compiled once, and must not be changed after.
 * Throws HubError `invalid_document`, with a pointer into the schema, for a reference that leads outside or nowhere, and for
 * a schema beyond bounds (20,000 parts, 200 levels, patterns of 100,000 instructions). What a reference leads to is read when a check first
 * gets there, and the check throws the same then.
 */
export function compileSchema(schema: object, options: SchemaOptions = {}): SchemaCheck {
  let check = compiled.get(schema)
  if (!check) compiled.set(schema, check = makeCheck(schema, options))
  return check
}

function makeCheck(source: object, { onIgnoredPattern }: SchemaOptions): SchemaCheck {
  const check = build(normalizeSchema(source, onIgnoredPattern))
  return (value) => {
    const run = new Run(maxSteps)
    try {
      check(value, run, undefined)
    } catch (error) {
      const costly = error instanceof OverBudget
      if (!costly && !(error instanceof RangeError)) throw error
      // A fault found is an answer, even if there may be more.
      if (run.findings.length === 0) {
        throw new HubError('invalid_document', costly ? 'Checking the value against its schema takes too long' : 'The schema refers to itself without end, or the value is nested too deeply for it')
      }
    }
    return run.findings.map(({ pointer, detail }) => ({ pointer, detail }))
  }
}

function build(normal: NormalSchema): Check {
  const named = new Map<string, Check>()
  const lookUp = (name: string): Check => {
    let check = named.get(name)
    if (!check) named.set(name, check = buildOne(normal.definition(name)))
    return check
  }
  const buildOne = (part: Schema): Check => {
    if (part === true) return () => true
    if (part === false) return (_, run) => run.fail('must not be there')
    const { ref } = part
    const checks: Check[] = [
      ...ref === undefined ? [] : [(value: unknown, run: Run, notes: Notes | undefined) => lookUp(ref)(value, run, notes)],
      ...valueChecks(part, normal.patterns), ...memberChecks(part, buildOne, normal.patterns), ...itemChecks(part, buildOne), ...inPlaceChecks(part, buildOne),
    ]
    return combine(checks, unevaluatedChecks(part, buildOne))
  }
  return buildOne(normal.schema)
}

function combine(checks: Check[], last: Check[]): Check {
  const all = [...checks, ...last]
  return (value, run, notes) => {
    run.spend(1)
    const own = last.length > 0 ? new Notes() : notes
    let passed = true
    for (const check of all) {
      if (check(value, run, own)) continue
      passed = false
      if (run.silent) break
    }
    if (own !== notes && own) notes?.add(own)
    return passed
  }
}
