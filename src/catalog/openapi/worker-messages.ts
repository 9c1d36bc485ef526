import type { ErrorCode, FieldError } from '../../errors.ts'
import type { ImportRequest } from './worker-tasks.ts'

export type WorkerTask =
  | { kind: 'import', request: ImportRequest }
  | { kind: 'resolve', key: string, operationId: string, bytes?: Uint8Array }
  | { kind: 'diff', before: Uint8Array, after: Uint8Array }

/** Errors lose their class on the way between threads. */
export interface WorkerFailure { code: ErrorCode, message: string, errors?: FieldError[] }

export type WorkerReply = { result: unknown } | { needsDocument: true } | { failure: WorkerFailure } | { fault: string }
