/** Commands that run the hub itself, in this process. */
import type { Command } from 'commander'
import { describeSettings } from '../../config.ts'
import { printLine } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

export function addProcesses(program: Command, surroundings: Surroundings): void {
  const { processes, stderr } = surroundings
  const announce = (text: string): void => { stderr.write(text) }
  program.command('serve')
    .description('run the hub: API and jobs')
    .addHelpText('after', settingsHelp)
    .action(async () => { await (await processes()).runHub('serve', announce) })

  program.command('worker')
    .description('run jobs only, beside other hubs on the same database')
    .addHelpText('after', settingsHelp)
    .action(async () => { await (await processes()).runHub('worker', announce) })

  program.command('migrate')
    .description('bring the database up to date, and end; a starting hub does it by itself')
    .addHelpText('after', '\nIt takes the database that DATABASE_URL names, else the one under INTERCHANGE_DATA (./data).')
    .action(async () => {
      const applied = await (await processes()).migrateDatabase()
      printLine(surroundings, applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
    })

  program.command('owner-link')
    .description('make a link by which an owner signs in, once, and chooses a password; for the first one, or one who is locked out')
    .addHelpText('after', '\nRun it where the hub runs, with the same settings. Links that were made before are good no more.')
    .action(async () => { printLine(surroundings, await (await processes()).makeOwnerLink()) })

  program.command('schema', { hidden: true })
    .description('write migrations/schema.txt, the listing of the schema')
    .option('--check', 'fail where the listing is not up to date instead')
    .action(async ({ check = false }: { check?: boolean }) => { await (await processes()).writeSchemaListing({ check }) })
}

function settingsHelp(): string {
  const settings = describeSettings().map(({ variable, description, fallback }) => `  ${variable}\n      ${description.replaceAll('`', '')}${fallback === '' ? '' : ` Default: ${fallback}`}`)
  return `\nSettings, from the environment:\n${settings.join('\n')}`
}
