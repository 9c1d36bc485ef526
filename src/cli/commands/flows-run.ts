/** Runs of flows, from their start. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Run, RunSummary } from '../../client/types.ts'
import { connect } from '../connection.ts'
import { Negative, UsageError } from '../failure.ts'
import { empty, readAssignments, readData, wholeNumber } from '../input.ts'
import { cell, isJson, printJson, printLine, toJson } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { duration, isOver, watchRun } from './run-tree.ts'

interface RunOptions { input?: string, flowVersion?: string, detach?: boolean, idempotencyKey?: string }

export function addFlowRun(group: Command, surroundings: Surroundings): void {
  group.command('run <flow> [value...]')
    .description('start a run, show its tasks as they go, and print its output')
    .option('-i, --input <json>', 'the input: JSON, @file, or - for standard input; values are put into it')
    .option('--flow-version <version>', 'another version than the latest')
    .option('--detach', 'print the id of the run, and do not wait')
    .option('--idempotency-key <key>', 'a repeat with the same key is the first run')
    .addHelpText('after', `
Values are name=text or name:=JSON. Ends with 1 where the run faults or is cancelled. Ctrl-C leaves the run to itself.

Example:
  interchange flows run send-summary-email to=ada@example.com subject=Hello 'body=<p>It works.</p>'`)
    .action((flow: string, values: string[], options: RunOptions, command: Command) => runFlow(surroundings, flow, values, options, command))

  group.command('logs <flow>')
    .description('what became of the runs of a flow, the newest last')
    .option('-f, --follow', 'go on with those to come, until Ctrl-C')
    .option('--limit <count>', 'how many to begin with', wholeNumber, 20)
    .action((flow: string, options: { follow?: boolean, limit: number }, command: Command) => logs(surroundings, flow, options, command))
}

async function runFlow(surroundings: Surroundings, flow: string, values: string[], { input, flowVersion, detach = false, idempotencyKey }: RunOptions, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const started = await client.post('/api/v1/flows/{flow}/runs', {
    path: { flow }, body: { input: await inputOf(surroundings, input, values), ...flowVersion !== undefined && { version: flowVersion } },
    ...idempotencyKey !== undefined && { idempotencyKey },
  })
  if (detach) return isJson(command) ? printJson(surroundings, started) : printLine(surroundings, started.id)
  const run = await watchRun(surroundings, client, started.id, { signal: surroundings.interrupted(), quiet: isJson(command) })
  printEnd(surroundings, command, run)
}

async function inputOf(surroundings: Surroundings, given: string | undefined, values: string[]): Promise<unknown> {
  const input = given === undefined ? empty() : await readData(surroundings, given, 'The input')
  if (values.length === 0) return input
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new UsageError('name=value can be added to an input that is an object only.')
  return readAssignments(values, Object.assign(empty(), input))
}

/** The output on standard output, everything else beside it; a run that came to nothing ends the command with 1. */
export function printEnd(surroundings: Surroundings, command: Command, run: Run): void {
  if (isJson(command)) printJson(surroundings, run)
  else if (run.status === 'completed') surroundings.stdout.write(`${toJson(run.output)}\n`)
  else printLine(surroundings, `The run ${run.id} is ${run.status}.${run.error === undefined ? '' : ` ${run.error.title}${run.error.detail === undefined ? '' : `: ${run.error.detail}`}${run.error.instance === undefined ? '' : ` (${run.error.instance})`}`}`)
  if (isOver(run) && run.status !== 'completed') throw new Negative()
}

const LOOK_MS = 1000

async function logs(surroundings: Surroundings, flow: string, { follow = false, limit }: { follow?: boolean, limit: number }, command: Command): Promise<void> {
  const client = connect(surroundings, command)
  const told = new Map<string, RunSummary['status']>()
  const tell = async (count: number): Promise<void> => {
    const { data } = await client.get('/api/v1/runs', { query: { flow, limit: count } })
    for (const run of data.reverse()) {
      if (told.get(run.id) === run.status) continue
      told.set(run.id, run.status)
      if (isJson(command)) surroundings.stdout.write(`${JSON.stringify(run)}\n`)
      else printLine(surroundings, logLine(run))
    }
  }
  await tell(limit)
  if (!follow) return
  const signal = surroundings.interrupted()
  for (;;) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await tell(FOLLOWED_AT_ONCE)
  }
}

/** Runs that may begin between two looks. */
const FOLLOWED_AT_ONCE = 200

function logLine({ id, version, status, startedAt, endedAt, trigger, errorType }: RunSummary): string {
  const took = endedAt === null ? '' : `  ${duration(Date.parse(endedAt) - Date.parse(startedAt))}`
  return `${startedAt}  ${id}  ${cell(version)}  ${status}${took}  by ${cell(trigger.type)}${errorType === null ? '' : `  ${cell(errorType, 200)}`}`
}

