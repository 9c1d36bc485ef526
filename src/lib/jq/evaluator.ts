import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { LRUCache } from 'lru-cache'
import { HubError } from '../../errors.ts'
import type { EvaluateOptions, Jq, JqOptions, JqStats } from './jq.ts'
import { compileMessage, failureMessage, kindMessages } from './messages.ts'
import { evaluateCondition } from './condition.ts'
import { evaluatePath } from './path.ts'
import { readProgram } from './program.ts'
import type { Program } from './program.ts'
import type { Reply, Result, ThreadData } from './protocol.ts'
import { FairQueue } from './queue.ts'
import { Thread } from './thread.ts'
import type { Loss } from './thread.ts'

/** A batch is what one thread takes at a time: small enough that others get their turn soon. */
const maxBatch = 64
const maxBatchChars = 4 * 1024 * 1024
const maxWaitingPerKey = 5_000
/** What jq may take to read a document, on top of the deadline: 1 MB took it 90 to 250 ms. */
const readCharsPerMs = 2_048
/** How long a key stays suspect after an evaluation of it was cut off. */
const suspectMs = 30_000

interface Job {
  key: string
  group: string
  /** jq may see another job before or after this one only if this is the same. */
  instanceKey: string
  program: Program
  /** What jq compiles: the program, behind a line that binds the variables if it uses any. */
  source: string
  names: string[]
  check: boolean
  input: unknown
  variables: Record<string, unknown>
  timeoutMs: number
  limitMs: number
  resolve(outputs: unknown[]): void
  reject(error: HubError): void
}

type Fit = Omit<ThreadData, 'board' | 'module'>

/** `createJq` makes it; `threadUrl` is for tests that need a thread to misbehave. */
export class Evaluator implements Jq {
  private readonly queue = new FairQueue<Job>()
  private readonly threads = new Set<Thread<Job>>()
  /** The longest idle first, each with the program that it has ready and the timer that will end it. */
  private readonly idle = new Map<Thread<Job>, { ready: string, timer: NodeJS.Timeout }>()
  /** What each busy thread is at. */
  private readonly served = new Map<Thread<Job>, string>()
  /** Keys whose evaluations were cut off of late. Together they never get the last thread, so that others always find one. */
  private readonly suspects = new LRUCache<string, true>({ max: 1_000, ttl: suspectMs })
  private module: WebAssembly.Module | undefined
  private loading = false
  private pumping = false
  private closed = false
  private loners = 0
  private readonly counts = { evaluations: 0, paths: 0, runs: 0, timeouts: 0, replaced: 0 }
  private readonly fit: Fit
  private readonly maxThreads: number
  private readonly timeoutMs: number
  private readonly maxInputBytes: number
  private readonly idleMs: number
  private readonly threadUrl: URL

  constructor(options: JqOptions, threadUrl = new URL('./worker.ts', import.meta.url)) {
    this.maxThreads = options.threads ?? Math.min(4, Math.max(2, availableParallelism()))
    this.timeoutMs = options.timeoutMs ?? 250
    this.maxInputBytes = options.maxInputBytes ?? 8 * 1024 * 1024
    this.idleMs = options.idleMs ?? 30_000
    this.fit = {
      maxMemoryBytes: options.maxMemoryBytes ?? 128 * 1024 * 1024,
      maxOutputBytes: options.maxOutputBytes ?? 8 * 1024 * 1024,
    }
    this.threadUrl = threadUrl
  }

  async evaluate(source: string, input: unknown, options: EvaluateOptions = {}): Promise<unknown[]> {
    const program = readProgram(source)
    const variables = options.variables ?? {}
    const outputs = evaluateNatively(program, input, variables)
    if (outputs) {
      this.counts.paths += 1
      return outputs
    }
    return this.enqueue({ program, input, variables, check: false, key: options.batchKey, timeoutMs: options.timeoutMs })
  }

  decide(source: string, input: unknown): boolean | undefined {
    const { condition } = readProgram(source)
    return condition && evaluateCondition(condition, input)
  }

  async first(source: string, input: unknown, options: EvaluateOptions = {}): Promise<unknown> {
    return (await this.evaluate(source, input, options))[0]
  }

  async check(source: string, options: { variables?: string[], batchKey?: string } = {}): Promise<void> {
    const program = readProgram(source)
    const variables = Object.fromEntries((options.variables ?? []).map((name) => [name, null]))
    if (evaluateNatively(program, null, variables)) return
    await this.enqueue({ program, input: null, variables, check: true, key: options.batchKey, timeoutMs: undefined })
  }

  stats(): JqStats {
    return { ...this.counts, threads: this.threads.size, waiting: this.queue.size }
  }

