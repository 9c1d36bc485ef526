/** Errors as RFC 9457 problem details. */
import type { z } from 'zod'
import { errorCodes, HubError, type FieldError } from '../errors.ts'
import { isConnectionLoss } from '../db/database.ts'

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

/** Zod's issues as pointers into the body, or `?name` and `:name` for query and path parameters. */
export function invalidRequest(error: z.ZodError, where: 'body' | 'query' | 'params'): HubError {
  const errors = error.issues.slice(0, 50).flatMap((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [undefined]
    return unknown.map((key) => ({
      pointer: pointerOf([...issue.path, ...key === undefined ? [] : [key]], where),
      detail: key === undefined ? issue.message : 'is not a known field',
    }))
  })
  const first = errors[0]
  const code = where === 'body' ? 'invalid_input' : 'invalid_request'
  return new HubError(code, first ? `${first.pointer || 'The body'}: ${first.detail}` : 'The request is not valid.', { errors })
}

function pointerOf(path: PropertyKey[], where: 'body' | 'query' | 'params'): string {
  if (where === 'query') return `?${path.map(String).join('.')}`
  if (where === 'params') return `:${path.map(String).join('.')}`
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
