/** Errors as RFC 9457 problem details. */
import { isConnectionLoss } from '../db/database.ts'
import { errorCodes, HubError, type FieldError } from '../errors.ts'

export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  instance: string
  errors?: FieldError[]
  [extra: string]: unknown
}

/** Everything that isn't a HubError is a fault of the hub: its message stays inside. */
export function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error
  if (isConnectionLoss(error)) return new HubError('database_unavailable', 'The database cannot be reached.', { cause: error, retryAfterSeconds: 2 })
  return new HubError('internal', 'The hub failed while handling the request. The log has the reason under the request id.', { cause: error })
}

export function toProblem(error: HubError, requestId: string): Problem {
  return {
    type: `urn:interchange:problem:${error.code}`,
    title: errorCodes[error.code].title,
    status: error.status,
    code: error.code,
    detail: error.message,
    instance: `urn:interchange:request:${requestId}`,
    ...error.errors && { errors: error.errors },
    ...error.extra,
  }
}

/** Headers that say when a repeat makes sense, and of a used up limit of the hub's own which one it is (draft-ietf-httpapi-ratelimit-headers). */
export function repeatHeaders({ retryAfterSeconds, usedUp }: HubError): Record<string, string> {
  return {
    ...retryAfterSeconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    ...usedUp && {
      'ratelimit-policy': `"${usedUp.name}";q=${usedUp.limit};w=${usedUp.windowSeconds}`,
      ratelimit: `"${usedUp.name}";r=0;t=${usedUp.resetSeconds}`,
    },
  }
}

export type Where = 'body' | 'query' | 'params'

/** Bodies are named by JSON Pointer, query and path parameters by `?name` and `:name`. */
export function invalidRequest(faults: FieldError[], where: Where): HubError {
  const marks = { body: '', query: '?', params: ':' }
  const errors = faults.map(({ pointer, detail }) => ({ pointer: where === 'body' ? pointer : marks[where] + pointer.slice(1), detail }))
  const first = errors[0]
  const code = where === 'body' ? 'invalid_input' : 'invalid_request'
  return new HubError(code, first ? `${first.pointer || 'The body'}: ${first.detail}` : 'The request is not valid.', { errors })
}