  async close(): Promise<void> {
    this.closed = true
    const ends = [...this.threads].map((thread) => thread.end())
    for (const { timer } of this.idle.values()) clearTimeout(timer)
    this.threads.clear()
    this.served.clear()
    this.idle.clear()
    for (const job of [...ends.flatMap((end) => end.unanswered), ...this.queue.takeAll()]) job.reject(stopping())
    await Promise.all(ends.map((end) => end.ended))
  }

  private enqueue(wish: Wish): Promise<unknown[]> {
    if (this.closed) return Promise.reject(stopping())
    const key = wish.key ?? ''
    if (this.queue.waiting(key) >= maxWaitingPerKey) {
      return Promise.reject(new HubError('rate_limited', 'Too many expressions are waiting to be evaluated', { retryAfterSeconds: 1 }))
    }
    const names = [...wish.program.variables].filter((name) => Object.hasOwn(wish.variables, name) && /^(?!__loc__$)\w+$/.test(name)).sort()
    const source = names.length > 0 ? `.[1] as {${names.map((name) => `$${name}`).join(', ')}} | .[0] |\n${wish.program.source}` : wish.program.source
    const alone = wish.key === undefined ? `#${++this.loners} ` : ''
    return new Promise((resolve, reject) => {
      this.queue.add({
        key, names, source, resolve, reject, group: `${alone}${wish.check ? 'check' : 'run'} ${source}`, instanceKey: alone || `=${key}`,
        program: wish.program, check: wish.check, input: wish.input, variables: wish.variables, timeoutMs: wish.timeoutMs ?? this.timeoutMs, limitMs: 0,
      })
      this.pumpSoon()
    })
  }

  /** All calls made in one turn of the event loop are there before the first batch is cut. */
  private pumpSoon(): void {
    if (this.pumping) return
    this.pumping = true
    queueMicrotask(() => {
      this.pumping = false
      this.pump()
    })
  }

  private pump(): void {
    while (this.queue.size > 0 && !this.closed) {
      if (this.idle.size === 0 && this.threads.size >= this.maxThreads) return
      if (!this.module && this.idle.size === 0) return this.load()
      const taken = this.queue.take(maxBatch, (key) => this.mayGo(key))
      if (taken.length === 0) return
      const batch = this.cutBatch(taken)
      if (batch) this.send(batch.jobs, batch.documents)
    }
  }

  private mayGo(key: string): boolean {
    if (this.maxThreads === 1 || !this.suspects.has(key)) return true
    return [...this.served.values()].filter((other) => this.suspects.has(other)).length < this.maxThreads - 1
  }

  /** Undefined when none of the jobs taken had an input that jq can be given; those are rejected. */
  private cutBatch(taken: Job[]): { jobs: Job[], documents: string[] } | undefined {
    if (taken[0]!.check) {
      // One compilation answers one check: they are rare, and rarely equal.
      this.queue.putBack(taken.slice(1))
      return { jobs: taken.slice(0, 1), documents: [] }
    }
    const jobs: Job[] = []
    const documents: string[] = []
    let chars = 0
    for (const [i, job] of taken.entries()) {
      if (chars > maxBatchChars) {
        this.queue.putBack(taken.slice(i))
        break
      }
      try {
        const document = this.write(job)
        chars += document.length
        job.limitMs = job.timeoutMs + Math.floor(document.length / readCharsPerMs)
        jobs.push(job)
        documents.push(document)
      } catch (error) {
        job.reject(error as HubError)
      }
    }
    return jobs.length > 0 ? { jobs, documents } : undefined
  }

  private write(job: Job): string {
    const text = writeJson(job.names.length === 0 ? job.input ?? null
      : [job.input ?? null, Object.fromEntries(job.names.map((name) => [name, job.variables[name] ?? null]))])
    if (text.length > this.maxInputBytes || Buffer.byteLength(text) > this.maxInputBytes) {
      throw new HubError('expression_failed', `The expression's input is larger than ${this.maxInputBytes} bytes`)
    }
    return text
  }

  private send(jobs: Job[], documents: string[]): void {
    const { instanceKey: key, source: program, check } = jobs[0]!
    const ready = `${key} ${program}`
    const warm = [...this.idle].find(([, state]) => state.ready === ready)?.[0]
    const thread = warm ?? this.idle.keys().next().value ?? this.start()
    clearTimeout(this.idle.get(thread)?.timer)
    this.idle.delete(thread)
    this.served.set(thread, jobs[0]!.key)
    thread.send(jobs, { key, program, check, documents })
  }

  private load(): void {
    if (this.loading) return
    this.loading = true
    loadModule().then((module) => {
      this.module = module
    }, (error: unknown) => {
      for (const job of this.queue.takeAll()) job.reject(broken(error))
    }).finally(() => {
      this.loading = false
      this.pump()
    })
  }

