/** What a gRPC status is among the hub's errors. */
import { HubError, type ErrorCode } from '../../errors.ts'

/** Names, and HTTP's word for them (google/rpc/code.proto). */
const statuses: Record<number, [string, number]> = {
  1: ['CANCELLED', 499], 2: ['UNKNOWN', 500], 3: ['INVALID_ARGUMENT', 400], 4: ['DEADLINE_EXCEEDED', 504], 5: ['NOT_FOUND', 404],
  6: ['ALREADY_EXISTS', 409], 7: ['PERMISSION_DENIED', 403], 8: ['RESOURCE_EXHAUSTED', 429], 9: ['FAILED_PRECONDITION', 400], 10: ['ABORTED', 409],
  11: ['OUT_OF_RANGE', 400], 12: ['UNIMPLEMENTED', 501], 13: ['INTERNAL', 500], 14: ['UNAVAILABLE', 503], 15: ['DATA_LOSS', 500], 16: ['UNAUTHENTICATED', 401],
}

interface ServiceError { code: number, details: string }

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number' && typeof (error as Partial<ServiceError>).details === 'string'
}

/** `host`: as the caller wrote it. */
export function grpcFailure(error: unknown, host: string, signal: AbortSignal): HubError {
  if (error instanceof HubError) return error
  if (signal.aborted && signal.reason instanceof HubError) return signal.reason
  if (!isServiceError(error)) return new HubError('invalid_input', `The arguments do not fit the method: ${error instanceof Error ? error.message.slice(0, 300) : 'they cannot be written'}.`, { cause: error, beforeSending: true })
  const [name, upstreamStatus] = statuses[error.code] ?? ['UNKNOWN', 500]
  if (signal.aborted || error.code === 4) return new HubError('upstream_timeout', `${host} did not answer in time.`, { cause: error, upstreamStatus })
  // Its details quote the address that a name stands for, where no connection was made.
  const said = error.code === 14 || error.details === '' ? '' : `: ${error.details.slice(0, 300)}`
  const code: ErrorCode = upstreamStatus >= 400 && upstreamStatus < 500 ? 'upstream_rejected' : 'upstream_unavailable'
  return new HubError(code, `${host} answered ${name}${said}`, { cause: error, upstreamStatus })
}
