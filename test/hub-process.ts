/** A hub as people run it: a process of its own, which may be killed, and whose log can be read. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { callTo, testKey, type TestHub } from './hub.ts'

const main = path.join(import.meta.dirname, '../src/main.ts')

export interface HubProcess {
  url: string
  pid: number
  call: TestHub['call']
  /** Everything that it wrote to standard output and error so far. */
  output(): string
  /** SIGTERM; resolves with the exit code once it is gone. */
  stop(): Promise<number | null>
  /** SIGKILL, which it cannot see coming. */
  kill(): Promise<void>
}

/** Resolves when it is ready; rejects with its output where it ends before. `env`: on top of the tests' own settings. */
export async function startHubProcess(env: Record<string, string>): Promise<HubProcess> {
  const child = spawn(process.execPath, [main, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'], HOME: process.env['HOME'], INTERCHANGE_PORT: '0', INTERCHANGE_API_KEY: testKey,
      INTERCHANGE_ALLOW_NETWORKS: '127.0.0.0/8', INTERCHANGE_LOG_LEVEL: 'warn', ...env,
    },
  })
  let output = ''
  const ready = new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const [, url] = /Interchange is ready: (\S+)/.exec(output) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
  })
  const ended = once(child, 'exit')
  const url = await Promise.race([ready, ended.then(() => { throw new Error(`The hub ended before it was ready:\n${output}`) })])
  return {
    url, pid: child.pid!, call: callTo(url), output: () => output,
    stop: async () => end(child, ended, 'SIGTERM'),
    kill: async () => { await end(child, ended, 'SIGKILL') },
  }
}

async function end(child: ChildProcess, ended: Promise<unknown[]>, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  await ended
  return child.exitCode
}
