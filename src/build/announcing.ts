/** Announcements over Postgres that something of a tenant's changed: one notice for many changes. */
import type { Logger } from 'pino'
import type { Database } from '../db/database.ts'
import { createAnnouncer, type Announcer } from '../events/changes.ts'

/** Their payload: ids of tenants, with commas between them. */
export const EXECUTIONS_RECORDED = 'interchange_executions'
export const RUNS_CHANGED = 'interchange_runs'

export function announcerOn(channel: string, { database, logger }: { database: Pick<Database, 'system'>, logger: Logger }): Announcer {
  return createAnnouncer({
    send: (tenantIds) => database.system.query('select pg_notify($1, $2)', [channel, tenantIds.join(',')]),
    onError: (error) => { logger.warn({ err: error }, 'pages are told late of what ran') },
  })
}
