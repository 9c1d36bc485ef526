/**
 * jq for the whole hub: transforms, filters, mappings, conditions. The real jq 1.8.2, in WebAssembly, in threads of its own.
 *
 * Numbers are JavaScript's: the input is written as JSON from them and outputs are read into them, so that integers past
 * 2^53 come out rounded even though jq itself keeps such literals; a literal too large for a double (1e1000) comes out as
 * the largest double, like jq's `infinite`, and `nan` as null. `__proto__` is a key like any other, in and out.
 * Deadlines are wall-clock time in jq itself, without waiting for a thread; a document's size adds 1 ms for each 2 KB.
 * A value nested more than some 2,500 levels deep cannot be written by jq here.
 */
import { Evaluator } from './evaluator.ts'

export interface JqOptions {
  /** Threads at most; they start when needed and end when idle. Default: the machine's cores, between 2 and 4. */
  threads?: number
  /** For one document. Default 250. */
  timeoutMs?: number
  /** The input as JSON, with the variables that the program uses. Default 8 MiB. */
  maxInputBytes?: number
  /** All outputs of one document as JSON. Default 8 MiB. */
  maxOutputBytes?: number
  /** A thread's jq may take this much. Default 128 MiB. */
  maxMemoryBytes?: number
  /** An idle thread ends after this. Default 30,000. */
  idleMs?: number
}

export interface EvaluateOptions {
  /**
   * Whose data this is: the tenant's id. Evaluations of one program under one key share a run of jq, and no jq ever sees
   * two keys. Without a key every evaluation has a jq of its own, which costs some milliseconds.
   */
  batchKey?: string
  /** Values of `$name`, without the `$`. */
  variables?: Record<string, unknown>
  timeoutMs?: number
}

export interface Jq {
  /**
   * All outputs. The input is a JSON value, and must not change until the promise settles; plain paths hand out parts of
   * it, not copies. Rejects with HubError `invalid_expression`, `expression_failed` (in jq's words, without the input's
   * values), `expression_timeout`, `rate_limited` (too many of this key wait), or `shutting_down`.
   */
  evaluate(program: string, input: unknown, options?: EvaluateOptions): Promise<unknown[]>
  /** The first output, or undefined where there is none. The others are computed too: say `first(…)` in the program to avoid it. */
  first(program: string, input: unknown, options?: EvaluateOptions): Promise<unknown>
  /** What a plain condition (`.data.amount > 100 and .subject != "x"`) comes out as, at once; undefined where it takes jq. Throws `invalid_expression` as `check` does. */
  decide(program: string, input: unknown): boolean | undefined
  /** Compiles only. Rejects with HubError `invalid_expression`, which says where; `variables` are names that will be given. */
  check(program: string, options?: { variables?: string[], batchKey?: string }): Promise<void>
  /** For /metrics. */
  stats(): JqStats
  /** Ends the threads; what still waits rejects with `shutting_down`. */
  close(): Promise<void>
}

export interface JqStats {
  threads: number
  waiting: number
  /** Evaluations that jq did, and those of plain paths and conditions that succeeded without it. */
  evaluations: number
  paths: number
  /** Times that jq was started: far fewer than evaluations when batches form. */
  runs: number
  timeouts: number
  /** Threads ended for a timeout, for memory or for a crash. */
  replaced: number
}

/** Whether a condition's output holds, as jq has it: neither null nor false. No output at all holds neither. */
export function isTrue(output: unknown): boolean {
  return output !== undefined && output !== null && output !== false
}

export function createJq(options: JqOptions = {}): Jq {
  return new Evaluator(options)
}
