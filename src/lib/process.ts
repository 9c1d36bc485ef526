/** Runs a program by its argument vector, with an environment of its own, and ends all that it started. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { HubError } from '../errors.ts'

export interface ProgramOptions {
  command: string
  args: string[]
  /** All there is; nothing of the hub's own goes along. */
  environment: Record<string, string>
  cwd: string
  stdin?: string | undefined
  signal: AbortSignal
}

export interface ProgramResult { code: number, stdout: string, stderr: string }

/** Of each of its streams. */
const OUTPUT_BYTES = 1024 * 1024
/** Between the polite request to end and the end. */
const GRACE_MS = 2000

/**
 * Throws HubError: `invalid_input` for a command that is not there, `upstream_response_too_large` where it wrote too much, the signal's
 * reason where that ended it. Its whole process group is ended with it.
 */
export async function runProgram({ command, args, environment, cwd, stdin, signal }: ProgramOptions): Promise<ProgramResult> {
  signal.throwIfAborted()
  const child = spawn(command, args, { env: environment, cwd, detached: true, stdio: 'pipe' })
  const outputs = [collect(child.stdout, () => { endGroup(child) }), collect(child.stderr, () => { endGroup(child) })] as const
  const onAbort = (): void => { endGroup(child) }
  signal.addEventListener('abort', onAbort, { once: true })
  // It may end without reading what it is given.
  child.stdin.on('error', () => undefined).end(stdin ?? '')
  try {
    const code = await ended(child, command)
    signal.throwIfAborted()
    if (outputs.some(({ overflown }) => overflown)) throw new HubError('upstream_response_too_large', `The program wrote more than ${OUTPUT_BYTES} bytes.`)
    return { code, stdout: outputs[0].text(), stderr: outputs[1].text() }
  } finally {
    signal.removeEventListener('abort', onAbort)
    killGroup(child, 'SIGKILL')
  }
}

function ended(child: ChildProcessWithoutNullStreams, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => { reject(new HubError('invalid_input', `The command ${command} cannot be started: it is not there, or no program.`, { cause: error, beforeSending: true })) })
    child.once('exit', () => {
      // What it left running may hold its streams open for ever.
      killGroup(child, 'SIGKILL')
    })
    child.once('close', (code, signal) => { resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)) })
  })
}

interface Collected { overflown: boolean, text(): string }

function collect(stream: NodeJS.ReadableStream, stop: () => void): Collected {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  const collected: Collected = { overflown: false, text: () => Buffer.concat(chunks).toString('utf8') }
  stream.on('data', (chunk: Buffer) => {
    if (collected.overflown) return
    sizeBytes += chunk.length
    collected.overflown = sizeBytes > OUTPUT_BYTES
    if (collected.overflown) stop()
    else chunks.push(chunk)
  })
  return collected
}

/** Asks, and insists when it isn't heard. */
export function endGroup(child: { pid?: number | undefined, exitCode: number | null, once(event: 'exit', listener: () => void): unknown }): void {
  killGroup(child, 'SIGTERM')
  const timer = setTimeout(() => { killGroup(child, 'SIGKILL') }, GRACE_MS)
  child.once('exit', () => { clearTimeout(timer) })
}

function killGroup({ pid }: { pid?: number | undefined }, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone.
  }
}
