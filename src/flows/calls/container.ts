/** `run: container`, by a container command of the operator's choice (`docker`, `podman`), always as an argument vector. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { runProgram, type ProgramResult } from '../../lib/process.ts'
import { durationMs } from '../duration.ts'
import type { Effect, EffectContext } from '../effect.ts'
import { fault } from '../fault.ts'
import { duration, environment, readArguments } from './arguments.ts'
import type { Allowances } from './deps.ts'
import { outputOf, returned } from './process-result.ts'
import { failing, stdinOf, textOf } from './script.ts'
import { programPath, withTemporaryFolder } from './temporary.ts'

const port = z.union([z.string(), z.number()]).transform(String).pipe(z.string().regex(/^\d{1,5}(\/(tcp|udp))?$/, 'is not a port'))

const containerArguments = z.object({
  image: z.string().regex(/^[a-zA-Z0-9][\w.\-/:@]{0,500}$/, 'is not the name of an image'),
  name: z.string().optional(),
  command: z.string().optional(),
  ports: z.record(z.string().regex(/^\d{1,5}$/, 'is not a port'), port).default({}),
  volumes: z.record(z.string(), z.unknown()).default({}),
  environment: environment.default({}),
  stdin: z.unknown().optional(),
  arguments: z.array(z.unknown()).default([]),
  lifetime: z.object({ cleanup: z.enum(['always', 'never', 'eventually']).default('never'), after: duration.optional() }).optional(),
  pullPolicy: z.enum(['ifNotPresent', 'always', 'never']).default('ifNotPresent'),
  return: returned,
})
type ContainerArguments = z.output<typeof containerArguments>

const pull = { ifNotPresent: 'missing', always: 'always', never: 'never' } as const
/** To remove a container that is over, whatever became of its task. */
const CLEANUP_TIMEOUT_MS = 30_000

export interface ContainerRun { run: Effect, close(): void }

export function createContainerRun({ allow }: { allow: Pick<Allowances, 'containerCommand'> }): ContainerRun {
  const later = new Set<NodeJS.Timeout>()
  const removeLater = (command: string, name: string, afterMs: number): void => {
    const timer = setTimeout(() => {
      later.delete(timer)
      void remove(command, name)
    }, afterMs)
    later.add(timer.unref())
  }
  return {
    async run(given, context) {
      const { containerCommand: command } = allow
      if (command === undefined) throw fault('configuration', 'Containers are not allowed here: the operator sets INTERCHANGE_CONTAINER_COMMAND to docker or podman to allow them.')
      const args = readArguments(containerArguments, given, 'run: container')
      if (Object.keys(args.volumes).length > 0) throw fault('configuration', "Containers get no volumes: they would reach the files of the hub's host.")
      const name = nameOf(args, context)
      const { cleanup = 'never', after } = args.lifetime ?? {}
      if (cleanup === 'eventually' && after === undefined) throw fault('configuration', 'lifetime.cleanup `eventually` needs lifetime.after.')
      try {
        const result = await withTemporaryFolder((cwd) => runContainer(command, { name, cwd, args }, context))
        return outputOf(failing(result, args, 'container'), args.return)
      } finally {
        if (cleanup === 'always' || context.signal.aborted) await remove(command, name)
        else if (after !== undefined) removeLater(command, name, durationMs(after))
      }
    },
    close() {
      for (const timer of later) clearTimeout(timer)
    },
  }
}

/** `{workflow.name}-{uuid}.{workflow.namespace}` as the specification recommends, where the task gives none. */
function nameOf({ name }: ContainerArguments, { definition }: EffectContext): string {
  const { document } = definition
  const given = name ?? `${document.name}-${randomUUID()}.${document.namespace}`
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,250}$/.test(given)) throw fault('validation', 'The name of a container has letters, digits, dots, dashes and underscores only.')
  return given
}

interface Container { name: string, cwd: string, args: ContainerArguments }

/** Environment and words are arguments of their own; the image stands behind them, and then nothing is an option any more. */
function runContainer(command: string, { name, cwd, args }: Container, { signal }: EffectContext): Promise<ProgramResult> {
  const words = ['run', '--name', name, '--pull', pull[args.pullPolicy], '--interactive']
  for (const [variable, value] of Object.entries(args.environment)) words.push('--env', `${variable}=${value}`)
  for (const [host, inside] of Object.entries(args.ports)) words.push('--publish', `127.0.0.1:${host}:${inside}`)
  const given = args.arguments.map(textOf)
  if (args.command === undefined) words.push(args.image, ...given)
  else words.push('--entrypoint', '/bin/sh', args.image, '-c', args.command, 'sh', ...given)
  return runProgram({ command, args: words, environment: { ...programPath(), HOME: cwd }, cwd, stdin: stdinOf(args.stdin), signal })
}

async function remove(command: string, name: string): Promise<void> {
  await runProgram({ command, args: ['rm', '--force', name], environment: programPath(), cwd: '/', signal: AbortSignal.timeout(CLEANUP_TIMEOUT_MS) }).catch(() => undefined)
}
