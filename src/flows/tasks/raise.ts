import type { ErrorDefinition } from '../definition.ts'
import { used } from '../engine/scope.ts'
import { fault, FlowFault } from '../fault.ts'
import { evaluateFor, type Executor } from './executor.ts'

export const raiseTask: Executor = async (work) => {
  const { error } = work.place.definition.raise!
  const definition = typeof error === 'string' ? used<ErrorDefinition>(work.scope.run, 'errors', error) : error
  const { type, status, title, detail, instance } = await evaluateFor(work, definition) as ErrorDefinition
  const number = Number(status)
  if (typeof type !== 'string' || !Number.isFinite(number)) throw fault('configuration', 'An error needs a type, which is a URI, and a status, which is a number.')
  throw new FlowFault({ type, status: number, title: text(title) ?? type, ...detail !== undefined && detail !== null && { detail: text(detail)! }, ...typeof instance === 'string' && { instance } })
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : typeof value === 'string' ? value : JSON.stringify(value)
}
