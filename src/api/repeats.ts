import { HubError } from '../errors.ts'

/** What `repeats` of a body names: `found` is undefined where there is no such thing. Throws `not_found`. */
export function assertRepeatable(what: 'event' | 'run', found: unknown): void {
  if (found === undefined) throw new HubError('not_found', `There is no ${what} that this could repeat.`, { errors: [{ pointer: '/repeats', detail: `is the id of no ${what}` }] })
}
