/** Kept runs as tests of flows. */
import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import type { Client } from '../../client/client.ts'
import type { FlowTestCase } from '../../client/types.ts'
import { connect } from '../connection.ts'
import { Negative, UsageError } from '../failure.ts'
import { cell, isJson, printJson, printLine } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'

interface TestOptions { document?: string }

export function addFlowTest(group: Command, surroundings: Surroundings): void {
  group.command('test <case...>')
    .description('replay kept runs (`interchange runs keep`) against their flows, with what was recorded in the place of calls')
    .addOption(new Option('-d, --document <file>', 'against this document instead of the published flow'))
    .addHelpText('after', `
Ends with 1 where a replay comes out otherwise. Nothing is called, and nothing stored.

Example:
  interchange runs keep 01890a5d-ac96-774b-bcce-b302099a8057 > cases/refund.json
  interchange flows test cases/*.json --document flows/refund.yaml`)
    .action((files: string[], options: TestOptions, command: Command) => testFlows(surroundings, files, options, command))
}

async function testFlows(surroundings: Surroundings, files: string[], { document }: TestOptions, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const results = []
  for (const file of files) {
    const testCase = await readCase(file)
    const result = await client.post('/api/v1/flows/replay', { body: { definition: await definitionFor(client, testCase, document), testCase } })
    results.push({ file, ...result })
    if (isJson(command)) continue
    printLine(surroundings, `${result.passed ? '✓' : '✗'} ${cell(file, 200)}`)
    for (const { reference, what, expected, actual } of result.differences) printLine(surroundings, `    ${reference === '' ? 'the run' : cell(reference, 200)}: ${what}${what === 'missing' || what === 'unexpected' ? '' : `: expected ${cell(JSON.stringify(expected), 500)}, got ${cell(JSON.stringify(actual), 500)}`}`)
  }
  if (isJson(command)) printJson(surroundings, results)
  if (results.some(({ passed }) => !passed)) throw new Negative()
}

async function readCase(file: string): Promise<FlowTestCase> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as FlowTestCase
  } catch (error) {
    throw new UsageError(`${file} is no kept run: ${(error as Error).message}`)
  }
}

async function definitionFor(client: Client, { flow: { namespace, name } }: FlowTestCase, document: string | undefined): Promise<Record<string, unknown>> {
  const flow = namespace === 'default' ? name : `${namespace}/${name}`
  const text = document === undefined ? (await client.get('/api/v1/flows/{flow}', { path: { flow } })).source : await readFile(document, 'utf8').catch((error: Error) => { throw new UsageError(error.message) })
  const { parse } = await import('yaml')
  try {
    return parse(text) as Record<string, unknown>
  } catch (error) {
    throw new UsageError(`${document ?? flow} cannot be read: ${(error as Error).message}`)
  }
}
