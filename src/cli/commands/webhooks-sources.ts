/** Where events come from: URLs that others post to, and a look at what came there. */
import { Option, type Command } from 'commander'
import type { WebhookRequest, WebhookSource, WebhookSourceInput } from '../../client/types.ts'
import { connect, findSource } from '../connection.ts'
import { Advised, UsageError } from '../failure.ts'
import { readAssignments, readPatch, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printLine, printOutcome, printPage } from '../output.ts'
import { readSecret } from '../secrets.ts'
import type { Surroundings } from '../surroundings.ts'

type Scheme = WebhookSource['verification']['scheme']

/** A scheme that is missing here is told by the type checker. */
const schemes = Object.keys({
  'standard-webhooks': true, github: true, stripe: true, slack: true, shopify: true, twilio: true, hmac: true, basic: true, bearer: true, query: true, ip: true, none: true,
} satisfies Record<Scheme, true>)
const statuses = ['active', 'paused'] as const satisfies WebhookSource['status'][]

export function addSources(webhooks: Command, surroundings: Surroundings): void {
  const group = webhooks.command('sources').description('URLs that other services post their webhooks to')
  addReading(group, surroundings)
  addMaking(group, surroundings)
  addChanging(group, surroundings)
}

function addReading(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list sources, newest first')
    .option('-q, --query <text>', 'text in name or description')
    .addOption(new Option('--scheme <scheme>', 'with this verification').choices(schemes))
    .addOption(new Option('--status <status>', 'with this status').choices(statuses))
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async ({ query: q, ...query }: { query?: string, scheme?: Scheme, status?: WebhookSource['status'], limit: number, cursor?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/webhook-sources', { query: { ...query, ...q !== undefined && { q } } })
      await printPage(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'SCHEME', value: ({ verification, inspect }) => `${verification.scheme}${inspect ? ', inspector' : ''}` },
        { title: 'STATUS', value: ({ status }) => status },
        { title: 'URL', value: ({ url }) => url },
      ])
    })

  group.command('show <webhook-source>').alias('get').description('show one with all its settings, as JSON').action(async (source: string, _options, command: Command) => {
    printJson(surroundings, await findSource(connect(surroundings, command), source))
  })
}

function addMaking(group: Command, surroundings: Surroundings): void {
  group.command('create <name> [values...]')
    .description('make a URL that a service can post its webhooks to, and print it')
    .addOption(new Option('--scheme <scheme>', 'how a request shows who sends it').choices(schemes))
    .option('--secret <secret>', 'what the sender signs or comes with: - asks for it, @file and env:NAME read it')
    .option('--inspect', 'an inspector: takes anything and keeps what came, to be seen with `webhooks inspect`')
    .addHelpText('after', `
Values: name=text, name:=JSON, dots go down. docs/webhooks.md and /docs have all fields.

Examples:
  interchange webhooks sources create GitHub --scheme github --secret env:GITHUB_SECRET
  interchange webhooks sources create Shop --scheme hmac --secret - verification.header=X-Shop-Signature dedupe.header=X-Shop-Event
  interchange webhooks sources create Anything --inspect`)
    .action(async (name: string, values: string[], { scheme, secret, inspect = false }: { scheme?: Scheme, secret?: string, inspect?: boolean }, command: Command) => {
      if (scheme === undefined && !inspect) throw new UsageError(`Say with --scheme how a request shows who sends it (${schemes.join(', ')}), or make an inspector with --inspect.`)
      const verification = { scheme: scheme ?? 'none', ...secret !== undefined && { secret: await readSecret(surroundings, secret) } }
      const body = readAssignments(values, { name, verification, ...inspect && { inspect } })
      const made = await connect(surroundings, command).post('/api/v1/webhook-sources', { body: body as unknown as WebhookSourceInput })
      printOutcome(surroundings, command, made, made.url)
    })
}

