/** Values against the schemas of a flow. */
import { compileSchema } from '../../lib/json/schema.ts'
import { fault } from '../fault.ts'

/** Throws FlowFault `validation`; a schema that cannot be read is a `configuration` fault. */
export function assertFits(schema: object, value: unknown, what: string): void {
  const errors = checkWith(schema, value)
  if (errors.length === 0) return
  const said = errors.slice(0, 5).map(({ pointer, detail }) => `${pointer === '' ? 'it' : pointer} ${detail}`).join('; ')
  throw fault('validation', `The ${what} does not fit its schema: ${said}`)
}

function checkWith(schema: object, value: unknown): ReturnType<ReturnType<typeof compileSchema>> {
  try {
    return compileSchema(schema)(value)
  } catch (error) {
    throw fault('configuration', error instanceof Error ? error.message : 'The schema cannot be read.', { cause: error })
  }
}
