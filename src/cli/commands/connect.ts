import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import { connect } from '../connection.ts'
import { collect, readAssignments, readSource } from '../input.ts'
import { isJson, printable, printJson, printRows } from '../output.ts'
import { withProgress } from '../progress.ts'

interface Options { name?: string, id?: string, endpoint?: string, credential: string[], configuration: string[], test: boolean, update?: boolean, apply?: boolean, install?: boolean }

export function addConnect(program: Command): void {
  program.command('connect <source>')
    .description('connect an API: from an OpenAPI document (a URL, a file, or - for standard input) or from a connector of the catalogue')
    .option('--name <name>', "name of the integration; else the document's title")
    .option('--id <id>', 'id of the connector; else made from the title')
    .option('--endpoint <url>', "base URL of the service, instead of the document's server")
    .option('-c, --credential <name=value>', 'a credential, as scheme=token or scheme.username=… (repeatable)', collect, [])
    .option('--configuration <name=value>', "a setting of the connector's (repeatable)", collect, [])
    .option('--no-test', 'do not test the connection')
    .option('--update', 'import the document again into the connector --id: shows what changes')
    .option('--apply', 'with --update: apply the changes')
    .addHelpText('after', '\nExamples:\n  interchange connect https://petstore3.swagger.io/api/v3/openapi.json -c api_key=special\n  interchange connect ./openapi.yaml --endpoint http://127.0.0.1:4010\n  interchange connect stripe -c apiKey=sk_test_…')
    .action((source: string, options: Options, command: Command) => run(source, options, command))
}

async function run(source: string, options: Options, command: Command): Promise<void> {
  const client = connect(command)
  if (options.update) return update(client, source, options, command)
  const connector = await connectorOf(client, source, options)
  const credentials = readAssignments(options.credential)
  const configuration = readAssignments(options.configuration)
  const integration = await withProgress('connecting', () => client.post('/api/v1/integrations', {
    query: { test: options.test ? 'true' : 'false' },
    body: {
      name: options.name ?? connector.name, connector: connector.id,
      ...Object.keys(credentials).length > 0 && { credentials }, ...Object.keys(configuration).length > 0 && { configuration },
      ...options.endpoint !== undefined && { connection: { endpoint: options.endpoint } },
    },
  }))
  if (isJson(command)) return printJson(integration)
  process.stdout.write(`Connected ${printable(integration.name)} (${connector.operations} operations), integration ${integration.id}\n`)
  if (integration.connectionStatus === 'error') process.stdout.write(`The connection test failed: ${printable(integration.connectionError)}\n`)
  else if (integration.connectionStatus === 'active') process.stdout.write('The connection test passed.\n')
  process.stdout.write(`Next: interchange catalog operations ${connector.id}\n`)
}

interface Found { id: string, name: string, operations: number }

/** A URL or an existing file is imported; anything else is a connector's id. */
async function connectorOf(client: Client, source: string, options: Options): Promise<Found> {
  const isUrl = /^https?:\/\//i.test(source)
  const bytes = isUrl ? undefined : await readIfThere(source)
  if (!isUrl && bytes === undefined) {
    const { data } = await client.get('/api/v1/integrations/available', { query: { q: source, limit: 500 } })
    const card = data.find(({ connector }) => connector === source)
    if (card === undefined) throw new Error(`${source} is neither a URL, nor a file here, nor a connector. \`interchange catalog ${source}\` searches.`)
    return { id: card.connector, name: card.name, operations: card.operations }
  }
  const named = { ...options.id !== undefined && { id: options.id }, ...options.name !== undefined && { name: options.name } }
  const imported = await withProgress('importing', () => bytes === undefined
    ? client.post('/api/v1/connectors/import', { query: named, body: { url: source } })
    : client.post('/api/v1/connectors/import', { query: named, body: bytes as never, contentType: typeOf(source) }))
  return { id: imported.id, name: imported.name, operations: imported.operations }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readSource(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function typeOf(path: string): string {
  return /\.ya?ml$/i.test(path) ? 'application/yaml' : 'application/octet-stream'
}

async function update(client: Client, source: string, { id, apply }: Options, command: Command): Promise<void> {
  if (id === undefined) throw new Error('--update needs --id, the connector to update.')
  const isUrl = /^https?:\/\//i.test(source)
  const body = isUrl ? { url: source } : await readSource(source)
  const difference = await withProgress('comparing', () => client.post('/api/v1/connectors/{id}/reimport', {
    path: { id }, query: { apply: apply ? 'true' : 'false' }, body: body as never, ...!isUrl && { contentType: typeOf(source) },
  }))
  if (isJson(command)) return printJson(difference)
  const rows = difference.changes as { operation?: string, kind: string, breaking: boolean, text: string }[]
  await printRows(command, rows, [
    { title: 'WHAT', value: ({ kind, breaking }) => (breaking ? `${kind} (breaking)` : kind) },
    { title: 'CHANGE', value: ({ text }) => text },
  ])
  process.stdout.write(apply ? 'Applied.\n' : 'Nothing was changed. Add --apply to apply it.\n')
}
