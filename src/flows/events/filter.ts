/**
 * Whether an event is one that a flow waits for: the DSL's event filter (https://github.com/serverlessworkflow/specification, "Event Filter").
 * A literal must equal the event's attribute, or be a regular expression over the whole of it; of literal data, every member that is given must be there. An expression gets the attribute: what is true or false
 * decides by itself, anything else must equal it.
 */
import type { CloudEvent } from '../../events/event.ts'
import type { Jq } from '../../lib/jq/jq.ts'
import { compilePattern } from '../../lib/json/patterns.ts'
import type { EventFilter } from '../definition.ts'
import { onlyProgram } from '../expressions/parts.ts'

export interface CompiledFilter {
  /** The only type that it takes, where it says so by a literal. */
  type: string | undefined
  /** At once where no expression takes jq. An expression that fails matches nothing. */
  matches(event: CloudEvent): boolean | Promise<boolean>
}

type Condition = { attribute: string } & ({ literal: unknown } | { expression: string })

export function compileFilter({ with: wanted }: EventFilter, { jq, batchKey }: { jq: Jq, batchKey: string }): CompiledFilter {
  const conditions = Object.entries(wanted).map(([attribute, value]): Condition => {
    const expression = typeof value === 'string' ? onlyProgram(value) : undefined
    return expression === undefined ? { attribute, literal: value } : { attribute, expression }
  })
  const literals = conditions.filter((each) => 'literal' in each)
  const expressions = conditions.filter((each) => 'expression' in each)
  const holds = async ({ attribute, expression }: { attribute: string, expression: string }, event: CloudEvent): Promise<boolean> => {
    const value = event[attribute] ?? null
    try {
      const output = await jq.first(expression, value, { batchKey })
      return typeof output === 'boolean' ? output : output !== undefined && fits(output, value)
    } catch {
      return false
    }
  }
  const type = literals.find(({ attribute }) => attribute === 'type')?.literal
  return {
    type: typeof type === 'string' ? type : undefined,
    matches(event) {
      if (!literals.every(({ attribute, literal }) => attributeFits(literal, event[attribute]))) return false
      if (expressions.length === 0) return true
      return Promise.all(expressions.map((each) => holds(each, event))).then((all) => all.every(Boolean))
    },
  }
}

/** Of an attribute, a text may be a pattern. */
export function attributeFits(wanted: unknown, value: unknown): boolean {
  return fits(wanted, value) || typeof wanted === 'string' && typeof value === 'string' && /[*+?^$()[\]{}|\\.]/.test(wanted) && compilePattern(`^(?:${wanted})$`)?.test(value) === true
}

/** Objects by the members that are wanted, everything else as a whole. */
function fits(wanted: unknown, value: unknown): boolean {
  if (wanted === value) return true
  if (typeof wanted !== 'object' || wanted === null || typeof value !== 'object' || value === null || Array.isArray(wanted) !== Array.isArray(value)) return false
  if (Array.isArray(wanted) && wanted.length !== (value as unknown[]).length) return false
  return Object.entries(wanted).every(([name, each]) => Object.hasOwn(value, name) && fits(each, (value as Record<string, unknown>)[name]))
}
