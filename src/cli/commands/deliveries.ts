import { Option, type Command } from 'commander'
import type { Client, Item } from '../../client/client.ts'
import { connect, findWebhook } from '../connection.ts'
import { timeOrAgo, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printOutcome, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

type Summary = Item<'/api/v1/deliveries'>

const statuses = ['pending', 'delivered', 'failed', 'parked'] as const satisfies Summary['status'][]
interface Options { webhook?: string, status?: Summary['status'], type?: string, event?: string, from?: string, to?: string, limit: number, cursor?: string }

export function addDeliveries(program: Command, surroundings: Surroundings): void {
  const group = program.command('deliveries').description('events on their way to webhooks: list, show, send again')
  group.command('list', { isDefault: true })
    .description('list deliveries, newest first')
    .option('--webhook <webhook>', 'to this webhook (name or id)')
    .addOption(new Option('--status <status>', 'failed: all attempts used up; parked: set aside').choices(statuses))
    .option('--type <type>', 'of events of this type')
    .option('--event <event>', 'of this event')
    .option('--from <time>', 'planned then or later (2h ago: 2h; 2026-01-31T12:00:00Z, or a day)', timeOrAgo)
    .option('--to <time>', 'planned before', timeOrAgo)
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action((options: Options, command: Command) => list(surroundings, options, command))

  group.command('show <delivery>').alias('get').description('show one with its attempts, as JSON').action(async (id: string, _options, command: Command) => {
    printJson(surroundings, await connect(surroundings, command).get('/api/v1/deliveries/{id}', { path: { id } }))
  })

  group.command('retry <delivery>').description('send one again now, ahead of its schedule or after its end').action(async (id: string, _options, command: Command) => {
    const queued = await connect(surroundings, command).post('/api/v1/deliveries/{id}/retry', { path: { id } })
    printOutcome(surroundings, command, queued, `Sending ${queued.id} again.`)
  })
}

async function list(surroundings: Surroundings, { webhook, type: eventType, event: eventId, ...filter }: Options, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const page = await client.get('/api/v1/deliveries', {
    query: {
      ...filter, ...eventType !== undefined && { eventType }, ...eventId !== undefined && { eventId },
      ...webhook !== undefined && { webhookId: (await findWebhook(client, webhook)).id },
    },
  })
  const names = isJson(command) ? new Map<string, string>() : await webhookNames(client)
  await printPage(surroundings, command, page, [
    { title: 'ID', value: ({ id }) => id },
    { title: 'WHEN', value: ({ finishedAt, dueAt }) => ago(finishedAt ?? dueAt) },
    { title: 'STATUS', value: ({ status }) => status },
    { title: 'TYPE', value: ({ eventType }) => eventType },
    { title: 'WEBHOOK', value: ({ webhookId }) => names.get(webhookId) ?? webhookId },
    { title: 'ATTEMPTS', value: ({ attemptCount }) => attemptCount },
    { title: 'ANSWER', value: ({ lastStatusCode, error }) => error ?? lastStatusCode },
  ])
}

/** Of the newest: a table may show ids of the others. */
async function webhookNames(client: Client): Promise<Map<string, string>> {
  const { data } = await client.get('/api/v1/webhooks', { query: { limit: 500 } })
  return new Map(data.map(({ id, name }) => [id, name]))
}
