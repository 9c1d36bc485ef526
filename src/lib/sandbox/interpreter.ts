/**
 * Runs one script in QuickJS, within the child. Each script has a WebAssembly instance and a memory of its own, which cannot
 * grow beyond its maximum whatever QuickJS counts: typed arrays once grew past QuickJS' own limit.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import packaged from '@jitl/quickjs-ng-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime, type QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { Script, ScriptResult } from './messages.ts'
import { prelude } from './prelude.ts'

/** Its types describe the CommonJS build. */
const variant = packaged as unknown as QuickJSSyncVariant

const PAGE_BYTES = 64 * 1024
const FIRST_PAGES = 256
/** 96 MiB, of which QuickJS may give out two thirds: its own notes need room, too. */
const MOST_PAGES = 1536
const HEAP_BYTES = MOST_PAGES * PAGE_BYTES * 2 / 3
/** Larger ones crashed the interpreter before it noticed. */
const STACK_BYTES = 256 * 1024
const OUTPUT_BYTES = 1024 * 1024

let compiled: Promise<WebAssembly.Module> | undefined

/** Reads and compiles the interpreter, once a process. */
export async function prepare(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(readFileSync(fileURLToPath(import.meta.resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm'))))
  return compiled
}

class Output {
  readonly #chunks: string[] = []
  #sizeBytes = 0
  overflown = false

  /** False when there is no more room. */
  write(text: string): boolean {
    if (this.overflown) return false
    this.#sizeBytes += Buffer.byteLength(text)
    if (this.#sizeBytes > OUTPUT_BYTES) this.overflown = true
    else this.#chunks.push(text)
    return !this.overflown
  }

  get text(): string { return this.#chunks.join('') }
}

interface Run { script: Script, deadline: number, outputs: [Output, Output], exitCode: number | undefined }

export async function interpret(script: Script): Promise<ScriptResult> {
  const deadline = performance.now() + script.timeoutMs
  const run: Run = { script, deadline, outputs: [new Output(), new Output()], exitCode: undefined }
  const wasmMemory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES })
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule: await prepare(), wasmMemory }))
  const runtime = quickjs.newRuntime()
  runtime.setMemoryLimit(HEAP_BYTES)
  runtime.setMaxStackSize(STACK_BYTES)
  runtime.setInterruptHandler(() => performance.now() > deadline || run.exitCode !== undefined || run.outputs.some(({ overflown }) => overflown))
  // Never disposed of: the whole instance goes with the next collection, and a script that ended at its limit may have left it in any state.
  return evaluate(runtime, runtime.newContext(), run)
}

function evaluate(runtime: QuickJSRuntime, context: QuickJSContext, run: Run): ScriptResult {
  try {
    runtime.setModuleLoader((name) => modules[name] ?? { error: new Error(`Cannot find the module '${name}': scripts have readFileSync of node:fs for their standard input, and process, and nothing else`) })
    install(context, run)
    const outcome = context.evalCode(run.script.code, 'script.js', { type: 'module' })
    const failure = outcome.error ?? settle(runtime, context, outcome.value)
    if (failure === undefined) run.exitCode ??= ownExitCode(context)
    return resultOf(run, failure === undefined ? undefined : describe(context, failure))
  } catch (error) {
    // What QuickJS itself gave up with, such as a memory that cannot grow.
    return resultOf(run, error instanceof Error ? error.message : String(error))
  }
}

/** Only these may be imported, and they hold what `process` and the standard input are. */
const modules: Record<string, string> = {
  'node:fs': 'export const readFileSync = globalThis[Symbol.for("interchange.fs")].readFileSync; export default { readFileSync };',
  'node:process': 'export default globalThis.process; export const { argv, env, exit, stdin, stdout, stderr } = globalThis.process;',
}
modules['fs'] = modules['node:fs']!
modules['process'] = modules['node:process']!

/** The prelude is a function of two host functions that take and give text alone. */
function install(context: QuickJSContext, run: Run): void {
  const write = context.newFunction('write', (to, text) => {
    run.outputs[context.getNumber(to) === 2 ? 1 : 0].write(context.getString(text))
  })
  const exit = context.newFunction('exit', (code) => { run.exitCode = context.getNumber(code) })
  const set = context.unwrapResult(context.evalCode(prelude, 'prelude.js'))
  const given = context.newString(JSON.stringify({ argv: ['node', 'script.js', ...run.script.arguments], env: run.script.environment, stdin: run.script.stdin }))
  context.unwrapResult(context.callFunction(set, context.undefined, write, exit, given))
}

/** A module's value is a promise: jobs are run until it is settled, or nothing is left to do. */
function settle(runtime: QuickJSRuntime, context: QuickJSContext, value: QuickJSHandle): QuickJSHandle | undefined {
  for (;;) {
    const jobs = runtime.executePendingJobs()
    if (jobs.error !== undefined) return jobs.error
    if (!runtime.hasPendingJob()) break
  }
  const state = context.getPromiseState(value)
  if (state.type === 'rejected') return state.error
  if (state.type === 'pending') throw new Error('The script waits for something that never comes')
  return undefined
}

/** What the script has left in `process.exitCode`. */
function ownExitCode(context: QuickJSContext): number {
  const read = context.evalCode('Number(process.exitCode ?? 0) | 0')
  return read.error === undefined ? context.getNumber(read.value) : 0
}

function describe(context: QuickJSContext, handle: QuickJSHandle): string {
  try {
    const dumped = context.dump(handle) as unknown
    if (typeof dumped !== 'object' || dumped === null) return String(dumped)
    const { name, message, stack } = dumped as Record<string, unknown>
    return `${String(name ?? 'Error')}: ${String(message ?? JSON.stringify(dumped))}${typeof stack === 'string' && stack !== '' ? `\n${stack.trimEnd()}` : ''}`
  } catch {
    return 'The script failed with something that cannot be shown'
  }
}

function resultOf({ deadline, outputs, exitCode }: Run, failure: string | undefined): ScriptResult {
  const [stdout, stderr] = outputs
  const streams = { stdout: stdout.text, stderr: stderr.text }
  if (exitCode !== undefined) return { code: exitCode, ...streams }
  if (failure === undefined) return { code: 0, ...streams }
  const told = { code: 1, stdout: streams.stdout, stderr: `${streams.stderr}${failure}\n` }
  if (stdout.overflown || stderr.overflown) return { ...told, exceeded: 'output' }
  if (performance.now() > deadline) return { ...told, exceeded: 'time' }
  return isOutOfMemory(failure) ? { ...told, exceeded: 'memory' } : told
}

/** QuickJS' own words, or those of a WebAssembly instance that broke for want of memory. */
function isOutOfMemory(failure: string): boolean {
  return /^(InternalError: out of memory|memory access out of bounds|unreachable|table index is out of bounds|Aborted)/.test(failure)
}
