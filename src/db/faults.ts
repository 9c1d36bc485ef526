/** What kind of fault Postgres reported. */
import { isConnectionLoss } from './database.ts'

/** No partition takes the row's day. */
export function isMissingPartition(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: string, constraint?: string }
  return code === '23514' && constraint === undefined
}

/** A fault of some row, not of the statement or the connection: classes 22 (data), 23 (constraint), 54 (limits). */
export function isRowFault(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string }
  return !isConnectionLoss(error) && code !== undefined && /^(22|23|54)/.test(code)
}

/** Postgres ended this statement because it and another waited for each other: a repeat will do. */
export function isDeadlock(error: unknown): boolean {
  return (error as { code?: string } | undefined)?.code === '40P01'
}
