import type { Db } from '../../db/db.ts'

/** Who is signed in, or what they may do, changed somewhere. */
export const SESSIONS_CHANGED = 'interchange_sessions'

/** Heard when the transaction commits. */
export async function tellSessionsChanged(db: Db): Promise<void> {
  await db.query('select pg_notify($1, $2)', [SESSIONS_CHANGED, ''])
}
