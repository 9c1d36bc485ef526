/** What the commands `serve`, `worker`, `migrate` and `schema` do. Each loads what it needs, so that none waits for the others' parts. */
import { once } from 'node:events'
import { readConfig } from '../config.ts'
import { interrupted } from '../lib/interrupted.ts'
import { explainStart } from './start-failure.ts'
import { collectStartGarbage } from './start-garbage.ts'
import { urlOf } from './url.ts'

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
  if (hub.welcomeUrl !== undefined) announce(`\n  Nobody can sign in yet. Become the owner, once, until the next start:\n\n    ${hub.welcomeUrl}\n\n`)
  logger.info({ url: hub.url, role }, 'ready')
  collectStartGarbage()
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

/** A link that lets in an owner, whoever forgot what. Those before it are good no more. */
export async function makeOwnerLink(): Promise<string> {
  const config = readConfig(process.env)
  const [{ openStorage }, { createPeople }, { createLogger }] = await Promise.all([import('./storage.ts'), import('./people.ts'), import('../logger.ts')])
  const storage = await openStorage(config, createLogger('silent')).catch((error: unknown) => { throw explainStart(error, config.databaseUrl) })
  try {
    const { signInLinks } = createPeople({ config, database: storage.database, publicUrl: () => config.publicUrl ?? urlOf(config, config.host) })
    const link = await signInLinks.welcome()
    if (link === undefined) throw new Error('There is no hub in this database yet: start one, which prints the first link.')
    return link
  } finally {
    await storage.close()
  }
}

export async function writeSchemaListing(options: { check: boolean }): Promise<void> {
  await (await import('../db/schema-listing.ts')).writeSchemaListing(options)
}
