/** The `interchange` command: `serve`, `worker` and `migrate` run the hub; everything else talks to a running one over its API. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { SettingError } from '../config.ts'
import { addAgents } from './commands/agents.ts'
import { addCatalog } from './commands/catalog.ts'
import { addCompletion } from './commands/completion.ts'
import { addConnect } from './commands/connect.ts'
import { addCredentials } from './commands/credentials.ts'
import { addDeliveries } from './commands/deliveries.ts'
import { addEvents } from './commands/events.ts'
import { addExecutions } from './commands/executions.ts'
import { addFlows } from './commands/flows.ts'
import { addIntegrations } from './commands/integrations.ts'
import { addKeys } from './commands/keys.ts'
import { addListen } from './commands/listen.ts'
import { addMcp } from './commands/mcp.ts'
import { addProcesses } from './commands/processes.ts'
import { addRetention, addStorage } from './commands/retention.ts'
import { addRotateKeys } from './commands/rotate-keys.ts'
import { addRun } from './commands/run.ts'
import { addRuns } from './commands/runs.ts'
import { addWebhooks } from './commands/webhooks.ts'
import { DEFAULT_URL } from './connection.ts'
import { describeFailure, failureAsJson, Negative, UsageError } from './failure.ts'
import { toJson } from './output.ts'
import type { Surroundings } from './surroundings.ts'

const epilogue = `
Begin with:
  interchange serve                                        run a hub here
  interchange catalog search mail                          look for what can be connected
  interchange connect ./openapi.yaml -c apiKey=-           connect an API; the key is asked for
  interchange run "Pet Store" getPetById id:=17            run one of its operations
  interchange executions                                   see what happened
  interchange webhooks create https://shop.example/hook    have events delivered, signed
  interchange flows apply ./flows                          bring flows to what files say
  interchange flows run greet name=Ada                     run one, and see its tasks
  interchange listen --new --forward http://localhost:3000 try webhooks on this machine

Environment:
  INTERCHANGE_URL      the hub to talk to (${DEFAULT_URL})
  INTERCHANGE_API_KEY  the API key

Ends with 0 when it is done, 1 when it failed, 2 when it was called wrongly.`

/** Exit codes: 0 done, 1 failed, 2 called wrongly. */
export async function runCli(words: string[], surroundings: Surroundings): Promise<number> {
  const program = createProgram(surroundings)
  try {
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Negative) return 1
    surroundings.stderr.write(`${messageOf(error, Boolean(program.opts()['json']))}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

function messageOf(error: unknown, asJson: boolean): string {
  // One line already, and about the hub that did not start.
  if (error instanceof SettingError) return error.message
  return asJson ? toJson(failureAsJson(error)) : describeFailure(error)
}

function createProgram(surroundings: Surroundings): Command {
  const program = new Command('interchange')
    .description('An integration hub: connects any API, on open standards.')
    .version(versionOf(), '-V, --version', 'print the version')
    .option('--url <url>', `hub to talk to; else INTERCHANGE_URL, else ${DEFAULT_URL}`)
    .option('--key <key>', 'API key; better given as INTERCHANGE_API_KEY')
    .option('--json', 'print JSON for programs instead of tables for people')
    .showHelpAfterError('(run it with --help to see how it is called)')
    .addHelpText('after', epilogue)
  addProcesses(program, surroundings)
  addConnect(program, surroundings)
  addRun(program, surroundings)
  addIntegrations(program, surroundings)
  addExecutions(program, surroundings)
  addWebhooks(program, surroundings)
  addDeliveries(program, surroundings)
  addEvents(program, surroundings)
  addListen(program, surroundings)
  addMcp(program, surroundings)
  addFlows(program, surroundings)
  addRuns(program, surroundings)
  addAgents(program, surroundings)
  addCatalog(program, surroundings)
  addCredentials(program, surroundings)
  addKeys(program, surroundings)
  addRetention(program, surroundings)
  addStorage(program, surroundings)
  addRotateKeys(program, surroundings)
  addCompletion(program, surroundings)
  for (const command of allCommands(program)) {
    command.exitOverride().configureHelp({ showGlobalOptions: command !== program })
      .configureOutput({ writeOut: (text) => { surroundings.stdout.write(text) }, writeErr: (text) => { surroundings.stderr.write(text) } })
      .showHelpAfterError('(run it with --help to see how it is called)')
  }
  return program
}

/** A command and all below it. */
function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

function versionOf(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