function addChanging(group: Command, surroundings: Surroundings): void {
  group.command('set <webhook-source> <values...>')
    .description('change settings')
    .addHelpText('after', `
Values: name=text, name:=JSON, dots in the name go down; or one JSON merge patch.

Example:
  interchange webhooks sources set GitHub dedupe:='{"sender": true}' response:='{"status": 200, "body": "thanks"}'`)
    .action(async (source: string, values: string[], _options, command: Command) => {
      const client = connect(surroundings, command)
      const body = readPatch(values)
      const { id } = await findSource(client, source)
      const changed = await client.patch('/api/v1/webhook-sources/{id}', { path: { id }, body })
      printOutcome(surroundings, command, changed, `Changed ${changed.name}.`)
    })

  const states = [
    ['pause', 'take nothing at one for a while: its sender is told to come again', 'Paused'],
    ['activate', 'let one that is paused take events again', 'Activated'],
  ] as const
  for (const [verb, description, done] of states) {
    group.command(`${verb} <webhook-source>`).description(description).action(async (source: string, _options, command: Command) => {
      const client = connect(surroundings, command)
      const { id } = await findSource(client, source)
      const changed = await client.post(`/api/v1/webhook-sources/{id}/${verb}`, { path: { id } })
      printOutcome(surroundings, command, changed, `${done} ${changed.name}.`)
    })
  }

  group.command('rotate-secret <webhook-source>')
    .description('give one a new secret; the old one holds beside it for a while')
    .option('--secret <secret>', 'the new one: - asks for it, @file and env:NAME read it; else one is made and shown once')
    .option('--overlap <seconds>', 'how long the old one holds', wholeNumber, 86_400)
    .action(async (source: string, { secret, overlap }: { secret?: string, overlap: number }, command: Command) => {
      const given = secret === undefined ? undefined : await readSecret(surroundings, secret)
      const client = connect(surroundings, command)
      const { id } = await findSource(client, source)
      const rotated = await client.post('/api/v1/webhook-sources/{id}/rotate-secret', { path: { id }, body: { overlapSeconds: overlap, ...given !== undefined && { secret: given } } })
      printOutcome(surroundings, command, rotated, `${rotated.name} has a new secret; the old one holds until ${rotated.previousSecretsUntil[0] ?? 'now'}.`)
      if (given === undefined && !isJson(command)) printLine(surroundings, `Secret, shown only now: ${(rotated.verification as { secret?: string }).secret ?? ''}`)
    })

  group.command('delete <webhook-source>').description('delete one: its URL takes nothing any longer; its events stay').action(async (source: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const { id, name } = await findSource(client, source)
    await client.delete('/api/v1/webhook-sources/{id}', { path: { id } })
    printOutcome(surroundings, command, { id, deleted: true }, `Deleted ${name}.`)
  })
}

/** As many as are kept. */
const KEPT = 500

export function addInspect(webhooks: Command, surroundings: Surroundings): void {
  webhooks.command('inspect <webhook-source> [request]')
    .description('show what came to an inspector, or what another source refused; a single request whole')
    .option('--status <code>', 'only those that were answered with this status', wholeNumber)
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .addHelpText('after', `
Example:
  interchange webhooks inspect GitHub --status 401          why were requests refused?`)
    .action(async (source: string, request: string | undefined, query: { status?: number, limit: number, cursor?: string }, command: Command) => {
      const client = connect(surroundings, command)
      const { id } = await findSource(client, source)
      const path = '/api/v1/webhook-sources/{id}/requests'
      if (request !== undefined) {
        const { data } = await client.get(path, { path: { id }, query: { limit: KEPT } })
        return showRequest(surroundings, data.find((each) => each.id === request), command)
      }
      await printPage(surroundings, command, await client.get(path, { path: { id }, query }), [
        { title: 'ID', value: ({ id }) => id },
        { title: 'WHEN', value: ({ receivedAt }) => ago(receivedAt) },
        { title: 'METHOD', value: ({ method }) => method },
        { title: 'BYTES', value: ({ sizeBytes }) => sizeBytes },
        { title: 'ANSWER', value: ({ status, reason }) => (reason === null ? status : `${status}: ${reason}`) },
        { title: 'BODY', value: ({ body }) => body },
      ])
    })
}

/** More than is kept of a body. */
const BODY_LINE_MAX = 100_000

/** As it came: request line, headers, body. */
function showRequest(surroundings: Surroundings, request: WebhookRequest | undefined, command: Command): void {
  if (request === undefined) throw new Advised(new Error('There is no such request, or it is no longer kept.'), '`interchange webhooks inspect <webhook-source>` lists them.')
  if (isJson(command)) return printJson(surroundings, request)
  const { method, url, headers, body, bodyEncoding, truncated, sizeBytes, receivedAt, ip, status, reason, eventId } = request
  const write = (line: string): void => { printLine(surroundings, line, BODY_LINE_MAX) }
  write(`${method} ${url}`)
  for (const [name, value] of Object.entries(headers)) write(`${name}: ${value}`)
  write('')
  if (body !== '') for (const line of body.split(/\r?\n/)) write(line.replaceAll('\t', '  '))
  if (truncated) write(`… of ${sizeBytes} bytes`)
  if (bodyEncoding === 'base64') write('(base64)')
  if (body !== '') write('')
  write(`From ${ip} at ${receivedAt}, answered ${status}${reason === null ? '' : `: ${reason}`}${eventId === null ? '' : `, event ${eventId}`}`)
}
