/** Agents of the hub's own: made, shown, told what to do. */
import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import type { Agent } from '../../client/types.ts'
import { connect, findAgent, findIntegration } from '../connection.ts'
import { UsageError } from '../failure.ts'
import { collect, readSource, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printLine, printOutcome, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { printEnd } from './flows-run.ts'
import { watchRun } from './run-tree.ts'

export function addAgents(program: Command, surroundings: Surroundings): void {
  const group = program.command('agents').description("agents of the hub's own: list, show, make, tell them what to do")
  group.command('list', { isDefault: true })
    .description('list agents, by name')
    .option('-q, --query <text>', 'text in name or description')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where a page ended')
    .action(async ({ query: q, ...query }: { query?: string, limit: number, cursor?: string }, command: Command) => {
      const client = connect(surroundings, command)
      const page = await client.get('/api/v1/agents', { query: { ...query, ...q !== undefined && { q } } })
      const named = isJson(command) ? String : await namesIn(client, page.data)
      await printPage<Agent>(surroundings, command, page, [
        { title: 'NAME', value: ({ name }) => name },
        { title: 'MODEL', value: ({ model }) => named(model.integration) },
        { title: 'TOOLS', value: ({ tools: { operations, flows } }) => [...operations.map(named), ...flows].join(', ') },
        { title: 'DESCRIPTION', value: ({ description }) => description },
        { title: 'CHANGED', value: ({ updatedAt }) => ago(updatedAt) },
      ])
    })

  group.command('show <agent>').description('show one with all its settings, as JSON').action(async (agent: string, _options, command: Command) => {
    printJson(surroundings, await findAgent(connect(surroundings, command), agent))
  })

  addCreate(group, surroundings)

  group.command('run <agent> <prompt...>')
    .description('have an agent do something, show its steps as they go, and print its answer')
    .option('--detach', 'print the id of the run, and do not wait')
    .addHelpText('after', "\nEnds with 1 where the run faults. Ctrl-C leaves the run to itself.\n\nExample:\n  interchange agents run librarian 'Which books on tea are there?'")
    .action((agent: string, prompt: string[], options: { detach?: boolean }, command: Command) => runAgent(surroundings, agent, prompt.join(' '), options, command))

  group.command('delete <agent>').description('delete an agent that has no run under way').action(async (agent: string, _options, command: Command) => {
    const client = connect(surroundings, command)
    const { id, name } = await findAgent(client, agent)
    await client.delete('/api/v1/agents/{id}', { path: { id } })
    printOutcome(surroundings, command, { id, deleted: true }, `Deleted ${name}.`)
  })
}

const idIn = /^[\da-f]{8}-[\da-f-]{27}/

/** Agents that were made of an API name it by its id, which holds fast; people read its name. */
async function namesIn(client: Client, agents: readonly Agent[]): Promise<(text: string) => string> {
  const ids = new Set(agents.flatMap(({ model, tools }) => [model.integration, ...tools.operations]).flatMap((text) => idIn.exec(text) ?? []))
  const names = new Map<string, string>()
  await Promise.all([...ids].map(async (id) => {
    const found = await client.get('/api/v1/integrations/{id}', { path: { id } }).catch(() => undefined)
    if (found !== undefined) names.set(id, found.name)
  }))
  return (text) => text.replace(idIn, (id) => names.get(id) ?? id)
}

interface CreateOptions { model?: string, from?: string, instructions?: string, description?: string, operation: string[], flow: string[], maxSteps?: number, budget?: number }

function addCreate(group: Command, surroundings: Surroundings): void {
  group.command('create <name>')
    .description('make an agent: a model with instructions and tools')
    .option('--model <integration>', 'the integration of the connector ai-service that it thinks with')
    .option('--from <integration>', 'give it all operations of this API, and the only model that there is')
    .option('--operation <glob>', 'it may run these operations, such as "Bookshop/get*" (repeatable)', collect, [])
    .option('--flow <glob>', 'it may start these flows (repeatable)', collect, [])
    .option('--instructions <text>', 'what stands above every conversation: text, @file, or - for standard input')
    .option('--description <text>', 'what it is good for: people and other agents choose by it')
    .option('--max-steps <n>', 'times that the model is asked', wholeNumber)
    .option('--budget <tokens>', 'tokens, in and out, over all steps of a run', wholeNumber)
    .addHelpText('after', '\nExamples:\n  interchange agents create librarian --model Claude --operation "Bookshop/get*" --instructions "Answer from the catalogue only."\n  interchange agents create clerk --from Bookshop')
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const client = connect(surroundings, command)
      const instructions = options.instructions === undefined ? undefined : await textOf(surroundings, options.instructions)
      const made = options.from === undefined
        ? await client.post('/api/v1/agents', { body: settingsOf(name, options, instructions) })
        : await client.post('/api/v1/agents/from-integration', {
            body: { integrationId: (await findIntegration(client, options.from)).id, name, ...options.model !== undefined && { model: { integration: options.model } }, ...instructions !== undefined && { instructions } },
          })
      printOutcome(surroundings, command, made, `Made ${made.name}. \`interchange agents run ${made.name} …\` has it do something.`)
    })
}

interface Settings { name: string, model: { integration: string }, tools: { operations: string[], flows: string[] }, instructions?: string, description?: string, maxSteps?: number, budget?: { tokens: number } }

function settingsOf(name: string, { model, description, operation, flow, maxSteps, budget }: CreateOptions, instructions: string | undefined): Settings {
  if (model === undefined) throw new UsageError('Say which model it thinks with, by --model, or give it an API by --from.')
  return {
    name, model: { integration: model }, tools: { operations: operation, flows: flow }, ...instructions !== undefined && { instructions }, ...description !== undefined && { description },
    ...maxSteps !== undefined && { maxSteps }, ...budget !== undefined && { budget: { tokens: budget } },
  }
}

async function textOf(surroundings: Surroundings, given: string): Promise<string> {
  const path = given === '-' ? given : given.startsWith('@') ? given.slice(1) : undefined
  return path === undefined ? given : (await readSource(surroundings, path)).toString('utf8')
}

async function runAgent(surroundings: Surroundings, agent: string, prompt: string, { detach = false }: { detach?: boolean }, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const { id } = await findAgent(client, agent)
  const started = await client.post('/api/v1/agents/{id}/runs', { path: { id }, body: { prompt } })
  if (detach) return isJson(command) ? printJson(surroundings, started) : printLine(surroundings, started.id)
  const run = await watchRun(surroundings, client, started.id, { signal: surroundings.interrupted(), quiet: isJson(command) })
  const { text, output } = (run.output ?? {}) as { text?: unknown, output?: unknown }
  // An answer in words is printed as such, line by line; one that has a form, as JSON.
  if (run.status !== 'completed' || isJson(command) || typeof text !== 'string') printEnd(surroundings, command, run)
  else if (output !== null && output !== undefined) printJson(surroundings, output)
  else for (const line of text.split('\n')) printLine(surroundings, line, 100_000)
}
