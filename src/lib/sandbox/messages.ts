/** What passes between the hub and a child that runs scripts. */

export interface Script {
  /** A module of JavaScript (ES2024). */
  code: string
  /** After the interpreter's and the script's own name in `process.argv`. */
  arguments: string[]
  environment: Record<string, string>
  stdin: string
  /** Wall-clock time that it may take. */
  timeoutMs: number
}

export interface ScriptResult {
  /** What the script exited with; 1 after an exception that nothing caught. */
  code: number
  stdout: string
  stderr: string
  /** The limit that ended it, where one did. */
  exceeded?: 'time' | 'memory' | 'output'
}

export type ChildMessage = { ready: true } | { result: ScriptResult } | { fault: string }
