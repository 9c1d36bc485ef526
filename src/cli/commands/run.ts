import type { Command } from 'commander'
import { connect, findIntegrationId } from '../connection.ts'
import { collect, readAssignments, readJson, readSource } from '../input.ts'
import { isJson, printJson } from '../output.ts'

interface Options { input?: string, file?: string, set: string[], idempotencyKey?: string, timing?: boolean }

export function addRun(program: Command): void {
  program.command('run <integration> [operation] [values...]')
    .description('run an operation; the integration is named by id or name')
    .option('--input <json>', 'the whole input as JSON')
    .option('--file <path>', 'the whole input from a JSON file, or - for standard input')
    .option('--set <name=value>', 'one value of the input (repeatable); the same as a trailing name=value', collect, [])
    .option('--idempotency-key <key>', 'makes a repeat safe where the service knows such keys')
    .option('--timing', 'also print how long it took, to standard error')
    .addHelpText('after', '\nValues: name=text, name:=JSON; dots make objects (body.title=Hello).\nExample:\n  interchange run "Pet Store" getPetById petId:=17')
    .action(async (integration: string, operation: string | undefined, values: string[], options: Options, command: Command) => {
      const client = connect(command)
      const id = await findIntegrationId(client, integration)
      const input = await readInput(options, values)
      const result = await client.post('/api/v1/integrations/{id}/run', {
        path: { id }, body: { ...operation !== undefined && { operation }, input },
        ...options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey },
      })
      printJson(isJson(command) ? result : result.data)
      if (options.timing) process.stderr.write(`${result.execution.metrics.latency} ms, execution ${result.execution.id}\n`)
    })
}

async function readInput({ input, file, set }: Options, values: string[]): Promise<unknown> {
  const given = [...values, ...set]
  if (input !== undefined) return readJson(input, '--input')
  if (file !== undefined) return readJson((await readSource(file)).toString('utf8'), file)
  return readAssignments(given)
}
