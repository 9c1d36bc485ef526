import type { Problem } from './types.ts'

/** The hub refused or failed: an answer of 400 or more. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** Stable. `unexpected_answer` where something other than the hub answered. */
  readonly code: Problem['code'] | 'unexpected_answer'
  /** What exactly does not fit: JSON Pointers into the body, `?name` for a query parameter. */
  readonly errors: NonNullable<Problem['errors']>
  /** The whole problem, with `execution` where a call was tried and failed. */
  readonly problem: Partial<Problem>
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, problem: Partial<Problem> | undefined, retryAfter: string | null) {
    super(problem?.detail ?? problem?.title ?? `The answer was ${status}, and did not come from a hub.`)
    this.status = status
    this.code = problem?.code ?? 'unexpected_answer'
    this.errors = problem?.errors ?? []
    this.problem = problem ?? {}
    this.retryAfterSeconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined
  }
}

/** Nobody answered. */
export class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable'

  constructor(baseUrl: string, cause: unknown) {
    super(`There is no hub at ${baseUrl}.`, { cause })
  }
}
