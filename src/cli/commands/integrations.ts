import type { Command } from 'commander'
import { connect, findIntegrationId } from '../connection.ts'
import { ago, isJson, printable, printJson, printRows } from '../output.ts'

export function addIntegrations(program: Command): void {
  const group = program.command('integrations').description('what is connected').alias('ls')
  group.command('list', { isDefault: true })
    .description('list integrations')
    .option('-q, --query <text>', 'text in name, description, connector or tags')
    .option('--connector <id>', 'of this connector')
    .option('--limit <n>', 'how many at most', '50')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .action(async (options: { query?: string, connector?: string, limit: string, cursor?: string }, command: Command) => {
      const { query: q, connector, limit, cursor } = options
      const page = await connect(command).get('/api/v1/integrations', { query: { limit: Number(limit), ...q !== undefined && { q }, ...connector !== undefined && { connector }, ...cursor !== undefined && { cursor } } })
      await printRows(command, page.data, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'CONNECTOR', value: ({ connector }) => connector },
        { title: 'STATUS', value: ({ metadata }) => metadata.status },
        { title: 'CONNECTION', value: ({ connectionStatus }) => connectionStatus },
        { title: 'TESTED', value: ({ lastValidated }) => ago(lastValidated) },
      ], page)
      if (page.nextCursor !== null && !isJson(command)) process.stdout.write(`More: --cursor ${page.nextCursor}\n`)
    })

  group.command('show <integration>').description('show one').action(async (integration: string, _options, command: Command) => {
    const client = connect(command)
    printJson(await client.get('/api/v1/integrations/{id}', { path: { id: await findIntegrationId(client, integration) } }))
  })

  group.command('test <integration>').description('test the connection').action(async (integration: string, _options, command: Command) => {
    const client = connect(command)
    const result = await client.post('/api/v1/integrations/{id}/test', { path: { id: await findIntegrationId(client, integration) }, body: {} })
    if (isJson(command)) printJson(result)
    else process.stdout.write(`${result.success ? 'Works' : 'Does not work'} (${result.latencyMs} ms): ${printable(result.detail)}\n`)
    if (!result.success) process.exitCode = 1
  })

  group.command('metrics <integration>').description('show measured figures of the last hour').action(async (integration: string, _options, command: Command) => {
    const client = connect(command)
    const figures = await client.get('/api/v1/integrations/{id}/metrics', { path: { id: await findIntegrationId(client, integration) } })
    await printRows(command, Object.entries(figures), [{ title: 'FIGURE', value: ([name]) => name }, { title: 'VALUE', value: ([, value]) => String(value) }], figures)
  })

  group.command('set <integration> <json>').description('change settings: a JSON merge patch').action(async (integration: string, json: string, _options, command: Command) => {
    const client = connect(command)
    const body = JSON.parse(json) as Record<string, unknown>
    printJson(await client.patch('/api/v1/integrations/{id}', { path: { id: await findIntegrationId(client, integration) }, body }))
  })

  group.command('delete <integration>').description('delete one').action(async (integration: string, _options, command: Command) => {
    const client = connect(command)
    await client.delete('/api/v1/integrations/{id}', { path: { id: await findIntegrationId(client, integration) } })
    if (!isJson(command)) process.stdout.write('Deleted.\n')
  })
}
