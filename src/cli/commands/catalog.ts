import type { Command } from 'commander'
import { ApiError } from '../../client/errors.ts'
import { connect } from '../connection.ts'
import { Advised } from '../failure.ts'
import { wholeNumber } from '../input.ts'
import { printJson, printOutcome, printPage } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Surroundings } from '../surroundings.ts'

interface PageOptions { limit: number, cursor?: string }

export function addCatalog(program: Command, surroundings: Surroundings): void {
  const group = program.command('catalog').description('what can be connected, and what it can do')
  addConnectors(group, surroundings)
  addOperations(group, surroundings)
}

function addConnectors(group: Command, surroundings: Surroundings): void {
  group.command('search [text]', { isDefault: true })
    .description('search everything that can be connected')
    .option('--category <name>', 'of this category')
    .option('--limit <n>', 'how many at most', wholeNumber, 25)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async (text: string | undefined, options: PageOptions & { category?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/integrations/available', { query: { ...options, ...text !== undefined && { q: text } } })
      await printPage(surroundings, command, page, [
        { title: 'CONNECTOR', value: ({ connector }) => connector },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'OPERATIONS', value: ({ operations }) => operations },
        { title: 'ORIGIN', value: ({ origin }) => origin },
        { title: 'SUPPORT', value: ({ supportLevel }) => supportLevel },
      ])
    })

  group.command('show <connector>').description('show a connector that is here: its credentials, configuration and events, as JSON').action(async (id: string, _options, command: Command) => {
    printJson(surroundings, await connect(surroundings, command).get('/api/v1/connectors/{id}', { path: { id } }).catch(advise(id)))
  })

  group.command('install <connector>').description('bring a service of the catalogue here; connecting it does so by itself').action(async (id: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const connector = await withProgress(surroundings, 'installing', () => client.post('/api/v1/connectors/{id}/install', { path: { id } }))
    printOutcome(surroundings, command, connector, `Installed ${connector.id}: ${connector.name}, ${connector.operations} operations.`)
  })

  group.command('remove <connector>').description('remove an imported connector that no integration uses').action(async (id: string, _options, command: Command) => {
    await connect(surroundings, command).delete('/api/v1/connectors/{id}', { path: { id } })
    printOutcome(surroundings, command, { id, deleted: true }, `Removed ${id}.`)
  })
}

function addOperations(group: Command, surroundings: Surroundings): void {
  group.command('operations <connector>')
    .description('list what a connector that is here can do')
    .option('-q, --query <text>', 'text in id, summary, path or description')
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async (id: string, { query: q, ...options }: PageOptions & { query?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/connectors/{id}/operations', { path: { id }, query: { ...options, ...q !== undefined && { q } } }).catch(advise(id))
      await printPage(surroundings, command, page, [
        { title: 'OPERATION', value: ({ id }) => id },
        { title: 'METHOD', value: ({ method }) => method },
        { title: 'PATH', value: ({ path }) => path },
        { title: 'WHAT IT DOES', value: ({ summary }) => summary },
      ])
    })

  group.command('operation <connector> <operation>').description('show what an operation takes and gives, with an example, as JSON').action(async (id: string, operation: string, _options, command: Command) => {
    printJson(surroundings, await connect(surroundings, command).get('/api/v1/connectors/{id}/operations/{operation}', { path: { id, operation } }))
  })
}

function advise(id: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof ApiError && error.code === 'not_found' ? new Advised(error, `If the catalogue has it (interchange catalog search ${id}), bring it here first: interchange catalog install ${id}`) : error
  }
}
