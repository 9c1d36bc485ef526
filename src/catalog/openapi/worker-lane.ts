import { Worker } from 'node:worker_threads'
import { HubError } from '../../errors.ts'
import type { WorkerReply, WorkerTask } from './worker-messages.ts'

export interface LaneOptions {
  /** A task that takes longer is ended with its worker. */
  deadlineMs: number
  /** A worker without tasks is ended, with the documents that it keeps. */
  idleMs: number
  heapMegabytes: number
}

interface Waiting { task: WorkerTask, transfer: ArrayBuffer[], settle: (reply: WorkerReply | HubError) => void }

/**
 * Runs tasks one after another in a worker thread that starts with the first and ends when idle. When a task exceeds its
 * deadline or the heap, it alone fails: the worker is replaced for those behind it. An idle worker doesn't keep the process alive.
 */
export class WorkerLane {
  readonly #options: LaneOptions
  readonly #queue: Waiting[] = []
  #worker: Worker | undefined
  #current: Waiting | undefined
  #deadline: NodeJS.Timeout | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(options: LaneOptions) {
    this.#options = options
  }

  get running(): boolean { return this.#worker !== undefined }

  async run(task: WorkerTask, transfer: ArrayBuffer[] = []): Promise<unknown> {
    const reply = await new Promise<WorkerReply | HubError>(settle => {
      this.#queue.push({ task, transfer, settle })
      this.#next()
    })
    if (reply instanceof HubError) throw reply
    if ('needsDocument' in reply) return undefined
    if ('failure' in reply) throw new HubError(reply.failure.code, reply.failure.message, reply.failure)
    if ('fault' in reply) throw new HubError('internal', 'The OpenAPI worker failed.', { cause: new Error(reply.fault) })
    return reply.result
  }

  async close(): Promise<void> {
    const ended = this.#end()
    const error = new HubError('shutting_down', 'The hub is stopping.')
    this.#settle(error)
    for (const waiting of this.#queue.splice(0)) waiting.settle(error)
    await ended
  }

  #next(): void {
    if (this.#current !== undefined) return
    const waiting = this.#queue.shift()
    if (waiting === undefined) {
      this.#worker?.unref()
      this.#idle = setTimeout(() => { void this.#end() }, this.#options.idleMs)
      this.#idle.unref()
      return
    }
    clearTimeout(this.#idle)
    this.#current = waiting
    const worker = this.#worker ??= this.#start()
    worker.ref()
    this.#deadline = setTimeout(() => {
      void this.#end()
      this.#settle(tooMuch(`It took more than ${this.#options.deadlineMs / 1000} s.`))
    }, this.#options.deadlineMs)
    worker.postMessage(waiting.task, waiting.transfer)
  }

  #settle(reply: WorkerReply | HubError): void {
    clearTimeout(this.#deadline)
    const waiting = this.#current
    if (waiting === undefined) return
    this.#current = undefined
    waiting.settle(reply)
    this.#next()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      // Nothing in here needs them, and documents come from strangers. Flags of the process may not suit a worker.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMegabytes },
    })
    const isOurs = () => this.#worker === worker
    worker.on('message', (reply: WorkerReply) => { if (isOurs()) this.#settle(reply) })
    worker.on('error', error => {
      if (!isOurs()) return
      this.#worker = undefined
      const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      this.#settle(outOfMemory ? tooMuch('It needs more memory than it may take.') : new HubError('internal', 'The OpenAPI worker failed.', { cause: error }))
    })
    return worker
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    clearTimeout(this.#idle)
    await worker?.terminate()
  }
}

function tooMuch(detail: string): HubError {
  return new HubError('invalid_document', `The document is too much to process. ${detail}`, { errors: [{ pointer: '', detail }] })
}
