#!/usr/bin/env node
/** The `interchange` command. */
import { runCli } from './cli/cli.ts'

const { stdin, stdout, stderr, env } = process
// `interchange executions | head`: whoever read has had enough.
stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0) })
const interrupted = (): AbortSignal => {
  const controller = new AbortController()
  // Once: whoever asks twice is not kept waiting.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { controller.abort() })
  return controller.signal
}
process.exitCode = await runCli(process.argv.slice(2), { stdin, stdout, stderr, env, interrupted, processes: () => import('./build/processes.ts') })
