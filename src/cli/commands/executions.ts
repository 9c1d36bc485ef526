import type { Command } from 'commander'
import { connect, findIntegrationId } from '../connection.ts'
import { ago, isJson, printJson, printRows } from '../output.ts'

interface Options { integration?: string, status?: 'succeeded' | 'failed' | 'refused', operation?: string, from?: string, to?: string, query?: string, limit: string, cursor?: string }

export function addExecutions(program: Command): void {
  const group = program.command('executions').description('what was run')
  group.command('list', { isDefault: true })
    .description('list executions, newest first')
    .option('--integration <id or name>', 'of this integration')
    .option('--status <status>', 'succeeded, failed or refused')
    .option('--operation <id>', 'of this operation')
    .option('--from <time>', 'not before (ISO 8601)')
    .option('--to <time>', 'before (ISO 8601)')
    .option('-q, --query <text>', 'text in the record')
    .option('--limit <n>', 'how many at most', '50')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .action((options: Options, command: Command) => list(options, command))

  group.command('show <id>').description('show one, whole').action(async (id: string, _options, command: Command) => {
    printJson(await connect(command).get('/api/v1/executions/{id}', { path: { id } }))
  })

  group.command('rerun <id>').description('run one again with the same input').action(async (id: string, _options, command: Command) => {
    const result = await connect(command).post('/api/v1/executions/{id}/rerun', { path: { id }, body: {} })
    printJson(isJson(command) ? result : result.data)
  })
}

async function list({ integration, query: q, limit, ...filter }: Options, command: Command): Promise<void> {
  const client = connect(command)
  const page = await client.get('/api/v1/executions', {
    query: {
      limit: Number(limit), ...filter, ...q !== undefined && { q },
      ...integration !== undefined && { integrationId: await findIntegrationId(client, integration) },
    },
  })
  await printRows(command, page.data, [
    { title: 'ID', value: ({ id }) => id },
    { title: 'WHEN', value: ({ startedAt }) => ago(startedAt) },
    { title: 'STATUS', value: ({ status }) => status },
    { title: 'INTEGRATION', value: ({ integrationName, integrationId }) => integrationName ?? integrationId },
    { title: 'OPERATION', value: ({ operation }) => operation },
    { title: 'MS', value: ({ latencyMs }) => Math.round(latencyMs) },
    { title: 'ANSWER', value: ({ statusCode, error }) => error?.message ?? statusCode },
  ], page)
  if (page.nextCursor !== null && !isJson(command)) process.stdout.write(`More: --cursor ${page.nextCursor}\n`)
}
