/** Whether an event is one that a `listen` wants. */
import { isDeepStrictEqual } from 'node:util'
import type { CloudEvent } from '../../events/event.ts'
import type { EventFilter } from '../definition.ts'
import type { Expressions, Variables } from '../expressions/evaluate.ts'
import { attributeFits } from '../events/filter.ts'
import { onlyProgram } from '../expressions/parts.ts'

/** As it is kept with a wait: what its expressions name stands beside it, since the run is not at hand when an event comes. */
export interface StoredFilter extends EventFilter { variables: Variables }

/** What of it Postgres can look up; null where it is no plain text. */
export function literalOf({ with: wanted }: EventFilter, name: 'type' | 'source' | 'subject'): string | null {
  const value = wanted[name]
  return typeof value === 'string' && /^[\w:/@.,~%-]*$/.test(value) && !/[*+?^$()[\]{}|\\]/.test(value) ? value : null
}

/**
 * Each attribute of `with` must fit, as for a trigger, with the run's variables at hand. Of `correlate`, what has an expectation must meet it. Where an expression fails, it does not fit.
 */
export async function fits({ with: wanted, correlate = {}, variables }: StoredFilter, event: CloudEvent, expressions: Expressions): Promise<boolean> {
  for (const [name, expected] of Object.entries(wanted)) {
    if (!await expressionFits(expected, event[name], { expressions, variables })) return false
  }
  return meetsExpectations(correlate, event, { expressions, variables })
}

/** What correlations expect by themselves. */
export async function meetsExpectations(correlate: NonNullable<EventFilter['correlate']>, event: CloudEvent, { expressions, variables }: With): Promise<boolean> {
  for (const { from, expect } of Object.values(correlate)) {
    if (expect === undefined) continue
    const [value, expectation] = await Promise.all([correlationOf(from, event, expressions, variables), attempt(() => expressions.evaluate(expect, event, variables))])
    if (value === undefined || value === null || !isDeepStrictEqual(value, expectation)) return false
  }
  return true
}

interface With { expressions: Expressions, variables: Variables }

async function expressionFits(expected: unknown, actual: unknown, { expressions, variables }: With): Promise<boolean> {
  const isCondition = typeof expected === 'string' && onlyProgram(expected) !== undefined
  const result = await attempt(() => expressions.evaluate(expected, actual ?? null, variables))
  return isCondition && typeof result === 'boolean' ? result : result !== undefined && attributeFits(result, actual)
}

/** What links an event to others: over the whole event, and where that has nothing, over its data. */
export async function correlationOf(from: string, event: CloudEvent, expressions: Expressions, variables: Variables): Promise<unknown> {
  const value = await attempt(() => expressions.evaluate(from, event, variables, { bare: true }))
  return value ?? attempt(() => expressions.evaluate(from, event.data ?? null, variables, { bare: true }))
}

async function attempt(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
