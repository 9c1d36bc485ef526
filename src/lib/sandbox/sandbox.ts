/**
 * Runs scripts of strangers: in QuickJS, in a child process that has no environment, no files but its own program's, no
 * children and no way to load native code, with a cap on its memory, and ended when a script takes too long. The boundary is
 * twofold: a script would have to leave QuickJS, and then finds itself in a process that may do nothing.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HubError } from '../../errors.ts'
import type { ChildMessage, Script, ScriptResult } from './messages.ts'

export type { Script, ScriptResult } from './messages.ts'

export interface SandboxOptions {
  /** Children at once; further scripts wait. Two unless given. */
  size?: number
  /** An idle child is ended after so long; 30 s unless given. */
  idleMs?: number
}

export interface Sandbox {
  /**
   * A child serves one owner's scripts only, one at a time. A script that exceeds a limit is a result like any other.
   * Throws HubError `shutting_down`, or the signal's reason.
   */
  run(owner: string, script: Script, signal?: AbortSignal): Promise<ScriptResult>
  /** Running children; for tests and figures. */
  children(): number
  close(): Promise<void>
}

/** Beyond the script's own time: the interpreter notices its end by itself, unless it is stuck within itself. */
const GRACE_MS = 1000
/** For the child's own program; scripts have theirs within the interpreter. */
const HEAP_MEGABYTES = 64

interface Waiting { owner: string, script: Script, settle: (result: ScriptResult | Error) => void, settled: boolean }

interface Child { process: ChildProcess, owner: string, idle: NodeJS.Timeout | undefined, busy: boolean, ready: Promise<void> }

export function createSandbox({ size = 2, idleMs = 30_000 }: SandboxOptions = {}): Sandbox {
  return new ChildPool(size, idleMs)
}

class ChildPool implements Sandbox {
  readonly #size: number
  readonly #idleMs: number
  readonly #queue: Waiting[] = []
  readonly #children = new Set<Child>()
  #closed = false

  constructor(size: number, idleMs: number) {
    this.#size = size
    this.#idleMs = idleMs
  }

  run(owner: string, script: Script, signal?: AbortSignal): Promise<ScriptResult> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw stopping()
      signal?.throwIfAborted()
      const onAbort = (): void => {
        const at = this.#queue.indexOf(waiting)
        if (at >= 0) this.#queue.splice(at, 1)
        waiting.settle(signal!.reason as Error)
      }
      const waiting: Waiting = {
        owner, script, settled: false,
        settle(result) {
          signal?.removeEventListener('abort', onAbort)
          waiting.settled = true
          if (result instanceof Error) reject(result)
          else resolve(result)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiting)
      this.#next()
    })
  }

  children(): number { return this.#children.size }

  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#queue.splice(0)) waiting.settle(stopping())
    await Promise.all([...this.#children].map((child) => new Promise<void>((resolve) => {
      keepAlive(child, true)
      child.process.once('exit', () => { resolve() })
      this.#end(child)
    })))
  }

  #next(): void {
    const [waiting] = this.#queue
    const child = waiting === undefined ? undefined : this.#childFor(waiting.owner)
    if (waiting === undefined || child === undefined) return
    this.#queue.shift()
    child.busy = true
    clearTimeout(child.idle)
    keepAlive(child, true)
    void serve(child, waiting, () => { this.#end(child) }).then((result) => {
      child.busy = false
      if (this.#children.has(child)) {
        keepAlive(child, false)
        child.idle = setTimeout(() => { this.#end(child) }, this.#idleMs).unref()
      }
      waiting.settle(result)
      this.#next()
    })
  }

  /** Undefined while all are busy. */
  #childFor(owner: string): Child | undefined {
    const idle = [...this.#children].filter(({ busy }) => !busy)
    const own = idle.find((child) => child.owner === owner)
    if (own !== undefined) return own
    if (this.#children.size >= this.#size) {
      if (idle[0] === undefined) return undefined
      this.#end(idle[0])
    }
    const child = start(owner)
    this.#children.add(child)
    child.process.once('exit', () => { this.#end(child) })
    return child
  }

  #end(child: Child): void {
    clearTimeout(child.idle)
    this.#children.delete(child)
    child.process.kill('SIGKILL')
  }
}

function stopping(): HubError {
  return new HubError('shutting_down', 'The hub is stopping.', { beforeSending: true })
}

/** Never rejects. Ends the child when it is over its time, given up, or broken. */
function serve(child: Child, waiting: Waiting, end: () => void): Promise<ScriptResult | Error> {
  return new Promise((resolve) => {
    const done = (result: ScriptResult | Error): void => {
      clearTimeout(timer)
      clearInterval(watch)
      child.process.off('message', onMessage).off('exit', onExit)
      resolve(result)
    }
    const onMessage = (message: ChildMessage): void => {
      if ('result' in message) done(message.result)
      else if ('fault' in message) stop(new HubError('internal', 'The script could not be run.', { cause: new Error(message.fault) }))
    }
    const onExit = (): void => { done(exceeded('memory', 'The interpreter ran out of memory')) }
    const stop = (result: ScriptResult | Error): void => {
      end()
      done(result)
    }
    let timer: NodeJS.Timeout | undefined
    // Its signal was given up: nobody waits any longer.
    const watch = setInterval(() => { if (waiting.settled) stop(exceeded('time', 'It was given up')) }, 50)
    child.process.on('message', onMessage).once('exit', onExit)
    child.ready.then(() => {
      timer = setTimeout(() => { stop(exceeded('time', 'It took too long')) }, waiting.script.timeoutMs + GRACE_MS)
      child.process.send(waiting.script)
    }, () => { stop(new HubError('internal', 'The interpreter does not start.')) })
  })
}

/** An idle child doesn't keep the hub from ending. */
function keepAlive({ process }: Child, busy: boolean): void {
  if (busy) process.ref()
  else process.unref()
  if (busy) process.channel?.ref()
  else process.channel?.unref()
}

function exceeded(limit: NonNullable<ScriptResult['exceeded']>, said: string): ScriptResult {
  return { code: 1, stdout: '', stderr: `${said}\n`, exceeded: limit }
}

function start(owner: string): Child {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const process = fork(new URL('./child.ts', import.meta.url), [], {
    execArgv: ['--permission', ...readable(folder).map((path) => `--allow-fs-read=${path}`), `--max-old-space-size=${HEAP_MEGABYTES}`, '--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning'],
    env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], cwd: '/',
  })
  const ready = new Promise<void>((resolve, reject) => {
    process.once('message', () => { resolve() }).once('exit', reject).once('error', reject)
  })
  ready.catch(() => undefined)
  return { process, owner, idle: undefined, busy: false, ready }
}

/** The program itself, and the packages that it is made of. */
function readable(folder: string): string[] {
  const packages = ['quickjs-emscripten-core', '@jitl/quickjs-ng-wasmfile-release-sync', '@jitl/quickjs-ffi-types']
  const modules = fileURLToPath(import.meta.resolve('quickjs-emscripten-core')).replace(/quickjs-emscripten-core\/.*$/, '')
  return [`${folder}*`, fileURLToPath(new URL('../../../package.json', import.meta.url)), ...packages.map((name) => `${modules}${name}/*`)]
}
