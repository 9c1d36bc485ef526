/** Searches that callers word themselves: bounded in time, and told how to be narrowed where that does not suffice. */
import { HubError } from '../errors.ts'
import type { Db } from './db.ts'

export const SEARCH_TIMEOUT_MS = 3000

/** A text to look for, as `ilike '%' || $1 || '%'` takes it literally. Null where nothing is looked for. */
export function literally(text: string | undefined): string | null {
  return text === undefined ? null : text.replace(/[\\%_]/g, '\\$&')
}

/** Postgres ended the statement at its timeout. */
const QUERY_CANCELED = '57014'

/** `orGive`: what narrows this list beside a time, for instance `a type`. Throws HubError `invalid_request` where the search takes too long. */
export async function searchWithin<Result>(db: Db, { timeoutMs, orGive }: { timeoutMs: number, orGive: string }, search: (db: Db) => Promise<Result>): Promise<Result> {
  try {
    return await db.transaction(async (db) => {
      await db.query(`set local statement_timeout = ${timeoutMs}`)
      return search(db)
    })
  } catch (error) {
    if ((error as { code?: string }).code !== QUERY_CANCELED) throw error
    throw new HubError('invalid_request', `The search took longer than ${timeoutMs / 1000} seconds. Narrow it: give \`from\` and \`to\`, or ${orGive}.`, {
      cause: error, errors: [{ pointer: '?from', detail: 'is needed to narrow the search' }],
    })
  }
}

/** For `like`: the text as it stands within JSON, its own wildcards taken literally. */
export function likePattern(text: string): string {
  const inJson = JSON.stringify(text.toWellFormed()).slice(1, -1)
  return `%${inJson.replace(/[\\%_]/g, '\\$&')}%`
}
