import { statSync } from 'node:fs'
import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import { ApiError } from '../../client/errors.ts'
import type { Integration } from '../../client/types.ts'
import { connect } from '../connection.ts'
import { Advised, UsageError } from '../failure.ts'
import { collect, readAssignments, readSource } from '../input.ts'
import { isJson, printJson, printLine, printRows } from '../output.ts'
import { withProgress } from '../progress.ts'
import { credentialHelp, readCredentials, readsStandardInput } from '../secrets.ts'
import type { Surroundings } from '../surroundings.ts'

interface Options { name?: string, id?: string, endpoint?: string, credential: string[], credentialId?: string, configuration: string[], test: boolean, update?: boolean, apply?: boolean }

export function addConnect(program: Command, surroundings: Surroundings): void {
  program.command('connect <source>')
    .description('connect an API: from an OpenAPI document (a URL, a file, or - for standard input), or by the id of a connector')
    .option('--name <name>', "name of the integration; else the document's title")
    .option('--id <id>', 'id of the connector that is made; else from the title')
    .option('--endpoint <url>', "base URL of the service, instead of the document's server")
    .option('-c, --credential <name=value>', 'a credential; see below (repeatable)', collect, [])
    .option('--credential-id <id>', 'a stored credential instead')
    .option('--configuration <name=value>', "a setting of the connector's own; name:=JSON for what is no text (repeatable)", collect, [])
    .option('--no-test', 'do not test the connection')
    .option('--update', 'import the document again into the connector --id: shows what would change')
    .option('--apply', 'with --update: apply the changes')
    .addHelpText('after', `${credentialHelp}

Examples:
  interchange connect https://petstore3.swagger.io/api/v3/openapi.json -c api_key=-
  interchange connect ./openapi.yaml --endpoint http://127.0.0.1:4010 -c shopKey=@key.txt
  interchange connect stripe -c apiKey=env:STRIPE_KEY
  interchange connect ./openapi-v2.yaml --update --id pet-store`)
    .action(async (source: string, options: Options, command: Command) => {
      if (options.update) await update(surroundings, source, options, command)
      else await connectApi(surroundings, source, options, command)
    })
}

async function connectApi(surroundings: Surroundings, source: string, options: Options, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  if (options.apply) throw new UsageError('--apply goes with --update.')
  if (source === '-' && readsStandardInput(options.credential)) throw new UsageError('Standard input has the document already: give the credential as name=@file or name=env:NAME.')
  // Before anything is sent: what is wrong with the values shows at once.
  const credentials = await readCredentials(surroundings, options.credential)
  const configuration = readAssignments(options.configuration)
  const connector = await connectorOf(surroundings, client, source, options)
  const integration = await withProgress(surroundings, 'connecting', () => client.post('/api/v1/integrations', {
    query: { test: options.test ? 'true' : 'false' },
    body: {
      name: options.name ?? connector.name, connector: connector.id,
      ...Object.keys(credentials).length > 0 && { credentials }, ...Object.keys(configuration).length > 0 && { configuration },
      ...options.credentialId !== undefined && { credentialId: options.credentialId },
      ...options.endpoint !== undefined && { connection: { endpoint: options.endpoint } },
    },
  })).catch((error: unknown) => { throw connector.isNew ? new Advised(error, `The document was imported as ${connector.id}. Try again with: interchange connect ${connector.id} …`) : error })
  if (isJson(command)) printJson(surroundings, integration)
  else tell(surroundings, integration, connector)
}

function tell(surroundings: Surroundings, { id, name, connectionStatus, connectionError }: Integration, connector: Found): void {
  printLine(surroundings, `Connected ${name} (${connector.operations} operations), integration ${id}`)
  if (connectionStatus === 'error') printLine(surroundings, `The connection test failed: ${connectionError ?? ''}`)
  else if (connectionStatus === 'active') printLine(surroundings, 'The connection test passed.')
  printLine(surroundings, `Next: interchange catalog operations ${connector.id}`)
}

interface Found { id: string, name: string, operations: number, isNew: boolean }

/** A URL, a file or standard input is imported; anything else is a connector's id. */
async function connectorOf(surroundings: Surroundings, client: Client, source: string, options: Options): Promise<Found> {
  if (!isDocument(source)) return knownConnector(client, source)
  const document = await readDocument(surroundings, source)
  const query = { ...options.id !== undefined && { id: options.id }, ...options.name !== undefined && { name: options.name } }
  try {
    const { id, name, operations } = await withProgress(surroundings, 'importing', () => client.post('/api/v1/connectors/import', { query, ...document }))
    return { id, name, operations, isNew: true }
  } catch (error) {
    throw error instanceof ApiError && error.code === 'conflict' ? new Advised(error, takenAdvice(source, error)) : error
  }
}

function takenAdvice(source: string, { message }: ApiError): string {
  const [, id = '<id>'] = /There is a connector (\S+) already/.exec(message) ?? []
  return `For a further integration of it: interchange connect ${id} --name <another name>
To read the document anew:      interchange connect ${source} --update --id ${id}
To keep both:                   interchange connect ${source} --id <another id>`
}

async function knownConnector(client: Client, id: string): Promise<Found> {
  try {
    const { name, operations } = await client.get('/api/v1/connectors/{id}', { path: { id } })
    return { id, name, operations, isNew: false }
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not_found') throw error
  }
  for await (const card of client.all('/api/v1/integrations/available', { query: { q: id.slice(0, 200), limit: 500 } })) {
    if (card.connector === id) return { id, name: card.name, operations: card.operations, isNew: false }
  }
  throw new Advised(new Error(`${id} is neither a URL, nor a file here, nor a connector.`), `Search with: interchange catalog search ${id}`)
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source)
}

function isDocument(source: string): boolean {
  return source === '-' || isUrl(source) || (statSync(source, { throwIfNoEntry: false })?.isFile() ?? false)
}

async function readDocument(surroundings: Surroundings, source: string): Promise<{ body: { url: string } } | { body: Uint8Array, contentType: string }> {
  if (isUrl(source)) return { body: { url: source } }
  return { body: await readSource(surroundings, source), contentType: /\.ya?ml$/i.test(source) ? 'application/yaml' : 'application/octet-stream' }
}

async function update(surroundings: Surroundings, source: string, { id, apply = false }: Options, command: Command): Promise<void> {
  if (id === undefined) throw new UsageError('--update needs --id: the connector to update.')
  const client = connect(surroundings, command)
  const document = await readDocument(surroundings, source)
  const difference = await withProgress(surroundings, 'comparing', () => client.post('/api/v1/connectors/{id}/reimport', { path: { id }, query: { apply: apply ? 'true' : 'false' }, ...document }))
  if (isJson(command)) return printJson(surroundings, difference)
  if (difference.changes.length === 0) return printLine(surroundings, 'The document says what it said before.')
  await printRows(surroundings, command, difference.changes, [
    { title: 'WHAT', value: ({ kind, breaking }) => (breaking ? `${kind} (breaking)` : kind) },
    { title: 'CHANGE', value: ({ text }) => text },
  ])
  if (difference.integrations.length > 0) printLine(surroundings, `Integrations of it: ${difference.integrations.map(({ name }) => name).join(', ')}`)
  printLine(surroundings, difference.applied ? 'Applied.' : 'Nothing was changed. Add --apply to apply it.')
}
