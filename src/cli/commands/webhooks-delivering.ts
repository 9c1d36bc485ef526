/** Sending events to a webhook: a test, those of the past, those that failed. */
import { Option, type Command } from 'commander'
import type { Reply } from '../../client/client.ts'
import type { Routes } from '../../client/types.ts'
import { isConfirmed } from '../ask.ts'
import { connect, findWebhook } from '../connection.ts'
import { Negative } from '../failure.ts'
import { collect, readData, timeOrAgo, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printLine, printOutcome } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Surroundings } from '../surroundings.ts'

type Delivery = Reply<'GET', '/api/v1/deliveries/{id}'>

export function addDelivering(group: Command, surroundings: Surroundings): void {
  addSend(group, surroundings)
  addReplay(group, surroundings)
  addRedrive(group, surroundings)
}

interface Sending { type?: string, data?: string, subject?: string, wait: number }

function addSend(group: Command, surroundings: Surroundings): void {
  group.command('send <webhook>')
    .description('send one a test event, and show what it answers; ends with 1 where it was not delivered')
    .option('--type <type>', 'type of the event; else webhook.test')
    .option('--data <json>', 'its data: JSON, @file, or - for standard input')
    .option('--subject <text>', 'its subject')
    .option('--wait <seconds>', 'how long to wait for the first attempt, at most 60', wholeNumber, 10)
    .action(async (webhook: string, { data, ...event }: Sending, command: Command) => {
      const body = { ...event, ...data !== undefined && { data: await readData(surroundings, data, '--data') } }
      const client = connect(surroundings, command)
      const { id } = await findWebhook(client, webhook)
      const delivery = await withProgress(surroundings, 'sending', () => client.post('/api/v1/webhooks/{id}/test', { path: { id }, body }))
      if (isJson(command)) printJson(surroundings, delivery)
      else tellDelivery(surroundings, delivery)
      if (!delivery.success) throw new Negative()
    })
}

/** How it went, with the last attempt. */
function tellDelivery(surroundings: Surroundings, { id, status, success, error, dueAt, attempts }: Delivery): void {
  const last = attempts.at(-1)
  if (last === undefined) printLine(surroundings, `Not sent yet (${status}), delivery ${id}`)
  else printLine(surroundings, `${success ? 'Delivered' : `Not delivered: ${error ?? status}`} (${Math.round(last.durationMs)} ms), delivery ${id}`)
  if (last?.response) printLine(surroundings, `It answered ${last.response.status}${last.response.body === '' ? '' : `: ${last.response.body}`}`)
  if (!success && dueAt !== null) printLine(surroundings, `The next attempt is due ${ago(dueAt)}.`)
}

interface Replaying { since: string, until?: string, types: string[], filter?: string, dryRun?: boolean, yes?: boolean }

function addReplay(group: Command, surroundings: Surroundings): void {
  group.command('replay <webhook>')
    .description('send one the events of a time again, or for the first time')
    .requiredOption('--since <time>', 'received since then: how long ago (30m, 2h, 7d), a time or a day', timeOrAgo)
    .option('--until <time>', 'received before; else until now', timeOrAgo)
    .option('--types <type>', 'of these types, instead of those it subscribed to: order.* (repeatable)', collect, [])
    .option('--filter <jq>', 'only those for which this comes out true')
    .option('--dry-run', 'only count them')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
Each comes under its first webhook-id, so that a receiver can tell a repeat. On a terminal it says how many, and asks.

Example:
  interchange webhooks replay Shop --since 2h --filter '.data.total > 100'`)
    .action((webhook: string, options: Replaying, command: Command) => replay(surroundings, webhook, options, command))
}

async function replay(surroundings: Surroundings, webhook: string, { types, dryRun = false, yes = false, since, until, filter }: Replaying, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const { id, name } = await findWebhook(client, webhook)
  // What comes in while somebody thinks about it was not counted, and is delivered anyway.
  const body = { since, until: until ?? new Date().toISOString(), ...types.length > 0 && { types }, ...filter !== undefined && { filter } }
  const ask = (count: boolean): Promise<{ count: number }> =>
    withProgress(surroundings, count ? 'counting' : 'queueing', () => client.post('/api/v1/webhooks/{id}/replay', { path: { id }, body: { ...body, dryRun: count } }))
  if (dryRun) {
    const counted = await ask(true)
    return printOutcome(surroundings, command, counted, `${eventsOf(counted)} would be sent to ${name}.`)
  }
  if (!yes && surroundings.stdin.isTTY && !await isConfirmed(surroundings, `Send ${eventsOf(await ask(true))} to ${name}?`)) {
    return printOutcome(surroundings, command, { count: 0 }, 'Nothing was sent.')
  }
  const queued = await ask(false)
  printOutcome(surroundings, command, queued, `Sending ${eventsOf(queued)} to ${name}.`)
}

function eventsOf({ count }: { count: number }): string {
  return count === 1 ? '1 event' : `${count} events`
}

const dead = ['failed', 'parked'] as const satisfies NonNullable<NonNullable<Routes['POST /api/v1/webhooks/{id}/redrive']['body']>['status']>[]

function addRedrive(group: Command, surroundings: Surroundings): void {
  group.command('redrive <webhook>')
    .description('try again what could not be delivered to one, with all attempts anew')
    .addOption(new Option('--status <status>', 'only those given up after their attempts, or only those set aside; else both').choices(dead))
    .option('--since <time>', 'planned since then: how long ago (30m, 2h, 7d), a time or a day', timeOrAgo)
    .option('--until <time>', 'planned before', timeOrAgo)
    .action(async (webhook: string, body: { status?: (typeof dead)[number], since?: string, until?: string }, command: Command) => {
      const client = connect(surroundings, command)
      const { id, name } = await findWebhook(client, webhook)
      const queued = await withProgress(surroundings, 'queueing', () => client.post('/api/v1/webhooks/{id}/redrive', { path: { id }, body }))
      printOutcome(surroundings, command, queued, `Sending ${eventsOf(queued)} to ${name}.`)
    })
}
