import type { Command } from 'commander'
import type { Item } from '../../client/client.ts'
import { isConfirmed } from '../ask.ts'
import { connect } from '../connection.ts'
import { wholeNumber } from '../input.ts'
import { ago, cell, isJson, printJson, printLine, printOutcome, printPage } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { addFlowFiles } from './flows-files.ts'
import { addFlowRun } from './flows-run.ts'
import { addFlowTest } from './flows-test.ts'

type Summary = Item<'/api/v1/flows'>
interface ListOptions { query?: string, namespace?: string, limit: number, cursor?: string }

export function addFlows(program: Command, surroundings: Surroundings): void {
  const group = program.command('flows').description('flows: check and apply documents, run them, look at versions, switch on and off')
  addLists(group, surroundings)
  addFlowFiles(group, surroundings)
  addFlowRun(group, surroundings)
  addFlowTest(group, surroundings)
  addVersions(group, surroundings)
  addChanges(group, surroundings)
}

function addLists(group: Command, surroundings: Surroundings): void {
  group.command('list', { isDefault: true })
    .description('list flows')
    .option('-q, --query <text>', 'only those with this text in name, title or summary')
    .option('--namespace <namespace>', 'only those of this namespace')
    .option('--limit <count>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'where the page before ended')
    .action(async ({ query, ...rest }: ListOptions, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/flows', { query: { ...rest, ...query !== undefined && { q: query } } })
      await printPage<Summary>(surroundings, command, page, [
        { title: 'FLOW', value: ({ flowId }) => flowId }, { title: 'VERSION', value: ({ latestVersion }) => latestVersion ?? 'draft' },
        { title: 'STARTS', value: ({ enabled }) => (enabled ? 'yes' : 'no') }, { title: 'TITLE', value: ({ title }) => title }, { title: 'CHANGED', value: ({ updatedAt }) => ago(updatedAt) },
      ])
    })

  group.command('show <flow> [version]')
    .description('print the document of a flow as it was written')
    .action(async (flow: string, version: string | undefined, _options, command: Command) => {
      const client = connect(surroundings, command)
      const shown = version === undefined ? await client.get('/api/v1/flows/{flow}', { path: { flow } }) : await client.get('/api/v1/flows/{flow}/versions/{version}', { path: { flow, version } })
      if (isJson(command)) return printJson(surroundings, shown)
      printText(surroundings, shown.source)
    })

  group.command('export')
    .description('print the latest version of every flow as YAML documents, for `apply` here or elsewhere')
    .option('--namespace <namespace>', 'only those of this namespace')
    .action(async ({ namespace }: { namespace?: string }, command: Command) => {
      const documents = await connect(surroundings, command).get('/api/v1/flows/export', { query: { ...namespace !== undefined && { namespace } } })
      if (isJson(command)) return printJson(surroundings, { documents })
      // As it is: it may become a file.
      surroundings.stdout.write(documents)
    })
}

function printText(surroundings: Surroundings, text: string): void {
  for (const line of text.replace(/\n$/, '').split('\n')) surroundings.stdout.write(`${cell(line.replaceAll('\t', '  '), Infinity)}\n`)
}

function addVersions(group: Command, surroundings: Surroundings): void {
  group.command('versions <flow>')
    .description('list the versions of a flow, the highest first')
    .option('--limit <count>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'where the page before ended')
    .action(async (flow: string, query: { limit: number, cursor?: string }, command: Command) => {
      const page = await connect(surroundings, command).get('/api/v1/flows/{flow}/versions', { path: { flow }, query })
      await printPage(surroundings, command, page, [
        { title: 'VERSION', value: ({ version }) => version }, { title: 'STATUS', value: ({ status }) => status },
        { title: 'BY', value: ({ createdBy }) => createdBy }, { title: 'STORED', value: ({ createdAt }) => ago(createdAt) }, { title: 'WARNINGS', value: ({ warnings }) => warnings.length },
      ])
    })

  group.command('diff <flow> [from] [to]')
    .description('compare two versions of a flow; the two highest unless they are named')
    .action(async (flow: string, from: string | undefined, to: string | undefined, _options, command: Command) => {
      const diff = await connect(surroundings, command).get('/api/v1/flows/{flow}/diff', { path: { flow }, query: { ...from !== undefined && { from }, ...to !== undefined && { to } } })
      if (isJson(command)) return printJson(surroundings, diff)
      for (const { change, task, members = [], from: before } of diff.tasks) {
        printLine(surroundings, `${change} ${task}${members.length > 0 ? ` (${members.join(', ')})` : ''}${before !== undefined ? ` from ${before}` : ''}`)
      }
      for (const pointer of diff.document) printLine(surroundings, `changed ${pointer === '' ? 'the document' : pointer}`)
      printText(surroundings, diff.text)
    })

  group.command('publish <flow> <version>')
    .description('publish a draft: from then on it never changes')
    .option('--allow-missing', 'also where it names integrations, operations, credentials or flows that the hub does not have')
    .action(async (flow: string, version: string, { allowMissing = false }: { allowMissing?: boolean }, command: Command) => {
      const stored = await connect(surroundings, command).post('/api/v1/flows/{flow}/versions/{version}/publish', { path: { flow, version }, query: { allowMissing: String(allowMissing) } })
      printOutcome(surroundings, command, stored, stored.outcome === 'unchanged' ? `${flow} ${version} is published already.` : `Published ${flow} ${version}.`)
    })
}

function addChanges(group: Command, surroundings: Surroundings): void {
  for (const [verb, description, done] of [['enable', 'let a flow be started again', 'can be started'], ['disable', 'let nobody start a flow for a while; what runs goes on', 'is started by nobody now']] as const) {
    group.command(`${verb} <flow>`).description(description).action(async (flow: string, _options, command: Command) => {
      const changed = await connect(surroundings, command).post(`/api/v1/flows/{flow}/${verb}`, { path: { flow } })
      printOutcome(surroundings, command, changed, `${changed.flowId} ${done}.`)
    })
  }

  group.command('delete <flow>')
    .description('delete a flow with all its versions')
    .option('--force', 'also while runs are not over: they go on to their end')
    .option('-y, --yes', 'do not ask')
    .action(async (flow: string, { force = false, yes = false }: { force?: boolean, yes?: boolean }, command: Command) => {
      if (!yes && !await isConfirmed(surroundings, `Delete ${flow} with all its versions?`)) return printLine(surroundings, 'Nothing was deleted.')
      await connect(surroundings, command).delete('/api/v1/flows/{flow}', { path: { flow }, query: { force: String(force) } })
      printOutcome(surroundings, command, { deleted: flow }, `Deleted ${flow}.`)
    })
}
