/** Tells the other processes that a credential changed. */
import type { Db } from '../db/db.ts'

/** Payload: `<tenant>:<credential>`. */
export const CREDENTIALS_CHANGED = 'interchange_credentials'

/** Heard when the transaction commits. */
export async function tellOthers(db: Db, tenantId: string, id: string): Promise<void> {
  await db.query('select pg_notify($1, $2)', [CREDENTIALS_CHANGED, `${tenantId}:${id}`])
}
