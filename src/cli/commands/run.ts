import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import { ApiError } from '../../client/errors.ts'
import type { Integration } from '../../client/types.ts'
import { connect, findIntegration } from '../connection.ts'
import { Advised, UsageError } from '../failure.ts'
import { collect, empty, readAssignments, readJson, readSource } from '../input.ts'
import { isJson, printJson, toJson } from '../output.ts'
import { openStream, printStream } from '../answer-stream.ts'
import type { Surroundings } from '../surroundings.ts'

interface Options { input?: string, file?: string, set: string[], idempotencyKey?: string, output?: string, stream?: boolean, timing?: boolean }

export function addRun(program: Command, surroundings: Surroundings): void {
  program.command('run <integration> [operation] [values...]')
    .description('run an operation; the integration is named by its name or id')
    .option('--input <json>', 'the whole input as JSON')
    .option('--file <path>', 'the whole input from a JSON file, or - for standard input')
    .option('--set <name=value>', 'one value of the input (repeatable); the same as a trailing name=value', collect, [])
    .option('-o, --output <path>', 'write what the service answered to a file: a download as it is, anything else as JSON')
    .option('--idempotency-key <key>', 'makes a repeat safe where the service knows such keys')
    .option('--stream', 'print the answer as it comes, where the operation tells it in parts, as `chat` of a language model does; with --json each event as a line')
    .option('--timing', 'also print how long it took, to standard error')
    .addHelpText('after', `
Values: name=text, name:=JSON; dots make objects (body.title=Hello), \\. is a dot. They are added to --input or --file.
Prints the service's answer; with --json the execution too.

Examples:
  interchange run "Pet Store" getPetById id:=17
  interchange run Bookshop addBook body.title="Roadside Picnic" body.price:=11.5
  interchange run Files download name=report.pdf -o report.pdf
  interchange run Claude chat --stream 'messages:=[{"role":"user","content":"Tell me a story."}]'
  interchange catalog operation bookshop addBook            shows what an operation takes`)
    .action((integration: string, operation: string | undefined, values: string[], options: Options, command: Command) =>
      run(surroundings, { integration, operation, values }, options, command))
}

interface Wanted { integration: string, operation: string | undefined, values: string[] }

async function run(surroundings: Surroundings, { integration: name, operation, values }: Wanted, options: Options, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const input = await readInput(surroundings, options, values)
  const integration = await findIntegration(client, name)
  const call = {
    path: { id: integration.id }, body: { ...operation !== undefined && { operation }, input },
    ...options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey },
  }
  const failed = (error: unknown): never => { throw advised(error, integration, operation) }
  if (options.stream === true) {
    if (options.output !== undefined) throw new UsageError('Give either --stream or --output.')
    return printStream(surroundings, await openStream(client, call, surroundings.interrupted()).catch(failed), { isJson: isJson(command), timing: options.timing === true })
  }
  const result = await client.post('/api/v1/integrations/{id}/run', call).catch(failed)
  if (options.output !== undefined) await save(client, result.data, options.output)
  else printJson(surroundings, isJson(command) ? result : result.data)
  if (options.timing) surroundings.stderr.write(`${result.execution.metrics.latency} ms, execution ${result.execution.id}\n`)
}

async function readInput(surroundings: Surroundings, { input, file, set }: Options, values: string[]): Promise<unknown> {
  if (input !== undefined && file !== undefined) throw new UsageError('Give either --input or --file.')
  const whole = input !== undefined ? readJson(input, '--input') : file === undefined ? empty() : readJson((await readSource(surroundings, file)).toString('utf8'), file)
  const assignments = [...values, ...set]
  if (assignments.length === 0) return whole
  if (whole === null || typeof whole !== 'object' || Array.isArray(whole)) throw new UsageError('name=value can be added to an input that is an object only.')
  return readAssignments(assignments, Object.assign(empty(), whole))
}

/** What an operation takes, and which there are, is one command away. */
function advised(error: unknown, { connector }: Integration, operation: string | undefined): unknown {
  if (!(error instanceof ApiError)) return error
  const noSuchOperation = error.code === 'operation_not_found' || error.code === 'invalid_input' && error.errors.some(({ pointer }) => pointer === '/operation')
  if (noSuchOperation) return new Advised(error, `Its operations: interchange catalog operations ${connector}`)
  if (error.code === 'invalid_input' && operation !== undefined) return new Advised(error, `What it takes: interchange catalog operation ${connector} ${operation}`)
  return error
}

async function save(client: Client, data: unknown, path: string): Promise<void> {
  const { $blob } = (data ?? {}) as { $blob?: { id?: unknown } }
  const content = typeof $blob?.id === 'string'
    ? Readable.fromWeb((await client.raw('GET', '/api/v1/blobs/{id}', { path: { id: $blob.id } })).body as Parameters<typeof Readable.fromWeb>[0])
    : Readable.from([typeof data === 'string' ? data : `${toJson(data)}\n`])
  await pipeline(content, createWriteStream(path))
}
