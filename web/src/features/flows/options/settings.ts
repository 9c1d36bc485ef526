import { isMembers, memberOf, type Members } from '../graph/tasks.ts'

/** Where the hub's own settings of a flow stand: the standard leaves metadata to everybody. */
export const SETTINGS = '/document/metadata/interchange'

export function settingsIn(definition: Members): Members {
  const settings = memberOf(memberOf(definition['document'], 'metadata'), 'interchange')
  return isMembers(settings) ? settings : {}
}
