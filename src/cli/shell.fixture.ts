/** Runs the command within a test, with standard input, environment and terminal of its own. */
import { PassThrough, Readable } from 'node:stream'
import { runCli } from './cli.ts'
import type { Surroundings } from './surroundings.ts'

export interface Ran { code: number, stdout: string, stderr: string }

export interface ShellOptions {
  env?: Record<string, string>
  /** Piped into the command. */
  stdin?: string
  /** Typed at a terminal instead, a line at each question. */
  typed?: string[]
  /** Whether standard error is a terminal. */
  terminal?: boolean
  /** Aborted: Ctrl-C. */
  interrupted?: AbortSignal
  /** Told of everything that is written, as it is. */
  seen?(text: string): void
}

export async function runCommand(words: string[], { env = {}, stdin = '', typed, terminal = false, interrupted = new AbortController().signal, seen }: ShellOptions = {}): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const waiting = [...typed ?? []]
  const keyboard = new PassThrough()
  const input = typed === undefined ? Readable.from([Buffer.from(stdin)]) : Object.assign(keyboard, { isTTY: true, setRawMode: () => undefined })
  const errors = new PassThrough()
  errors.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    seen?.(text)
    if (typed !== undefined && text.endsWith(': ') && waiting.length > 0) keyboard.write(`${waiting.shift()}\r`)
  })
  const surroundings: Surroundings = {
    stdin: input, env, stdout: { write: (text) => { stdout += text; seen?.(text) } }, stderr: Object.assign(errors, { isTTY: terminal, columns: 80 }),
    interrupted: () => interrupted,
    processes: () => { throw new Error('No process is run here.') },
  }
  const code = await runCli(words, surroundings)
  errors.end()
  return { code, stdout, stderr }
}
