/**
 * The thread in which jq runs. Between documents it sleeps inside jq's own read, with the program compiled and ready;
 * it leaves jq only for another program or another key.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { JqInstance, OutOfMemory, StackOverrun } from './instance.ts'
import type { JqIo } from './instance.ts'
import { Board } from './protocol.ts'
import type { Batch, Reply, Result, ResultKind, ThreadData } from './protocol.ts'

class OutputTooLarge extends Error {}

/** jq's parser refuses a program with this exit code. */
const compileFailed = 3
const maxErrorBytes = 16_384
/** A jq that has grown past this and has nothing to do is given up, with its thread: only that gives memory back at once. */
const restMemoryBytes = 32 * 1024 * 1024
/** Making one costs more than starting a program in it. */
const maxInstances = 8
/** How long finished results may wait for the rest of their batch. */
const flushAfterMs = 2

const port = parentPort!
const { module, board: shared, maxMemoryBytes, maxOutputBytes } = workerData as ThreadData
const board = new Board(shared)

// jq-wasm reports an abort there; the hub hears of it by the result.
// oxlint-disable-next-line no-console
console.error = () => {}

/** One for each key, the longest unused first. */
const instances = new Map<string, JqInstance>()

class Gathered {
  private bytes = Buffer.allocUnsafe(16_384)
  private length = 0

  get size(): number { return this.length }

  add(more: Uint8Array): void {
    if (this.length + more.length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more.length))
      grown.set(this.bytes.subarray(0, this.length))
      this.bytes = grown
    }
    this.bytes.set(more, this.length)
    this.length += more.length
  }

  take(): string {
    const text = this.bytes.toString('utf8', 0, this.length)
    this.length = 0
    // One huge output must not be paid for ever after.
    if (this.bytes.length > 1_048_576) this.bytes = Buffer.allocUnsafe(16_384)
    return text
  }
}

/** One program's time in jq, over as many batches as come for it. */
class Turn implements JqIo {
  /** The batch that ended the turn, since it is for another program or key. */
  following: Batch | undefined
  private readonly jq: JqInstance
  private batch: Batch
  private position = 0
  private evaluating = false
  private results: Result[] = []
  private runs = 0
  private flushedAt = performance.now()
  private readonly out = new Gathered()
  private readonly err = new Gathered()

  constructor(jq: JqInstance, batch: Batch) {
    this.jq = jq
    this.batch = batch
  }

  run(): void {
    do {
      const before = this.position
      this.runs += 1
      board.begin('compiling', this.batch.first + this.position)
      const exitCode = this.jq.run(this.batch.program, this)
      this.finish()
      if (exitCode === compileFailed) this.finishAll('invalid', this.err.take())
      else if (this.batch.check) this.finishAll('ok', '')
      // jq stops early after a document that it cannot read; one that it won't even begin with is not tried again.
      else if (!this.done && this.position === before) this.finishAll('failed', this.err.take())
    } while (!this.done)
    if (this.results.length > 0) this.flush(false)
  }

  /** What `run` threw has spoilt the instance, and the thread with it; the hub sends the unanswered to another. */
  fail(error: unknown): void {
    const kind = failureKind(error)
    if (this.evaluating) this.add(kind, '')
    else this.finishAll(kind, '')
    this.flush(true)
  }

  next(): Uint8Array | null {
    this.finish()
    while (this.done) {
      if (this.batch.check || this.following) return null
      const tooBig = this.jq.memoryBytes > restMemoryBytes
      this.flush(tooBig)
      if (tooBig) return null
      if (!this.awaitBatch()) return null
    }
    if (performance.now() - this.flushedAt > flushAfterMs && this.results.length > 0) this.flush(false)
    const bytes = Buffer.from(`${this.batch.documents[this.position]!}\n`)
    this.evaluating = true
    board.begin('evaluating', this.batch.first + this.position)
    return bytes
  }

  write(stream: 'out' | 'err', bytes: Uint8Array): void {
    if (stream === 'err') {
      this.err.add(bytes.subarray(0, Math.max(0, maxErrorBytes - this.err.size)))
      return
    }
    if (this.out.size + bytes.length > maxOutputBytes) throw new OutputTooLarge()
    this.out.add(bytes)
  }

  private get done(): boolean {
    return this.position === this.batch.documents.length
  }

  /** False when what came is not for this turn. */
  private awaitBatch(): boolean {
    const batch = nextBatch()
    if (batch.check || batch.key !== this.batch.key || batch.program !== this.batch.program) {
      this.following = batch
      return false
    }
    this.batch = batch
    this.position = 0
    return true
  }

  private finish(): void {
    if (!this.evaluating) return
    const out = this.out.take()
    const err = this.err.take()
    if (err === '') this.add('ok', out)
    else this.add('failed', err)
  }

  private add(kind: ResultKind, text: string): void {
    this.results.push([this.batch.first + this.position, kind, text])
    this.position += 1
    this.evaluating = false
  }

  private finishAll(kind: ResultKind, text: string): void {
    if (this.batch.check) this.results.push([this.batch.first, kind, text])
    while (!this.done) this.add(kind, text)
  }

  /** Marks the thread idle when all is answered: a deadline must not run on while nothing does. */
  private flush(spent: boolean): void {
    if (this.done) board.begin('idle', -1)
    const reply: Reply = { results: this.results, runs: this.runs, spent }
    this.results = []
    this.runs = 0
    this.flushedAt = performance.now()
    if (reply.results.length > 0 || spent) port.postMessage(reply)
  }
}

function failureKind(error: unknown): ResultKind {
  if (error instanceof OutOfMemory) return 'out_of_memory'
  if (error instanceof StackOverrun) return 'stack_overrun'
  if (error instanceof OutputTooLarge) return 'output_too_large'
  throw error
}

function nextBatch(): Batch {
  for (;;) {
    const seen = board.rings()
    const received = receiveMessageOnPort(port) as { message: Batch } | undefined
    if (received) return received.message
    board.awaitRing(seen)
  }
}

/** A jq that someone's documents have passed through may have been bent by them: another key gets another jq. */
async function instanceFor(key: string): Promise<JqInstance> {
  const instance = instances.get(key) ?? await JqInstance.load(module, maxMemoryBytes)
  instances.delete(key)
  instances.set(key, instance)
  if (instances.size > maxInstances) instances.delete(instances.keys().next().value!)
  return instance
}

async function serve(batch: Batch): Promise<void> {
  let next: Batch | undefined = batch
  while (next) {
    const turn: Turn = new Turn(await instanceFor(next.key), next)
    try {
      turn.run()
    } catch (error) {
      turn.fail(error)
      return
    }
    next = turn.following
  }
}

port.on('message', (batch: Batch) => { void serve(batch) })
