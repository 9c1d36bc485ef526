/** What the commands `serve`, `worker`, `migrate` and `schema` do. Each loads what it needs, so that none waits for the others' parts. */
import { once } from 'node:events'
import { readConfig } from '../config.ts'
import { interrupted } from '../lib/interrupted.ts'
import { explainStart } from './start-failure.ts'

/** Runs until the first SIGINT or SIGTERM. `announce` gets what a person at a terminal wants to see, the made key among it. */
export async function runHub(role: 'serve' | 'worker', announce: (text: string) => void): Promise<void> {
  const config = readConfig(process.env)
  const [{ startHub }, { createLogger }] = await Promise.all([import('../build.ts'), import('../logger.ts')])
  const logger = createLogger(config.logLevel)
  // From the first moment: a hub that is asked to stop while it starts lets go of its database properly too.
  const stopped = interrupted()
  const keyMade = (key: string): void => { announce(`\n  The owner's API key, shown only now:\n\n    ${key}\n\n  Keep it, and set it as INTERCHANGE_API_KEY for the command line.\n\n`) }
  const hub = await startHub({ config, logger, role, keyMade }).catch((error: unknown) => { throw explainStart(error, config.databaseUrl) })
  if (hub.url !== undefined) announce(`Interchange is ready: ${hub.url}  (API reference: ${hub.url}/docs)\n`)
  logger.info({ url: hub.url, role }, 'ready')
  if (!stopped.aborted) await once(stopped, 'abort')
  logger.info('stopping')
  await hub.close()
}

/** Of `DATABASE_URL`, or of the embedded one. */
export async function migrateDatabase(): Promise<string[]> {
  const { databaseUrl, dataFolder } = readConfig(process.env)
  const { migrate } = await import('../db/migrate.ts')
  if (databaseUrl !== undefined) {
    const { applied } = await migrate(databaseUrl).catch((error: unknown) => { throw explainStart(error, databaseUrl) })
    return applied
  }
  const { startEmbeddedPostgres } = await import('../db/embedded/index.ts')
  const embedded = await startEmbeddedPostgres({ dataFolder, log: { info: () => undefined } })
  try {
    return (await migrate(embedded.connectionString)).applied
  } finally {
    await embedded.stop()
  }
}

export async function writeSchemaListing(options: { check: boolean }): Promise<void> {
  await (await import('../db/schema-listing.ts')).writeSchemaListing(options)
}
