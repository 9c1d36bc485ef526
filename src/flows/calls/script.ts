/** `run: script`. JavaScript runs in a sandbox; Python only where the operator gives a command for it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { runProgram, type ProgramResult } from '../../lib/process.ts'
import type { Sandbox } from '../../lib/sandbox/sandbox.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { environment, externalResource, readArguments } from './arguments.ts'
import type { Allowances } from './deps.ts'
import { outputOf, returned } from './process-result.ts'
import type { Resources } from './resources.ts'
import { programPath, withTemporaryFolder } from './temporary.ts'

const scriptArguments = z.object({
  language: z.string(),
  code: z.string().optional(),
  source: externalResource.optional(),
  stdin: z.unknown().optional(),
  arguments: z.array(z.unknown()).default([]),
  environment: environment.default({}),
  return: returned,
})
type ScriptArguments = z.output<typeof scriptArguments>

const MAX_BYTES = 1024 * 1024
const MAX_STDIN_BYTES = 16 * 1024 * 1024
/** Of the interpreter's time; a task's timeout may be shorter. */
const TIMEOUT_MS = 30_000

export interface ScriptDeps { resources: Resources, sandbox: Sandbox, allow: Pick<Allowances, 'pythonCommand'> }

export function createScriptRun(deps: ScriptDeps): Effect {
  return async (given, context) => {
    const args = readArguments(scriptArguments, given, 'run: script')
    const language = args.language.toLowerCase()
    if (language === 'js' || language === 'javascript') return outputOf(await runJavaScript(deps, args, context), args.return)
    if (language !== 'python') throw fault('configuration', `Scripts are written in javascript or python, not in ${args.language.slice(0, 50)}.`)
    const { pythonCommand } = deps.allow
    if (pythonCommand === undefined) throw fault('configuration', 'Scripts in Python are not allowed here: the operator sets INTERCHANGE_PYTHON to allow them.')
    return outputOf(await runPython(deps, pythonCommand, args, context), args.return)
  }
}

async function runJavaScript(deps: ScriptDeps, args: ScriptArguments, context: EffectContext): Promise<ProgramResult> {
  const code = await codeOf(deps, args, context)
  const { exceeded, ...result } = await deps.sandbox.run(context.tenantId, { code, arguments: args.arguments.map(textOf), environment: args.environment, stdin: stdinOf(args.stdin), timeoutMs: TIMEOUT_MS }, context.signal)
  if (exceeded === 'time') throw fault('timeout', `The script took more than ${TIMEOUT_MS / 1000} s.`)
  if (exceeded === 'memory') throw fault('runtime', 'The script needs more memory than it may take.')
  if (exceeded === 'output') throw fault('runtime', 'The script wrote more than 1 MiB.')
  return failing(result, args, 'script')
}

/** Under a name of ours, in a folder of its own: no text of the flow becomes a path or a shell's word. */
async function runPython(deps: ScriptDeps, command: string, args: ScriptArguments, context: EffectContext): Promise<ProgramResult> {
  const code = await codeOf(deps, args, context)
  return withTemporaryFolder(async (cwd) => {
    const file = join(cwd, 'script.py')
    await writeFile(file, code)
    const result = await runProgram({ command, args: [file, ...args.arguments.map(textOf)], environment: { ...programPath(), ...args.environment }, cwd, stdin: stdinOf(args.stdin), signal: context.signal })
    return failing(result, args, 'script')
  })
}

async function codeOf({ resources }: ScriptDeps, { code, source }: ScriptArguments, context: EffectContext): Promise<string> {
  if (code !== undefined) return code
  if (source === undefined) throw fault('configuration', 'A script has code or source.')
  return (await resources.load(source, context, { maxBytes: MAX_BYTES })).bytes.toString('utf8')
}

/**
 * Whoever asked for the output alone gets a fault where there is none to trust: with `code`, `stderr`, `all` or `none` a flow looks
 * at the failure itself. The status is the process' own, as the DSL leaves open.
 */
export function failing(result: ProgramResult, { return: wanted }: { return: z.output<typeof returned> }, what: string): ProgramResult {
  if (result.code === 0 || wanted !== 'stdout') return result
  const [said = ''] = result.stderr.trim().split('\n')
  throw fault('runtime', `The ${what} ended with the code ${result.code}${said === '' ? '' : `: ${said.slice(0, 500)}`}`)
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

export function stdinOf(value: unknown): string {
  const text = value === undefined || value === null ? '' : textOf(value)
  if (Buffer.byteLength(text) > MAX_STDIN_BYTES) throw fault('validation', `The standard input is larger than ${MAX_STDIN_BYTES} bytes.`)
  return text
}
