import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { connect, findSource } from '../connection.ts'
import { readData, timeOrAgo, wholeNumber } from '../input.ts'
import { ago, printJson, printOutcome, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

interface Options { type?: string, source?: string, subject?: string, webhookSource?: string, from?: string, to?: string, filter?: string, query?: string, limit: number, cursor?: string }

export function addEvents(program: Command, surroundings: Surroundings): void {
  const group = program.command('events').description('what happened: list, show, send')
  addReading(group, surroundings)
  addSend(group, surroundings)
}

function addReading(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list events, newest first')
    .option('--type <type>', 'of this type; * matches any run of characters: order.*')
    .option('--source <source>', 'of this source; * as in the type')
    .option('--subject <text>', 'about this; * as in the type')
    .option('--webhook-source <webhook-source>', 'that this webhook source took in (name or id)')
    .option('--from <time>', 'received then or later: how long ago (30m, 2h, 7d), a time or a day', timeOrAgo)
    .option('--to <time>', 'received before', timeOrAgo)
    .option('--filter <jq>', 'only those for which this comes out true')
    .option('-q, --query <text>', 'text anywhere in the event')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async ({ webhookSource, query: q, ...query }: Options, command: Command) => {
      const client = connect(surroundings, command)
      const page = await client.get('/api/v1/events', {
        query: { ...query, ...q !== undefined && { q }, ...webhookSource !== undefined && { webhookSourceId: (await findSource(client, webhookSource)).id } },
      })
      await printPage(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'WHEN', value: ({ receivedAt }) => ago(receivedAt) },
        { title: 'TYPE', value: ({ type }) => type },
        { title: 'SOURCE', value: ({ source }) => source },
        { title: 'SUBJECT', value: ({ subject }) => subject },
        { title: 'DATA', value: ({ data, dataRef }) => (dataRef !== undefined ? '(large)' : data === undefined ? undefined : JSON.stringify(data)) },
      ])
    })

  group.command('show <event>').alias('get')
    .description('show one, whole, as JSON')
    .option('--source <source>', 'where several sources have events of this id')
    .action(async (id: string, query: { source?: string }, command: Command) => {
      printJson(surroundings, await connect(surroundings, command).get('/api/v1/events/{id}', { path: { id }, query }))
    })
}

function addSend(group: Command, surroundings: Surroundings): void {
  group.command('send')
    .description('send an event: it is stored, and delivered to the webhooks that want it')
    .requiredOption('--type <type>', 'its type, such as order.paid')
    .option('--source <source>', 'where it comes from', '/cli')
    .option('--data <json>', 'its data: JSON, @file, or - for standard input')
    .option('--subject <text>', 'what it is about')
    .option('--id <id>', 'its id: a second one of the same source and id is not taken; else one is made')
    .addHelpText('after', `
Example:
  interchange events send --type order.paid --source /shop --subject 17 --data '{"total": 120}'`)
    .action(async ({ data, id = randomUUID(), ...attributes }: { type: string, source: string, data?: string, subject?: string, id?: string }, command: Command) => {
      const event = {
        specversion: '1.0', id, ...attributes, time: new Date().toISOString(),
        ...data !== undefined && { datacontenttype: 'application/json', data: await readData(surroundings, data, '--data') },
      }
      const sent = await connect(surroundings, command).post('/api/v1/events', { body: JSON.stringify(event), contentType: 'application/cloudevents+json' })
      printOutcome(surroundings, command, sent, `Sent ${event.type}, event ${id}.`)
    })
}
