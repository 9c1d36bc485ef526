/** A credential that is stored, in the form that changes it: what may be seen of it is filled in, and secrets that are left empty stay. */
import type { Credential } from '../../hub/client.ts'
import { mergePatch } from '../../lib/merge-patch.ts'
import { choicesOf, withoutBlanks, withoutOthers } from './secrets.ts'

type Schema = Record<string, unknown>
type Fields = Credential['fields']

function shownOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])))
}

/** The kind follows from what is filled in, where nobody said it. */
export function valuesOf(schema: Schema, fields: Fields): Record<string, unknown> {
  const inUse = choicesOf(schema).find(({ then }) => Object.keys((then['properties'] ?? {}) as object).some((name) => fields[name] !== undefined))
  const kind = Object.fromEntries(Object.entries(inUse?.if.properties ?? {}).map(([name, { enum: [first] }]) => [name, first]))
  return { ...kind, ...shownOf(fields) }
}

/** What to send for what was typed: what differs, and null for what is gone or belongs to another kind than the one that is chosen now. */
export function credentialChange(schema: Schema, fields: Fields, typed: unknown): Record<string, unknown> {
  const after = withoutBlanks(typed)
  const left = withoutOthers(schema, { ...Object.fromEntries(Object.keys(fields).map((name) => [name, true])), ...after })
  const others = Object.keys(fields).filter((name) => !Object.hasOwn(left, name)).map((name) => [name, null] as const)
  return { ...mergePatch(shownOf(fields), after) as Record<string, unknown>, ...Object.fromEntries(others) }
}
