import { Option, type Command } from 'commander'
import { connect, findIntegration } from '../connection.ts'
import { Negative } from '../failure.ts'
import { readPatch, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printLine, printOutcome, printPage, printRows } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Surroundings } from '../surroundings.ts'

const statuses = ['active', 'inactive', 'maintenance', 'deprecated'] as const

export function addIntegrations(program: Command, surroundings: Surroundings): void {
  const group = program.command('integrations').alias('ls').description('what is connected: list, show, test, change, delete')
  addReading(group, surroundings)
  addChanging(group, surroundings)
}

function addReading(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list integrations, newest first')
    .option('-q, --query <text>', 'text in name, description, connector or tags')
    .option('--connector <connector>', 'of this connector')
    .addOption(new Option('--status <status>', "with this status, its owner's").choices(statuses))
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async ({ query: q, ...query }: { query?: string, connector?: string, status?: (typeof statuses)[number], limit: number, cursor?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/integrations', { query: { ...query, ...q !== undefined && { q } } })
      await printPage(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'CONNECTOR', value: ({ connector }) => connector },
        { title: 'STATUS', value: ({ metadata }) => metadata.status },
        { title: 'CONNECTION', value: ({ connectionStatus }) => connectionStatus },
        { title: 'TESTED', value: ({ lastValidated }) => ago(lastValidated) },
      ])
    })

  group.command('show <integration>').description('show one with all its settings, as JSON').action(async (integration: string, _options, command: Command) => {
    printJson(surroundings, await findIntegration(connect(surroundings, command), integration))
  })

  group.command('metrics <integration>').description('show measured figures of the last hour').action(async (integration: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const { id } = await findIntegration(client, integration)
    const figures = await client.get('/api/v1/integrations/{id}/metrics', { path: { id } })
    await printRows(surroundings, command, Object.entries(figures), [{ title: 'FIGURE', value: ([name]) => name }, { title: 'VALUE', value: ([, value]) => value }], figures)
  })
}

function addChanging(group: Command, surroundings: Surroundings): void {
  group.command('test <integration>').description('test the connection; ends with 1 where it does not work').action(async (integration: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const { id } = await findIntegration(client, integration)
    const result = await withProgress(surroundings, 'testing', () => client.post('/api/v1/integrations/{id}/test', { path: { id }, body: {} }))
    printOutcome(surroundings, command, result, `${result.success ? 'Works' : 'Does not work'} (${result.latencyMs} ms): ${result.detail}`)
    if (!result.success) throw new Negative()
  })

  group.command('set <integration> <values...>')
    .description('change settings')
    .addHelpText('after', `
Values: name=text, name:=JSON, dots in the name go down; or one JSON merge patch. docs/integrations.md has all fields.

Examples:
  interchange integrations set Bookshop metadata.status=maintenance
  interchange integrations set Bookshop dataHandling.rateLimit.requestsPerMinute:=600 dataHandling.caching.enabled:=true
  interchange integrations set Bookshop '{"connection": {"endpoint": "https://shop.example"}}'`)
    .action(async (integration: string, values: string[], _options, command: Command) => {
      const client = connect(surroundings, command)
      const body = readPatch(values)
      const { id } = await findIntegration(client, integration)
      const changed = await client.patch('/api/v1/integrations/{id}', { path: { id }, body })
      printOutcome(surroundings, command, changed, `Changed ${changed.name}.`)
    })

  group.command('delete <integration>').description('delete one; its executions stay for as long as they are kept').action(async (integration: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const { id, name } = await findIntegration(client, integration)
    await client.delete('/api/v1/integrations/{id}', { path: { id } })
    if (isJson(command)) printJson(surroundings, { id, deleted: true })
    else printLine(surroundings, `Deleted ${name}.`)
  })
}
