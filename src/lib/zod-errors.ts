/** Zod's issues as the API's field errors. */
import type { z } from 'zod'
import { HubError, type FieldError } from '../errors.ts'

const MOST = 50

/** With JSON Pointers below `base`. */
export function fieldErrors(error: z.ZodError, base = ''): FieldError[] {
  return error.issues.slice(0, MOST).flatMap((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [undefined]
    return unknown.map((key) => ({
      pointer: base + pointerOf([...issue.path, ...key === undefined ? [] : [key]]),
      detail: key === undefined ? issue.message : 'is not a known field',
    }))
  })
}

/** The schema's output, or HubError `invalid_input` with pointers below `base`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, base: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = fieldErrors(result.error, base)
  throw new HubError('invalid_input', `${errors[0]?.pointer || 'The value'}: ${errors[0]?.detail}`, { errors })
}

function pointerOf(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
