/** Whether an error is one that a `catch` wants. */
import type { CatchDefinition } from '../definition.ts'
import { evaluate, holds, type Scope } from '../engine/scope.ts'
import type { FaultDetail } from '../fault.ts'
import { variablesFor, type Work } from './executor.ts'

/** `scope`: with the error among its variables. */
export async function isCaught(scope: Scope, work: Work, { errors, when, exceptWhen }: CatchDefinition, error: FaultDetail): Promise<boolean> {
  const variables = variablesFor({ ...work, scope })
  const wanted = errors?.with === undefined ? undefined : await evaluate(scope, errors.with, work.input, variables) as Partial<FaultDetail>
  if (wanted !== undefined && !matches(wanted, error)) return false
  if (when !== undefined && !await holds(scope, when, work.input, variables)) return false
  return exceptWhen === undefined || !await holds(scope, exceptWhen, work.input, variables)
}

function matches(wanted: Partial<FaultDetail>, error: FaultDetail): boolean {
  return Object.entries(wanted).every(([key, value]) => {
    if (value === undefined || value === null) return true
    const own = error[key as keyof FaultDetail]
    return key === 'type' ? plainType(String(value)) === plainType(String(own)) : key === 'status' ? Number(value) === own : value === own
  })
}

/**
 * The specification spells its own types in several ways: `/spec/1.0.0/errors/communication`, and in examples and the conformance kit
 * `/dsl/errors/types/communication`. A filter means the same error by any of them; the error itself keeps the first spelling.
 */
function plainType(type: string): string {
  const [, kind] = /^https:\/\/serverlessworkflow\.io(?:\.io)?\/(?:spec\/[^/]+\/errors|dsl\/errors\/types)\/([a-z]+)$/.exec(type) ?? []
  return kind ?? type
}
