/** `run: shell`: with the rights of the hub's own process, and so only where the operator allows it. */
import { z } from 'zod'
import { runProgram } from '../../lib/process.ts'
import type { Effect } from '../effect.ts'
import { fault } from '../fault.ts'
import { environment, readArguments } from './arguments.ts'
import type { Allowances } from './deps.ts'
import { outputOf, returned } from './process-result.ts'
import { failing, stdinOf, textOf } from './script.ts'
import { programPath, withTemporaryFolder } from './temporary.ts'

const shellArguments = z.object({
  command: z.string().min(1),
  stdin: z.unknown().optional(),
  arguments: z.array(z.unknown()).default([]),
  environment: environment.default({}),
  return: returned,
})

export function createShellRun({ allow }: { allow: Pick<Allowances, 'shell'> }): Effect {
  return async (given, context) => {
    if (!allow.shell) throw fault('configuration', 'Shell commands are not allowed here: the operator sets INTERCHANGE_ALLOW_SHELL to true to allow them.')
    const args = readArguments(shellArguments, given, 'run: shell')
    const result = await withTemporaryFolder((cwd) => runProgram({
      // The arguments are words of their own, $1 and on: they are no part of the command's text.
      command: '/bin/sh', args: ['-c', args.command, 'sh', ...args.arguments.map(textOf)],
      environment: { ...programPath(), ...args.environment }, cwd, stdin: stdinOf(args.stdin), signal: context.signal,
    }))
    return outputOf(failing(result, args, 'command'), args.return)
  }
}
