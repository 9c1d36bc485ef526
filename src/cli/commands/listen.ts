/** Events as they come, shown and passed on to a program on this machine. */
import { hostname } from 'node:os'
import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import type { WebhookSource } from '../../client/types.ts'
import { connect, findSource } from '../connection.ts'
import { Advised, UsageError } from '../failure.ts'
import { collect } from '../input.ts'
import { follow } from '../listen/follow.ts'
import { forward, type Answer } from '../listen/forward.ts'
import { dataOf, wholeEvent, type ReceivedEvent } from '../listen/received.ts'
import { cell, isJson, jsonLine, printLine, size } from '../output.ts'
import type { Output, Surroundings } from '../surroundings.ts'

interface Options { forward?: string, types: string[], new?: boolean }

export function addListen(program: Command, surroundings: Surroundings): void {
  program.command('listen [webhook-source]')
    .description('show events as they come, and pass them on to a local port; Ctrl-C ends it')
    .option('--forward <url>', 'post each to this URL: its data as the body, its attributes as ce- headers')
    .option('--types <type>', 'only of these types: order.* (repeatable)', collect, [])
    .option('--new', 'make an inspector source for it, which takes anything, and delete it at the end')
    .addHelpText('after', `
Without a source it shows all events. With --json each is a line of JSON. Lost connections are taken up again where they broke off.

Examples:
  interchange listen
  interchange listen GitHub --types push --forward http://localhost:3000/hook
  interchange listen --new --forward localhost:3000/hook`)
    .action((source: string | undefined, options: Options, command: Command) => listen(surroundings, source, options, command))
}

async function listen(surroundings: Surroundings, name: string | undefined, options: Options, command: Command): Promise<void> {
  if (options.new && name !== undefined) throw new UsageError('--new makes a source of its own: give no other.')
  const target = options.forward === undefined ? undefined : localUrl(options.forward)
  const client = connect(surroundings, command)
  const signal = surroundings.interrupted()
  const source = options.new ? await makeInspector(client) : name === undefined ? undefined : await findSource(client, name)
  try {
    await show(surroundings, client, { source, target, types: options.types, asJson: isJson(command), signal })
  } finally {
    if (options.new) await removeInspector(client, source!)
  }
}

/** `localhost:3000/hook` is enough. */
function localUrl(text: string): string {
  const url = /^https?:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(url)) throw new UsageError(`${text} is no URL such as http://localhost:3000/hook.`)
  return url
}

function makeInspector(client: Client): Promise<WebhookSource> {
  const name = `listen on ${hostname()}, ${new Date().toISOString()}`.slice(-200)
  return client.post('/api/v1/webhook-sources', { body: { name, description: 'Made by `interchange listen --new`, which deletes it when it ends.', verification: { scheme: 'none' }, inspect: true } })
}

async function removeInspector(client: Client, { id }: WebhookSource): Promise<void> {
  try {
    await client.delete('/api/v1/webhook-sources/{id}', { path: { id } })
  } catch (error) {
    throw new Advised(error, `The source that was made is still there: interchange webhooks sources delete ${id}`)
  }
}

interface Showing { source: WebhookSource | undefined, target: string | undefined, types: string[], asJson: boolean, signal: AbortSignal }

async function show(surroundings: Surroundings, client: Client, { source, target, types, asJson, signal }: Showing): Promise<void> {
  const { stdout, stderr } = surroundings
  const tell = (text: string): void => { stderr.write(`${cell(text, 2000)}\n`) }
  const query = { ...source !== undefined && { webhookSourceId: source.id }, ...types.length > 0 && { types: types.join(',') } }
  let isLost = false
  const connected = (again: boolean): void => {
    if (!again) tell(source === undefined ? 'Listening to all events. Ctrl-C ends it.' : `Listening to ${source.name}: ${source.url}  Ctrl-C ends it.`)
    else if (isLost) tell('Connected again.')
    isLost = false
  }
  const lost = (error: unknown): void => {
    if (!isLost) tell(`The connection broke off (${error instanceof Error ? error.message : 'the hub closed it'}): trying again …`)
    isLost = true
  }
  for await (const each of follow(client, { query, signal, connected, lost })) {
    const received = asJson || target !== undefined ? await wholeEvent(client, each, signal) : each
    if (asJson) stdout.write(`${jsonLine(received.text)}\n`)
    else printLine(surroundings, lineOf(received), LINE_MAX)
    // One after the other, so that answers stand below what they answer, and a program gets events in their order.
    if (target !== undefined) showAnswer(asJson ? stderr : stdout, await forward(received, target, signal), signal)
  }
}

const LINE_MAX = 4000

/** Time, type, subject, id and how much data. */
function lineOf(received: ReceivedEvent): string {
  const { receivedAt, type, subject, id } = received.event
  return [new Date(receivedAt).toTimeString().slice(0, 8), type.padEnd(24), (subject ?? '–').padEnd(16), id, sizeOf(received)].join('  ')
}

function sizeOf(received: ReceivedEvent): string {
  if (received.event.dataRef !== undefined) return 'large'
  return size(Buffer.byteLength(dataOf(received)))
}

function showAnswer(output: Output, answer: Answer, signal: AbortSignal): void {
  if (signal.aborted) return
  output.write(`${cell('error' in answer ? `  → not answered: ${answer.error}` : `  → ${answer.status} ${answer.statusText} (${answer.durationMs} ms)`, 500)}\n`)
}
