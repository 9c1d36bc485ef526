/**
 * The one error type. `code` is public and stable, `message` is safe to show, `cause` stays inside.
 * HTTP status and retryability come from the table below.
 */

/** Codes are public: add, never rename. `retry` says whether the same request may succeed later. */
export const errorCodes = {
  // the request
  invalid_request: { status: 400, title: 'The request is not valid', retry: false },
  malformed_json: { status: 400, title: 'The body is not valid JSON', retry: false },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours', retry: false },
  unauthorized: { status: 401, title: 'An API key, or somebody signed in, is needed', retry: false },
  forbidden: { status: 403, title: 'This caller may not do that', retry: false },
  sign_in_failed: { status: 400, title: 'Signing in did not work', retry: false },
  sign_in_refused: { status: 403, title: 'This person may not sign in', retry: false },
  csrf_refused: { status: 403, title: 'The request comes from a foreign page', retry: false },
  not_found: { status: 404, title: 'There is no such thing here', retry: false },
  method_not_allowed: { status: 405, title: 'This path does not take that method', retry: false },
  request_timeout: { status: 408, title: 'The request took too long to arrive', retry: true },
  conflict: { status: 409, title: 'It clashes with what is there', retry: false },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key came with another request', retry: false },
  idempotency_in_progress: { status: 409, title: 'The first request with this Idempotency-Key is still running', retry: true },
  precondition_failed: { status: 412, title: 'It was changed meanwhile', retry: false },
  body_too_large: { status: 413, title: 'The body is too large', retry: false },
  verification_failed: { status: 401, title: 'The request could not be verified', retry: false },
  webhook_source_paused: { status: 503, title: 'The webhook source is paused', retry: true },
  unsupported_media_type: { status: 415, title: 'This content type is not taken here', retry: false },
  // the hub's own rules, before anything is sent
  invalid_input: { status: 422, title: 'The input does not fit the schema', retry: false },
  invalid_document: { status: 422, title: 'The document is not valid', retry: false },
  invalid_expression: { status: 422, title: 'The jq expression is not valid', retry: false },
  expression_failed: { status: 422, title: 'The jq expression failed', retry: false },
  expression_timeout: { status: 422, title: 'The jq expression took too long', retry: false },
  integration_not_active: { status: 409, title: 'The integration is not active', retry: false },
  flow_not_enabled: { status: 409, title: 'The flow is not enabled', retry: false },
  operation_not_allowed: { status: 403, title: 'The integration does not allow this operation', retry: false },
  operation_not_found: { status: 404, title: 'The connector has no such operation', retry: false },
  tool_not_found: { status: 404, title: 'There is no such tool for this key', retry: false },
  access_denied: { status: 403, title: 'The integration does not allow this caller', retry: false },
  credential_missing: { status: 422, title: 'A credential is missing', retry: false },
  credential_revoked: { status: 422, title: 'The connected account has to be connected again', retry: false },
  oauth_client_missing: { status: 422, title: 'The vendor does not know this hub yet', retry: false },
  oauth_state_invalid: { status: 400, title: 'Connecting was not begun here', retry: false },
  credential_unreadable: { status: 500, title: 'A credential cannot be decrypted', retry: false },
  quota_exceeded: { status: 429, title: 'The quota is used up', retry: true },
  rate_limited: { status: 429, title: 'Too many calls', retry: true },
  nested_too_deep: { status: 422, title: 'Too many flows within one another', retry: false },
  flow_failed: { status: 422, title: 'The run of the flow failed', retry: false },
  circuit_open: { status: 503, title: 'The circuit breaker is open', retry: true },
  address_refused: { status: 422, title: 'Calls to this address are not allowed', retry: false },
  connection_failed: { status: 422, title: 'The connection test failed', retry: false },
  // the other side
  upstream_rejected: { status: 422, title: 'The upstream refused the request', retry: false },
  upstream_unavailable: { status: 502, title: 'The upstream failed', retry: true },
  upstream_invalid_response: { status: 502, title: 'The upstream answered something unusable', retry: false },
  upstream_response_too_large: { status: 502, title: 'The upstream sent too much', retry: false },
  upstream_too_many_redirects: { status: 502, title: 'The upstream redirected too often', retry: false },
  caller_gone: { status: 499, title: 'The caller went away before the end', retry: true },
  upstream_timeout: { status: 504, title: 'The upstream took too long', retry: true },
  run_failed: { status: 502, title: 'The flow failed', retry: false },
  reply_timeout: { status: 504, title: 'Nobody replied in time', retry: true },
  // the hub itself
  database_unavailable: { status: 503, title: 'The database cannot be reached', retry: true },
  shutting_down: { status: 503, title: 'The hub is stopping', retry: true },
  internal: { status: 500, title: 'Something went wrong in the hub', retry: false },
} as const

export type ErrorCode = keyof typeof errorCodes

/** Where in the input a fault is: a JSON Pointer (RFC 6901) into the request's body, or `?name` for a query parameter. */
export interface FieldError { pointer: string, detail: string }

/** A limit of the hub's own that a call ran into: so many in each window. */
export interface UsedUpLimit { name: string, limit: number, windowSeconds: number, resetSeconds: number }

export interface HubErrorOptions {
  cause?: unknown
  errors?: FieldError[]
  /** Seconds until a repeat makes sense; becomes `Retry-After`. */
  retryAfterSeconds?: number
  /** The limit that is used up; becomes `RateLimit` and `RateLimit-Policy`. */
  usedUp?: UsedUpLimit | undefined
  /** Further headers of the answer. */
  headers?: Record<string, string>
  /** Extra public members of the problem, such as `execution`. */
  extra?: Record<string, unknown>
  /** For upstream failures: true when no byte of the request can have reached the upstream. */
  beforeSending?: boolean
  /** The HTTP status that an upstream refused or failed with. */
  upstreamStatus?: number
}

export class HubError extends Error {
  override readonly name = 'HubError'
  readonly code: ErrorCode
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined
  readonly usedUp: UsedUpLimit | undefined
  readonly headers: Record<string, string> | undefined
  readonly extra: Record<string, unknown> | undefined
  readonly beforeSending: boolean
  readonly upstreamStatus: number | undefined

  constructor(code: ErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
    this.usedUp = options.usedUp
    this.headers = options.headers
    this.extra = options.extra
    this.beforeSending = options.beforeSending ?? false
    this.upstreamStatus = options.upstreamStatus
  }

  get status(): number { return errorCodes[this.code].status }
  get retryable(): boolean { return errorCodes[this.code].retry }
}

export function isHubError(error: unknown, code?: ErrorCode): error is HubError {
  return error instanceof HubError && (code === undefined || error.code === code)
}
