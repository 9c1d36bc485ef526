import { Option, type Command } from 'commander'
import { connect, findIntegration } from '../connection.ts'
import { readJson, time, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

const statuses = ['succeeded', 'failed', 'refused'] as const
interface Options { integration?: string, status?: (typeof statuses)[number], operation?: string, from?: string, to?: string, query?: string, limit: number, cursor?: string }

export function addExecutions(program: Command, surroundings: Surroundings): void {
  const group = program.command('executions').description('what was run: list, show, run again')
  group.command('list', { isDefault: true })
    .description('list executions, newest first')
    .option('--integration <integration>', 'of this integration (name or id)')
    .addOption(new Option('--status <status>', 'refused: the hub did not send it').choices(statuses))
    .option('--operation <id>', 'of this operation')
    .option('--from <time>', 'that began then or later (2026-01-31T12:00:00Z, or a day)', time)
    .option('--to <time>', 'that began before', time)
    .option('-q, --query <text>', 'text in the record')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action((options: Options, command: Command) => list(surroundings, options, command))

  group.command('show <execution>').description('show one, whole, as JSON').action(async (id: string, _options, command: Command) => {
    printJson(surroundings, await connect(surroundings, command).get('/api/v1/executions/{id}', { path: { id } }))
  })

  group.command('rerun <execution>')
    .description('run one again with the same input, or with another')
    .option('--input <json>', 'another input; needed where the recorded one held a secret')
    .action(async (id: string, { input }: { input?: string }, command: Command) => {
      const body = input === undefined ? {} : { input: readJson(input, '--input') }
      const result = await connect(surroundings, command).post('/api/v1/executions/{id}/rerun', { path: { id }, body })
      printJson(surroundings, isJson(command) ? result : result.data)
    })
}

async function list(surroundings: Surroundings, { integration, query: q, ...filter }: Options, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const page = await client.get('/api/v1/executions', {
    query: { ...filter, ...q !== undefined && { q }, ...integration !== undefined && { integrationId: (await findIntegration(client, integration)).id } },
  })
  await printPage(surroundings, command, page, [
    { title: 'ID', value: ({ id }) => id },
    { title: 'WHEN', value: ({ startedAt }) => ago(startedAt) },
    { title: 'STATUS', value: ({ status }) => status },
    { title: 'INTEGRATION', value: ({ integrationName, integrationId }) => integrationName ?? integrationId },
    { title: 'OPERATION', value: ({ operation }) => operation },
    { title: 'MS', value: ({ latencyMs }) => Math.round(latencyMs) },
    { title: 'ANSWER', value: ({ statusCode, error }) => error?.message ?? statusCode },
  ])
}
