import { texts } from './texts.ts'

/** How a service is authenticated to, in words; what has none yet by its name. */
export function waysIn(authentication: string[]): string {
  return authentication.map((each) => texts.ways[each] ?? each).join(', ')
}
