/** What is wrong with a document, or worth a second look, and where. */
import type { FieldError } from '../../errors.ts'

/** Public: add, never rename. */
export const findingCodes = [
  'syntax', 'form', 'setting', 'expression', 'unknown_variable', 'empty_variable',
  'duplicate_task', 'unknown_task', 'unreachable_task', 'unknown_reference', 'unknown_function', 'unknown_integration', 'unknown_operation', 'unknown_credential', 'open_secret',
  'unknown_flow', 'unknown_source', 'invalid_input', 'invalid_duration', 'invalid_schedule', 'invalid_endpoint', 'invalid_schema', 'not_checked', 'not_allowed', 'never_runs',
] as const
export type FindingCode = (typeof findingCodes)[number]

/** Line and column count from 1; `detail` goes on where the pointer ends: "/do/0/getPet/call names no …". */
export interface Finding extends FieldError {
  severity: 'error' | 'warning'
  code: FindingCode
  line: number
  column: number
  /** An error only as long as what it names is not there. */
  allowable?: true
}

/** A finding before its place in the text is known. `at` says what the place is: the key of the member, or its value. */
export interface Note extends FieldError {
  severity: 'error' | 'warning'
  code: FindingCode
  at?: 'key' | 'value'
}

export type Report = (note: Note) => void

/** A document with this many is not worth reading further. */
export const MOST_FINDINGS = 200

/** What a document names and the tenant does not have, though the document is right by itself: it may come yet. */
const absences: ReadonlySet<FindingCode> = new Set(['unknown_integration', 'unknown_operation', 'unknown_credential', 'unknown_flow', 'unknown_source'])

/** For those who want it to run as it is: what is named and not there is an error, too. */
export function refusingAbsences<Each extends Pick<Finding, 'severity' | 'code'>>(findings: readonly Each[]): Each[] {
  return findings.map((finding) => (absences.has(finding.code) ? { ...finding, severity: 'error', allowable: true } : finding))
}

export function hasErrors(findings: readonly Pick<Finding, 'severity'>[]): boolean {
  return findings.some(({ severity }) => severity === 'error')
}
