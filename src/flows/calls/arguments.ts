/** Reads what stands under a call's `with`. Its expressions are evaluated, so that anything may stand anywhere. */
import { z } from 'zod'
import { fieldErrors } from '../../lib/zod-errors.ts'
import { fault } from '../fault.ts'

/** The schema's output. Throws FlowFault `validation`, with where. */
export function readArguments<Schema extends z.ZodType>(schema: Schema, value: unknown, of: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [{ pointer, detail } = { pointer: '', detail: 'is not valid' }] = fieldErrors(result.error)
  throw fault('validation', `The arguments of ${of} are not valid: ${pointer === '' ? 'they' : pointer} ${detail}`)
}

/** A policy, or `{ use: <name> }`. */
export const authentication = z.record(z.string(), z.unknown())

export const endpoint = z.union([z.string(), z.object({ uri: z.string(), authentication: authentication.optional() })])
export type Endpoint = z.output<typeof endpoint>

export const externalResource = z.object({ name: z.string().optional(), endpoint })
export type ExternalResource = z.output<typeof externalResource>

/** Numbers and booleans are what expressions give; headers and environments hold text. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
export const texts = z.record(z.string(), scalar)

/** A variable that is null is left out. */
export const environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of a variable'), scalar.nullable())
  .transform((given) => Object.fromEntries(Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== null)))

export const duration = z.union([z.string(), z.record(z.string(), z.number())])

export const output = z.enum(['raw', 'content', 'response']).default('content')
