/** Where events are delivered to. */
import { Option, type Command } from 'commander'
import type { Webhook, WebhookInput } from '../../client/types.ts'
import { connect, findWebhook } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { collect, readAssignments, readPatch, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printLine, printOutcome, printPage } from '../output.ts'
import { readSecret } from '../secrets.ts'
import type { Surroundings } from '../surroundings.ts'
import { addDelivering } from './webhooks-delivering.ts'
import { addInspect, addSources } from './webhooks-sources.ts'

const statuses = ['active', 'paused', 'failed'] as const satisfies Webhook['status'][]

export function addWebhooks(program: Command, surroundings: Surroundings): void {
  const group = program.command('webhooks').description('endpoints that events are delivered to, and sources that they come from')
  addReading(group, surroundings)
  addMaking(group, surroundings)
  addStates(group, surroundings)
  addDelivering(group, surroundings)
  addSources(group, surroundings)
  addInspect(group, surroundings)
}

function addReading(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list webhooks, newest first')
    .option('-q, --query <text>', 'text in name, description, URL or types of events')
    .addOption(new Option('--status <status>', 'failed: the hub gave it up').choices(statuses))
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async ({ query: q, ...query }: { query?: string, status?: Webhook['status'], limit: number, cursor?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/webhooks', { query: { ...query, ...q !== undefined && { q } } })
      await printPage(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'URL', value: ({ url }) => url },
        { title: 'EVENTS', value: ({ events }) => events.subscribedEvents.join(', ') },
        { title: 'STATUS', value: ({ status, statusReason }) => (statusReason === null ? status : `${status}: ${statusReason}`) },
        { title: 'DELIVERED', value: ({ monitoring }) => `${Math.round(monitoring.deliveryRate * 10) / 10} %` },
        { title: 'LAST', value: ({ monitoring }) => ago(monitoring.lastDelivery) },
      ])
    })

  group.command('show <webhook>').alias('get').description('show one with all its settings and figures, as JSON').action(async (webhook: string, _options, command: Command) => {
    printJson(surroundings, await findWebhook(connect(surroundings, command), webhook))
  })
}

interface Making { name?: string, event: string[], filter: string[], transform: string[], secret?: string }

function addMaking(group: Command, surroundings: Surroundings): void {
  group.command('create <url> [values...]')
    .description('have events delivered to a URL, signed')
    .option('--name <name>', 'what it is called; else the host of the URL')
    .option('--event <type>', 'types of events; * matches any run of characters: order.* (repeatable; else all)', collect, [])
    .option('--filter <jq>', 'only events for which this comes out true (repeatable)', collect, [])
    .option('--transform <jq>', 'makes what is sent from the event (repeatable, one after the other)', collect, [])
    .option('--secret <secret>', 'signs what is sent: - asks for it, @file and env:NAME read it; else one is made and shown once')
    .addHelpText('after', `
Values: name=text, name:=JSON, dots go down. docs/webhooks.md and /docs have all fields.

Examples:
  interchange webhooks create https://shop.example/hook --event 'order.*' --filter '.data.total > 100'
  interchange webhooks create https://shop.example/hook --event push --secret env:HOOK_SECRET retryPolicy=svix timeout:=5000`)
    .action((url: string, values: string[], options: Making, command: Command) => create(surroundings, url, values, options, command))

  group.command('set <webhook> <values...>')
    .description('change settings')
    .addHelpText('after', `
Values: name=text, name:=JSON, dots in the name go down; or one JSON merge patch.

Examples:
  interchange webhooks set Shop events:='["order.*", "refund.*"]' retryPolicy.maxRetries:=10
  interchange webhooks set Shop '{"url": "https://shop.example/other"}'`)
    .action(async (webhook: string, values: string[], _options, command: Command) => {
      const client = connect(surroundings, command)
      const body = readPatch(values)
      const { id } = await findWebhook(client, webhook)
      const changed = await client.patch('/api/v1/webhooks/{id}', { path: { id }, body })
      printOutcome(surroundings, command, changed, `Changed ${changed.name}.`)
    })

  group.command('delete <webhook>').description('delete one; what was still to be delivered to it is dropped').action(async (webhook: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const { id, name } = await findWebhook(client, webhook)
    await client.delete('/api/v1/webhooks/{id}', { path: { id } })
    printOutcome(surroundings, command, { id, deleted: true }, `Deleted ${name}.`)
  })
}

async function create(surroundings: Surroundings, url: string, values: string[], { name, event, filter, transform, secret }: Making, command: Command): Promise<void> {
  if (!URL.canParse(url)) throw new UsageError(`${url} is no URL.`)
  const client = connect(surroundings, command)
  const given: Record<string, unknown> = {
    name: name ?? new URL(url).host, url, events: event.length > 0 ? event : ['*'],
    ...filter.length > 0 && { filters: filter }, ...transform.length > 0 && { transformations: transform }, ...secret !== undefined && { secret: await readSecret(surroundings, secret) },
  }
  const body = readAssignments(values, given)
  const made = await client.post('/api/v1/webhooks', { body: body as unknown as WebhookInput })
  if (isJson(command)) return printJson(surroundings, made)
  printLine(surroundings, `Created ${made.name}, webhook ${made.id}.`)
  const isOwn = body['secret'] !== undefined || (body['security'] as { secret?: unknown } | undefined)?.secret !== undefined
  if (!isOwn) tellSecret(surroundings, made)
}

function tellSecret(surroundings: Surroundings, { security: { secret, publicKey } }: Webhook): void {
  printLine(surroundings, `Secret, shown only now: ${secret}`)
  if (publicKey !== undefined) printLine(surroundings, `Public key, for receivers: ${publicKey}`)
}

function addStates(group: Command, surroundings: Surroundings): void {
  const states = [
    ['pause', 'hold back what is to be delivered to one; it is collected', 'Paused'],
    ['activate', 'let one that is paused or has failed be delivered to again', 'Activated'],
  ] as const
  for (const [verb, description, done] of states) {
    group.command(`${verb} <webhook>`).description(description).action(async (webhook: string, _options, command: Command) => {
      const client = connect(surroundings, command)
      const { id } = await findWebhook(client, webhook)
      const changed = await client.post(`/api/v1/webhooks/{id}/${verb}`, { path: { id } })
      printOutcome(surroundings, command, changed, `${done} ${changed.name}.`)
    })
  }

  group.command('rotate-secret <webhook>')
    .description('give one a new secret; the old one signs too for a while')
    .option('--secret <secret>', 'the new one: - asks for it, @file and env:NAME read it; else one is made and shown once')
    .option('--overlap <seconds>', 'how long the old one goes on signing beside it', wholeNumber, 86_400)
    .action(async (webhook: string, { secret, overlap }: { secret?: string, overlap: number }, command: Command) => {
      const given = secret === undefined ? undefined : await readSecret(surroundings, secret)
      const client = connect(surroundings, command)
      const { id } = await findWebhook(client, webhook)
      const rotated = await client.post('/api/v1/webhooks/{id}/rotate-secret', { path: { id }, body: { overlapSeconds: overlap, ...given !== undefined && { secret: given } } })
      printOutcome(surroundings, command, rotated, `${rotated.name} has a new secret; the old one holds until ${rotated.security.previousSecretUntil ?? 'now'}.`)
      if (given === undefined && !isJson(command)) tellSecret(surroundings, rotated)
    })
}
