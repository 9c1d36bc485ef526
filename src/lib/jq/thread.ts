/** The hub's side of one jq thread: sends a batch, watches its deadline, hands out the results. */
import { Worker } from 'node:worker_threads'
import { Board } from './protocol.ts'
import type { Batch, Reply, Result, ThreadData } from './protocol.ts'

export interface Task {
  /** How long its document may take. */
  limitMs: number
}

/** How a thread ended with tasks unanswered. `guilty` is the one it was at; null when it was at none. */
export interface Loss<T> {
  reason: 'timeout' | 'compile_timeout' | 'crash' | 'spent'
  guilty: T | null
  others: T[]
  cause?: unknown
}

export interface ThreadEvents<T> {
  onResult(task: T, result: Result): void
  onReply(reply: Reply): void
  /** All tasks are answered, `last` at last: the thread may be given the next batch, or let be. */
  onIdle(last: T): void
  /** The thread is gone. */
  onLoss(loss: Loss<T>): void
}

/** Compiling is a fixed cost of a few ms that a document's deadline should not pay; a program can still make it long. */
const minCompileMs = 1_000

export class Thread<T extends Task> {
  private readonly worker: Worker
  private readonly board = new Board()
  private readonly tasks = new Map<number, T>()
  private readonly events: ThreadEvents<T>
  private timer: NodeJS.Timeout | undefined
  private nextNumber = 0
  private ended: Promise<unknown> | undefined

  constructor(url: URL, data: Omit<ThreadData, 'board'>, events: ThreadEvents<T>) {
    this.events = events
    const workerData: ThreadData = { ...data, board: this.board.buffer }
    // Its own, empty environment and no arguments: whatever the hub was started with is no business of jq's.
    this.worker = new Worker(url, { workerData, env: {}, argv: [], execArgv: [], name: 'jq' })
    this.worker.unref()
    this.worker.on('message', (reply: Reply) => this.receive(reply))
    this.worker.on('error', (error) => this.lose('crash', error))
    this.worker.on('exit', () => this.lose('crash'))
  }

  get busy(): boolean { return this.tasks.size > 0 }

  /** Only while not busy. */
  send(tasks: T[], batch: Omit<Batch, 'first'>): void {
    const first = this.nextNumber
    for (const task of tasks) this.tasks.set(this.nextNumber++, task)
    this.worker.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage({ ...batch, first } satisfies Batch)
    this.board.ring()
    this.timer = setTimeout(() => this.watch(), this.shortestMs())
  }

  /** Ends it at once. The tasks it has are returned, and not reported as lost. */
  end(): { unanswered: T[], ended: Promise<unknown> } {
    clearTimeout(this.timer)
    const unanswered = [...this.tasks.values()]
    this.tasks.clear()
    this.ended ??= this.worker.terminate()
    return { unanswered, ended: this.ended }
  }

  private receive(reply: Reply): void {
    if (this.ended) return
    this.events.onReply(reply)
    let last: T | undefined
    for (const result of reply.results) {
      last = this.tasks.get(result[0])
      this.tasks.delete(result[0])
      if (last) this.events.onResult(last, result)
    }
    if (reply.spent) {
      this.lose('spent')
    } else if (last && !this.busy) {
      clearTimeout(this.timer)
      this.worker.unref()
      this.events.onIdle(last)
    }
  }

  /** The thread itself says on the board since when it is at what, so that a hub that was busy elsewhere blames nobody for it. */
  private watch(): void {
    const { phase, document, elapsedMs } = this.board.read()
    const task = this.tasks.get(document)
    const limitMs = task && limitOf(task, phase)
    if (limitMs !== undefined && elapsedMs >= limitMs) {
      this.lose(phase === 'compiling' ? 'compile_timeout' : 'timeout')
      return
    }
    // The next task may have less time than this one.
    const waitMs = Math.min(this.shortestMs(), limitMs === undefined ? Infinity : limitMs - elapsedMs)
    this.timer = setTimeout(() => this.watch(), Math.max(1, Math.ceil(waitMs)))
  }

  private shortestMs(): number {
    return Math.min(...[...this.tasks.values()].map((task) => task.limitMs))
  }

  private lose(reason: Loss<T>['reason'], cause?: unknown): void {
    if (this.ended) return
    const { phase, document } = this.board.read()
    const guilty = reason === 'spent' || phase === 'idle' ? null : this.tasks.get(document) ?? null
    const others = this.end().unanswered.filter((task) => task !== guilty)
    this.events.onLoss({ reason, guilty, others, cause })
  }
}

function limitOf(task: Task, phase: string): number | undefined {
  if (phase === 'evaluating') return task.limitMs
  return phase === 'compiling' ? Math.max(task.limitMs, minCompileMs) : undefined
}
