#!/usr/bin/env node
/** The `interchange` command. */
import { runCli } from './cli/cli.ts'
import { interrupted } from './lib/interrupted.ts'

const { stdin, stdout, stderr, env } = process
// `interchange executions | head`: whoever read has had enough.
stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0) })
process.exitCode = await runCli(process.argv.slice(2), { stdin, stdout, stderr, env, interrupted, processes: () => import('./build/processes.ts') })
