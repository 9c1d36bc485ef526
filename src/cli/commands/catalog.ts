import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { isJson, printJson, printRows } from '../output.ts'

export function addCatalog(program: Command): void {
  const group = program.command('catalog').description('what can be connected')
  group.command('search [text]', { isDefault: true })
    .description('search the connectors')
    .option('--category <name>', 'of this category')
    .option('--limit <n>', 'how many at most', '25')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .action(async (text: string | undefined, options: { category?: string, limit: string, cursor?: string }, command: Command) => {
      const { category, limit, cursor } = options
      const page = await connect(command).get('/api/v1/integrations/available', {
        query: { limit: Number(limit), ...text !== undefined && { q: text }, ...category !== undefined && { category }, ...cursor !== undefined && { cursor } },
      })
      await printRows(command, page.data, [
        { title: 'CONNECTOR', value: ({ connector }) => connector },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'OPERATIONS', value: ({ operations }) => operations },
        { title: 'ORIGIN', value: ({ origin }) => origin },
        { title: 'SUPPORT', value: ({ supportLevel }) => supportLevel },
      ], page)
      if (page.nextCursor !== null && !isJson(command)) process.stdout.write(`More: --cursor ${page.nextCursor}\n`)
    })

  group.command('show <connector>').description('show one installed connector').action(async (id: string, _options, command: Command) => {
    printJson(await connect(command).get('/api/v1/connectors/{id}', { path: { id } }))
  })

  group.command('install <connector>').description('install a connector of the catalogue').action(async (id: string, _options, command: Command) => {
    const connector = await connect(command).post('/api/v1/connectors/{id}/install', { path: { id }, body: {} })
    if (isJson(command)) printJson(connector)
    else process.stdout.write(`Installed ${connector.id}.\n`)
  })

  group.command('operations <connector>')
    .description('list what a connector can do')
    .option('-q, --query <text>', 'text in id, summary or path')
    .option('--limit <n>', 'how many at most', '100')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .action(async (id: string, options: { query?: string, limit: string, cursor?: string }, command: Command) => {
      const { query: q, limit, cursor } = options
      const page = await connect(command).get('/api/v1/connectors/{id}/operations', {
        path: { id }, query: { limit: Number(limit), ...q !== undefined && { q }, ...cursor !== undefined && { cursor } },
      })
      await printRows(command, page.data, [
        { title: 'OPERATION', value: ({ id }) => id },
        { title: 'METHOD', value: ({ method }) => method },
        { title: 'PATH', value: ({ path }) => path },
        { title: 'WHAT IT DOES', value: ({ summary }) => summary },
      ], page)
      if (page.nextCursor !== null && !isJson(command)) process.stdout.write(`More: --cursor ${page.nextCursor}\n`)
    })

  group.command('operation <connector> <operation>').description('show one operation with its schemas').action(async (id: string, operation: string, _options, command: Command) => {
    printJson(await connect(command).get('/api/v1/connectors/{id}/operations/{operation}', { path: { id, operation } }))
  })
}
