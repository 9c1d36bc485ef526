/** What the hub stands on: Postgres, brought up to date, and the way out over HTTP. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createBlobs, type Blobs } from '../blobs/blobs.ts'
import type { Config } from '../config.ts'
import { createDatabase, type Database } from '../db/database.ts'
import { startEmbeddedPostgres } from '../db/embedded/index.ts'
import { migrate } from '../db/migrate.ts'
import { createAddressGuard, type AddressGuard } from '../lib/http/address-guard.ts'
import { createHttpClient } from '../lib/http/client.ts'
import type { HttpClient } from '../lib/http/http.ts'
import { createLinks, type Links } from '../records/links.ts'
import { createTenantRetention, type Ceilings, type TenantRetention } from '../tenants/retention.ts'

export interface Storage {
  connectionString: string
  database: Database
  blobs: Blobs
  links: Links
  retention: TenantRetention
  http: HttpClient
  guard: AddressGuard
  close(): Promise<void>
}

const KEEP_RUNNING_MS = 2000

export async function openStorage(config: Config, logger: Logger): Promise<Storage> {
  const embedded = config.databaseUrl === undefined
    ? await startEmbeddedPostgres({ dataFolder: config.dataFolder, log: { info: (message) => { logger.info(message) } } })
    : undefined
  const connectionString = config.databaseUrl ?? embedded!.connectionString
  try {
    await migrate(connectionString)
    const database = createDatabase({
      connectionString, maxConnections: config.databaseConnections,
      onError: (error) => { logger.warn({ err: error }, 'a database connection broke') },
    })
    const guard = createAddressGuard({ allowNetworks: config.allowNetworks })
    const http = createHttpClient({ guard, userAgent: 'Interchange/0.1' })
    const watch = embedded && keepRunning(embedded, logger)
    return {
      connectionString, database, guard, http, links: createLinks({ database, onError: (error) => { logger.warn({ err: error }, 'what a record repeats was not noted') } }), retention: createTenantRetention({ database, ceilings: ceilingsOf(config) }), blobs: createBlobs({ database, folder: join(config.dataFolder, 'blobs') }),
      async close() {
        clearInterval(watch)
        await http.close()
        await database.close()
        await embedded?.stop()
      },
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

function ceilingsOf({ eventsRetentionDays, runsRetentionDays, executionsRetentionDays }: Config): Ceilings {
  const events = { days: eventsRetentionDays, setting: 'INTERCHANGE_EVENTS_RETENTION_DAYS' }
  return {
    events, deliveries: events, runs: { days: runsRetentionDays, setting: 'INTERCHANGE_RUNS_RETENTION_DAYS' },
    executions: { days: executionsRetentionDays, setting: 'INTERCHANGE_EXECUTIONS_RETENTION_DAYS' },
  }
}

/** A Postgres of ours that somebody killed is started again. */
function keepRunning({ ensureRunning }: { ensureRunning(): Promise<void> }, logger: Logger): NodeJS.Timeout {
  const timer = setInterval(() => {
    ensureRunning().catch((error: unknown) => { logger.error({ err: error }, 'the embedded Postgres does not start') })
  }, KEEP_RUNNING_MS)
  timer.unref()
  return timer
}
