/** The `interchange` command: `serve`, `worker` and `migrate` run the hub; everything else talks to a running one over its API. */
import { Command, CommanderError, Option } from 'commander'
import { SettingError } from '../config.ts'
import { addAdministration } from './commands/administration.ts'
import { addCatalog } from './commands/catalog.ts'
import { addCompletion } from './commands/completion.ts'
import { addConnect } from './commands/connect.ts'
import { addExecutions } from './commands/executions.ts'
import { addIntegrations } from './commands/integrations.ts'
import { addProcesses } from './commands/processes.ts'
import { addRun } from './commands/run.ts'
import { describeFailure } from './failure.ts'

/** Exit codes: 0 done, 1 failed, 2 called wrongly. */
export async function runCli(words: string[]): Promise<number> {
  const program = createProgram()
  try {
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${error instanceof SettingError ? error.message : describeFailure(error)}\n`)
    return 1
  }
}

export function createProgram(): Command {
  const program = new Command('interchange')
    .description('An integration hub: connects any API, on open standards.')
    .addOption(new Option('--url <url>', 'hub to talk to').env('INTERCHANGE_URL').default('http://127.0.0.1:8080'))
    .addOption(new Option('--key <key>', 'API key; better given in the environment').env('INTERCHANGE_API_KEY'))
    .option('--json', 'print JSON for programs instead of tables for people')
    .showHelpAfterError('(run it with --help to see how it is called)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
  addProcesses(program)
  addConnect(program)
  addRun(program)
  addIntegrations(program)
  addExecutions(program)
  addCatalog(program)
  addAdministration(program)
  addCompletion(program)
  for (const command of allCommands(program)) command.exitOverride()
  return program
}

/** A command and all below it. */
export function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}
