import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Item } from '../../client/client.ts'
import { connect } from '../connection.ts'
import { readData, timeOrAgo, wholeNumber } from '../input.ts'
import { ago, isJson, printJson, printLine, printOutcome, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { printEnd } from './flows-run.ts'
import { duration, isOver, treeOf, watchRun } from './run-tree.ts'

type Summary = Item<'/api/v1/runs'>
const statuses = ['pending', 'running', 'waiting', 'suspended', 'cancelled', 'faulted', 'completed'] as const satisfies Summary['status'][]
interface ListOptions { flow?: string, status?: Summary['status'], trigger?: string, from?: string, to?: string, query?: string, limit: number, cursor?: string }

export function addRuns(program: Command, surroundings: Surroundings): void {
  const group = program.command('runs').description('runs of flows: list, show task by task, cancel, suspend, resume, retry, keep')
  addList(group, surroundings)

  group.command('show <id>')
    .description('show a run task by task')
    .option('-f, --follow', 'go on until it is over')
    .action(async (id: string, { follow = false }: { follow?: boolean }, command: Command) => {
      const client = connect(surroundings, command)
      if (follow) return printEnd(surroundings, command, await watchRun(surroundings, client, id, { signal: surroundings.interrupted(), quiet: isJson(command) }))
      const run = await client.get('/api/v1/runs/{id}', { path: { id } })
      if (isJson(command)) return printJson(surroundings, run)
      const took = run.endedAt === null ? '' : ` in ${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`
      printLine(surroundings, `${run.namespace === 'default' ? '' : `${run.namespace}/`}${run.name} ${run.version}: ${run.status}${isOver(run) ? took : ''}, started ${ago(run.startedAt)} by ${run.trigger.type}`)
      for (const line of treeOf(run)) printLine(surroundings, line)
      if (run.error !== undefined) printLine(surroundings, `${run.error.title}${run.error.detail === undefined ? '' : `: ${run.error.detail}`}`)
      if (run.status === 'completed') printJson(surroundings, run.output)
    })

  group.command('retry <id>')
    .description('try a run that is over again, from its beginning or from a task')
    .option('--from <reference>', 'the task to begin with, such as /do/2/send: what was recorded up to there stands')
    .option('--round <numbers>', 'which round of the loops around it, from 0, such as 2 or 0,2; the last unless given', roundsOf)
    .option('-i, --input <json>', 'what that task, or the run, gets instead: JSON, @file, or - for standard input')
    .action(async (id: string, { from, round: rounds, input }: { from?: string, round?: number[], input?: string }, command: Command) => {
      const body = { ...from !== undefined && { from }, ...rounds !== undefined && { rounds }, ...input !== undefined && { input: await readData(surroundings, input, 'The input') } }
      const again = await connect(surroundings, command).post('/api/v1/runs/{id}/retry', { path: { id }, body })
      printOutcome(surroundings, command, again, `Tries it again: ${again.id}`)
    })

  group.command('keep <id>')
    .description('print a run that is over as a test case, for `interchange flows test`')
    .action(async (id: string, _options, command: Command) => { printJson(surroundings, await connect(surroundings, command).get('/api/v1/runs/{id}/test-case', { path: { id } })) })

  const verbs = [['cancel', 'end a run; calls under way are broken off'], ['suspend', 'pause a run before its next task'], ['resume', 'let a suspended run go on']] as const
  for (const [verb, description] of verbs) {
    group.command(`${verb} <id>`).description(description).action(async (id: string, _options, command: Command) => {
      const steered = await connect(surroundings, command).post(`/api/v1/runs/{id}/${verb}`, { path: { id } })
      printOutcome(surroundings, command, steered, `Asked it to ${verb}; it is ${steered.status}.`)
    })
  }
}

function roundsOf(text: string): number[] {
  if (!/^\d{1,9}(,\d{1,9})*$/.test(text)) throw new InvalidArgumentError('It takes whole numbers from 0, with commas between.')
  return text.split(',').map(Number)
}

function addList(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list runs, newest first')
    .option('--flow <flow>', 'of this flow')
    .addOption(new Option('--status <status>').choices(statuses))
    .option('--trigger <trigger>', 'started by this: api, event, schedule, agent, flow, retry')
    .option('--from <time>', 'began since then: how long ago (30m, 2h, 7d), a time or a day', timeOrAgo)
    .option('--to <time>', 'began before', timeOrAgo)
    .option('-q, --query <text>', 'with this text in name, input, output, error or tasks')
    .option('--limit <count>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'where the page before ended')
    .action(async ({ query, ...rest }: ListOptions, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/runs', { query: { ...rest, ...query !== undefined && { q: query } } })
      await printPage<Summary>(surroundings, command, page, [
        { title: 'ID', value: ({ id }) => id }, { title: 'FLOW', value: ({ namespace, name }) => (namespace === 'default' ? name : `${namespace}/${name}`) }, { title: 'VERSION', value: ({ version }) => version },
        { title: 'STATUS', value: ({ status }) => status }, { title: 'BY', value: ({ trigger }) => trigger.type }, { title: 'STARTED', value: ({ startedAt }) => ago(startedAt) },
        { title: 'TOOK', value: ({ startedAt, endedAt }) => (endedAt === null ? null : duration(Date.parse(endedAt) - Date.parse(startedAt))) },
      ])
    })
}
