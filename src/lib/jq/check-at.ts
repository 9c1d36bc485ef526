import { HubError, isHubError } from '../../errors.ts'
import type { Jq } from './jq.ts'

/** Compiles only. Rejects with HubError `invalid_expression`, with the place of the program in what somebody sent. */
export async function checkAt(jq: Pick<Jq, 'check'>, pointer: string, program: string, options: { batchKey: string }): Promise<void> {
  try {
    await jq.check(program, options)
  } catch (error) {
    if (!isHubError(error, 'invalid_expression')) throw error
    throw new HubError('invalid_expression', error.message, { cause: error, errors: [{ pointer, detail: error.message }] })
  }
}
