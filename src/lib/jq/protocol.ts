/** What the hub and a jq thread say to each other. A thread is sent its next batch when it has answered the one before. */

export interface Batch {
  /** Whose documents these are: one jq instance never sees two keys. */
  key: string
  program: string
  /** Compile only; there are no documents, and one result. */
  check: boolean
  /** The first document's number; the others follow by one. */
  first: number
  documents: string[]
}

/** `failed` and `invalid` carry jq's words; `ok` carries one line of JSON for each output. */
export type ResultKind = 'ok' | 'failed' | 'invalid' | 'out_of_memory' | 'stack_overrun' | 'output_too_large'
export type Result = [number: number, kind: ResultKind, text: string]

export interface Reply {
  results: Result[]
  /** How many times jq was started for them. */
  runs: number
  /** The thread is of no further use: it must be ended, which also gives its memory back. */
  spent: boolean
}

export interface ThreadData {
  module: WebAssembly.Module
  board: SharedArrayBuffer
  maxMemoryBytes: number
  maxOutputBytes: number
}

export type Phase = 'idle' | 'compiling' | 'evaluating'
const phases: Phase[] = ['idle', 'compiling', 'evaluating']
const clock = 2 // the only 64-bit cell; the cells 0 to 2 are 32 bits

/** Memory that both sides see: who is being evaluated since when, and a bell that wakes a waiting thread. */
export class Board {
  readonly buffer: SharedArrayBuffer
  private readonly cells: Int32Array
  private readonly clocks: BigInt64Array

  constructor(buffer = new SharedArrayBuffer(24)) {
    this.buffer = buffer
    this.cells = new Int32Array(buffer)
    this.clocks = new BigInt64Array(buffer)
  }

  ring(): void {
    Atomics.add(this.cells, 0, 1)
    Atomics.notify(this.cells, 0)
  }

  rings(): number { return Atomics.load(this.cells, 0) }

  /** Returns at once when the bell rang after `seen` was read. */
  awaitRing(seen: number): void { Atomics.wait(this.cells, 0, seen) }

  /** The clock is set first: a reader that sees the new number never sees the old time. */
  begin(phase: Phase, document: number): void {
    Atomics.store(this.clocks, clock, process.hrtime.bigint())
    Atomics.store(this.cells, 1, phases.indexOf(phase))
    Atomics.store(this.cells, 2, document)
  }

  read(): { phase: Phase, document: number, elapsedMs: number } {
    for (;;) {
      const document = Atomics.load(this.cells, 2)
      const phase = Atomics.load(this.cells, 1)
      const since = Atomics.load(this.clocks, clock)
      if (Atomics.load(this.cells, 2) !== document || Atomics.load(this.cells, 1) !== phase) continue
      return { phase: phases[phase]!, document, elapsedMs: Number(process.hrtime.bigint() - since) / 1e6 }
    }
  }
}
