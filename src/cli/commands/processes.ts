/** Commands that run the hub itself, in this process. */
import type { Command } from 'commander'
import { readConfig, type Config } from '../../config.ts'

export function addProcesses(program: Command): void {
  program.command('serve')
    .description('run the hub: API and jobs')
    .action(() => runUntilStopped('serve'))
  program.command('worker')
    .description('run jobs only, beside other hubs on the same database')
    .action(() => runUntilStopped('worker'))
  program.command('migrate')
    .description('bring the database up to date, and end')
    .action(async () => {
      const applied = await withPostgres(readConfig(process.env), async (url) => (await import('../../db/migrate.ts')).migrate(url))
      process.stdout.write(applied.applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.applied.join(', ')}.\n`)
    })
  program.command('schema', { hidden: true })
    .description('write migrations/schema.txt, the listing of the schema')
    .option('--check', 'fail where the listing is not up to date instead')
    .action(async ({ check }: { check?: boolean }) => {
      const { writeSchemaListing } = await import('../../db/schema-listing.ts')
      await writeSchemaListing({ check: check ?? false })
    })
}

async function runUntilStopped(role: 'serve' | 'worker'): Promise<void> {
  const config = readConfig(process.env)
  const [{ startHub }, { createLogger }] = await Promise.all([import('../../build.ts'), import('../../logger.ts')])
  const logger = createLogger(config.logLevel)
  const hub = await startHub({ config, logger, role })
  if (hub.madeKey !== undefined) {
    process.stderr.write(`\n  The owner's API key, shown only now:\n\n    ${hub.madeKey}\n\n  Keep it, and set it as INTERCHANGE_API_KEY for the command line.\n\n`)
  }
  if (hub.url !== undefined) process.stderr.write(`Interchange is ready: ${hub.url}  (API reference: ${hub.url}/docs)\n`)
  logger.info({ url: hub.url, role }, 'ready')
  await stopSignal()
  logger.info('stopping')
  await hub.close()
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1)
        asked = true
        resolve()
      })
    }
  })
}

async function withPostgres<Result>(config: Config, work: (connectionString: string) => Promise<Result>): Promise<Result> {
  if (config.databaseUrl !== undefined) return work(config.databaseUrl)
  const { startEmbeddedPostgres } = await import('../../db/embedded/index.ts')
  const embedded = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log: { info: () => undefined } })
  try {
    return await work(embedded.connectionString)
  } finally {
    await embedded.stop()
  }
}
