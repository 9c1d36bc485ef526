/** How connectors read what the credential form gave. */
import type { z } from 'zod'
import { HubError } from '../errors.ts'
import { fieldErrors } from '../lib/zod-errors.ts'

/**
 * Empty fields count as left out. Throws HubError `credential_missing` where a required one is not there, `invalid_input` where one
 * is not of its form; neither shows a value.
 */
export function readCredentials<Schema extends z.ZodType>(schema: Schema, given: Record<string, unknown>): z.output<Schema> {
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== null && value !== undefined))
  const result = schema.safeParse(filled)
  if (result.success) return result.data
  const errors = fieldErrors(result.error, '/credentials')
  const missing = result.error.issues.map(({ path }) => String(path[0])).filter((field) => !Object.hasOwn(filled, field))
  if (missing.length > 0) throw new HubError('credential_missing', `The credential has no ${missing.join(', ')}.`, { errors, beforeSending: true })
  throw new HubError('invalid_input', `${errors[0]!.pointer} of the credential: ${errors[0]!.detail}`, { errors, beforeSending: true })
}
