/** Flows that lie in files: checked, and brought to the hub. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Client } from '../../client/client.ts'
import type { FlowFinding, FlowPlan } from '../../client/types.ts'
import { ApiError } from '../../client/errors.ts'
import { isConfirmed } from '../ask.ts'
import { connect } from '../connection.ts'
import { Negative, UsageError } from '../failure.ts'
import { readSource } from '../input.ts'
import { cell, isJson, printJson, printLine } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Surroundings } from '../surroundings.ts'

type Item = FlowPlan['items'][number]

export function addFlowFiles(group: Command, surroundings: Surroundings): void {
  group.command('validate <path...>')
    .description('check documents without storing anything: files, folders of them, or - for standard input')
    .option('--strict', 'warnings count as errors')
    .option('--allow-missing', 'names of integrations, operations, credentials and flows that the hub does not have are warnings')
    .addHelpText('after', `
Each finding is one line, as compilers print it: file:line:column. Ends with 1 where there are errors.

Example:
  interchange flows validate ./flows`)
    .action((paths: string[], options: ValidateOptions, command: Command) => validate(surroundings, paths, options, command))

  group.command('apply <path...>')
    .description('bring the hub to what documents say: shows the plan, asks, and applies all of it or nothing')
    .option('--prune', 'remove flows that no file has, in the namespaces that the files have')
    .option('--allow-missing', 'also what names integrations, operations, credentials or flows that the hub does not have')
    .option('-n, --dry-run', 'show the plan only; ends with 1 where something would change')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
  + new flow   ^ new version   * draft to be published   = unchanged   - removed   ! in conflict   x not valid

Ends with 0 when all is applied or nothing was to do, and with 1 where something is in the way.

Example:
  interchange flows apply ./flows --prune --yes`)
    .action((paths: string[], options: ApplyOptions, command: Command) => apply(surroundings, paths, options, command))
}

interface ValidateOptions { strict?: boolean, allowMissing?: boolean }

async function validate(surroundings: Surroundings, paths: string[], { strict = false, allowMissing = false }: ValidateOptions, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const plan = await planOf(surroundings, client, { files: await readFiles(surroundings, paths), prune: false, allowMissing })
  const all = plan.items.flatMap(({ findings }) => findings)
  const count = (severity: FlowFinding['severity']): number => all.filter((finding) => finding.severity === severity).length
  const errors = count('error') + plan.items.filter(isDouble).length
  if (isJson(command)) printJson(surroundings, { valid: errors === 0, items: plan.items.map(({ path, flow, version, findings, detail, action }) => ({ path, flow, version, findings, ...action === 'invalid' && { detail } })) })
  else {
    printFindings(surroundings, plan.items)
    printLine(surroundings, `${amount(plan.items.length, 'flow')}: ${amount(errors, 'error')}, ${amount(count('warning'), 'warning')}.`)
  }
  if (errors > 0 || (strict && count('warning') > 0)) throw new Negative()
}

/** Wrong by itself, but for another file that has the same. */
function isDouble({ action, findings }: Item): boolean {
  return action === 'invalid' && !findings.some(({ severity }) => severity === 'error')
}

interface ApplyOptions { prune?: boolean, allowMissing?: boolean, dryRun?: boolean, yes?: boolean }

const marks: Record<Item['action'], string> = { create: '+', version: '^', publish: '*', unchanged: '=', remove: '-', conflict: '!', invalid: 'x' }

async function apply(surroundings: Surroundings, paths: string[], { prune = false, allowMissing = false, dryRun = false, yes = false }: ApplyOptions, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const body = { files: await readFiles(surroundings, paths), prune, allowMissing }
  const plan = await planOf(surroundings, client, body)
  const changes = plan.items.filter(({ action }) => action !== 'unchanged').length
  if (!isJson(command)) printPlan(surroundings, plan)
  else if (!plan.applicable || dryRun || changes === 0) printJson(surroundings, { applied: false, ...plan })
  if (!plan.applicable || (dryRun && changes > 0)) throw new Negative()
  if (changes === 0 || dryRun) return
  if (!yes && surroundings.stdin.isTTY && !await isConfirmed(surroundings, `Apply ${amount(changes, 'change')}?`)) return printLine(surroundings, 'Nothing was changed.')
  try {
    const applied = await withProgress(surroundings, 'applying', () => client.post('/api/v1/flows/apply', { body: { ...body, digest: plan.digest } }))
    if (isJson(command)) printJson(surroundings, { applied: true, ...applied })
    else printLine(surroundings, `Applied ${amount(changes, 'change')}.`)
  } catch (error) {
    const newer = error instanceof ApiError ? error.problem.plan as FlowPlan | undefined : undefined
    if (newer !== undefined && !isJson(command)) printPlan(surroundings, newer)
    throw error
  }
}

function planOf(surroundings: Surroundings, client: Client, body: { files: { path: string, content: string }[], prune: boolean, allowMissing: boolean }): Promise<FlowPlan> {
  return withProgress(surroundings, 'checking', () => client.post('/api/v1/flows/plan', { body }))
}

function printPlan(surroundings: Surroundings, { items }: FlowPlan): void {
  printFindings(surroundings, items)
  for (const { action, flow, version, path, detail } of items) {
    const name = flow === null ? path ?? '?' : `${flow}${version === null ? '' : ` ${version}`}`
    printLine(surroundings, `${marks[action]} ${name}${path === null || flow === null ? '' : `  ${path}`}${detail === null ? '' : `  ${detail}`}`)
  }
}

function printFindings(surroundings: Surroundings, items: Item[]): void {
  for (const { path, findings } of items) {
    for (const { line, column, severity, pointer, detail, code } of findings) {
      printLine(surroundings, `${path ?? ''}:${line}:${column}: ${severity}: ${pointer === '' ? 'the document' : pointer} ${detail} [${code}]`)
    }
  }
  for (const item of items) if (isDouble(item)) printLine(surroundings, `${item.path ?? ''}:1:1: error: ${item.detail ?? ''}`)
}

function amount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/** Of folders, all that looks like a flow, whatever it is below. */
async function readFiles(surroundings: Surroundings, paths: string[]): Promise<{ path: string, content: string }[]> {
  const files: { path: string, content: string }[] = []
  for (const given of paths) {
    for (const path of given === '-' ? ['-'] : await filesBelow(given)) {
      const content = (await readSource(surroundings, path)).toString('utf8')
      files.push({ path: path === '-' ? 'standard input' : path, content })
    }
  }
  if (files.length === 0) throw new UsageError(`There is no .yaml, .yml or .json file in ${cell(paths.join(', '), 500)}.`)
  return files
}

async function filesBelow(path: string): Promise<string[]> {
  const isFolder = await stat(path).then((found) => found.isDirectory(), () => false)
  if (!isFolder) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const found = await Promise.all(entries.map(async (entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    if (entry.isDirectory()) return filesBelow(join(path, entry.name))
    return /\.(?:ya?ml|json)$/i.test(entry.name) ? [join(path, entry.name)] : []
  }))
  return found.flat().sort()
}