  private start(): Thread<Job> {
    const thread: Thread<Job> = new Thread<Job>(this.threadUrl, { ...this.fit, module: this.module! }, {
      onReply: (reply: Reply) => { this.counts.runs += reply.runs },
      onResult: (job, result) => this.settle(job, result),
      onIdle: (job) => this.rest(thread, `${job.instanceKey} ${job.source}`),
      onLoss: (loss) => this.replace(thread, loss),
    })
    this.threads.add(thread)
    return thread
  }

  private rest(thread: Thread<Job>, ready: string): void {
    this.served.delete(thread)
    const timer = setTimeout(() => {
      this.idle.delete(thread)
      this.drop(thread)
      thread.end()
    }, this.idleMs)
    timer.unref()
    this.idle.set(thread, { ready, timer })
    this.pump()
  }

  private drop(thread: Thread<Job>): void {
    clearTimeout(this.idle.get(thread)?.timer)
    this.idle.delete(thread)
    this.served.delete(thread)
    this.threads.delete(thread)
    // The compiled jq is some MB; while a thread lives, the next one starts warm with it.
    if (this.threads.size === 0 && this.queue.size === 0) this.module = undefined
  }

  private replace(thread: Thread<Job>, loss: Loss<Job>): void {
    this.counts.replaced += 1
    const guilty = loss.guilty ? [loss.guilty] : []
    switch (loss.reason) {
      case 'timeout':
        this.counts.timeouts += 1
        for (const job of guilty) this.cutOff(job, tooSlow(`The expression took longer than ${job.limitMs} ms`))
        this.queue.putBack(loss.others)
        break
      case 'compile_timeout':
        this.counts.timeouts += 1
        for (const job of [...guilty, ...loss.others]) this.cutOff(job, tooSlow('The expression took too long to compile'))
        break
      case 'spent':
        this.queue.putBack(loss.others)
        break
      case 'crash':
        // With nobody to blame it would happen again: the thread did not even start.
        for (const job of loss.guilty ? guilty : loss.others) this.cutOff(job, broken(loss.cause))
        if (loss.guilty) this.queue.putBack(loss.others)
        break
    }
    this.drop(thread)
    this.pump()
  }

  private settle(job: Job, [, kind, text]: Result): void {
    if (!job.check) this.counts.evaluations += 1
    if (kind === 'ok') job.resolve(readOutputs(text))
    else if (kind === 'failed') job.reject(failed(failureMessage(text, job.program.words)))
    else if (kind === 'invalid') job.reject(new HubError('invalid_expression', compileMessage(text, job.names.length > 0 ? 1 : 0)))
    else this.cutOff(job, failed(kindMessages[kind]))
  }

  private cutOff(job: Job, error: HubError): void {
    this.suspects.set(job.key, true)
    job.reject(error)
  }
}

interface Wish {
  program: Program
  input: unknown
  variables: Record<string, unknown>
  check: boolean
  key: string | undefined
  timeoutMs: number | undefined
}

function evaluateNatively({ path, condition }: Program, input: unknown, variables: Record<string, unknown>): unknown[] | undefined {
  if (condition) {
    const verdict = evaluateCondition(condition, input)
    return verdict === undefined ? undefined : [verdict]
  }
  if (!path) return undefined
  if (path.variable === undefined) return evaluatePath(path, input)
  return Object.hasOwn(variables, path.variable) ? evaluatePath(path, variables[path.variable]) : undefined
}

function writeJson(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new HubError('expression_failed', 'The expression\'s input cannot be written as JSON', { cause })
  }
  if (text === undefined) throw failed('The expression\'s input is not a JSON value')
  return text
}

/** jq writes one output a line; a line's end within a string is escaped. */
function readOutputs(text: string): unknown[] {
  const array = `[${text.trimEnd().replaceAll('\n', ',')}]`
  // jq keeps the text of literals that no double can hold, and JavaScript would read them as Infinity.
  if (!/[eE]\+?\d{3}/.test(text)) return JSON.parse(array) as unknown[]
  return JSON.parse(array, (_, value: unknown) => typeof value === 'number' ? Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)) : value) as unknown[]
}

async function loadModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve('jq-wasm/jq.wasm')))
}

function stopping(): HubError { return new HubError('shutting_down', 'The hub is stopping') }
function tooSlow(message: string): HubError { return new HubError('expression_timeout', message) }
function failed(message: string): HubError { return new HubError('expression_failed', message) }
function broken(cause: unknown): HubError { return new HubError('internal', 'jq could not be run', { cause }) }
