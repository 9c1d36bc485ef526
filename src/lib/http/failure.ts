import { HubError, type ErrorCode } from '../../errors.ts'

/**
 * Messages name the host and nothing more of the request: paths, queries and header values may hold secrets.
 * The cause keeps what was thrown.
 */
const failures: Record<string, [ErrorCode, string]> = {
  UND_ERR_CONNECT_TIMEOUT: ['upstream_timeout', 'did not take the connection in time'],
  ETIMEDOUT: ['upstream_timeout', 'did not take the connection in time'],
  UND_ERR_HEADERS_TIMEOUT: ['upstream_timeout', 'did not answer in time'],
  UND_ERR_BODY_TIMEOUT: ['upstream_timeout', 'stalled in the middle of its answer'],
  UND_ERR_HEADERS_OVERFLOW: ['upstream_response_too_large', 'sent too many headers'],
  HTTPParserError: ['upstream_invalid_response', 'answered something that is not HTTP'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['upstream_unavailable', 'sent an answer of another length than it said'],
  ECONNREFUSED: ['upstream_unavailable', 'refused the connection'],
  ECONNRESET: ['upstream_unavailable', 'reset the connection'],
  EPIPE: ['upstream_unavailable', 'closed the connection'],
  UND_ERR_SOCKET: ['upstream_unavailable', 'closed the connection'],
  EHOSTUNREACH: ['upstream_unavailable', 'cannot be reached: there is no route to it'],
  ENETUNREACH: ['upstream_unavailable', 'cannot be reached: there is no route to it'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['upstream_unavailable', 'has a certificate for another name'],
  CERT_HAS_EXPIRED: ['upstream_unavailable', 'has an expired certificate'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['upstream_unavailable', 'has a self-signed certificate'],
  SELF_SIGNED_CERT_IN_CHAIN: ['upstream_unavailable', 'has a certificate of an unknown authority'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['upstream_unavailable', 'has a certificate of an unknown authority'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['upstream_unavailable', 'has a certificate of an unknown authority'],
  UND_ERR_INVALID_ARG: ['invalid_input', 'was not asked: HTTP cannot carry the request\'s method or headers'],
  UND_ERR_NOT_SUPPORTED: ['invalid_input', 'was not asked: HTTP cannot carry the request\'s headers'],
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: ['invalid_input', 'was not asked: the body is not as long as its content-length says'],
  UND_ERR_DESTROYED: ['shutting_down', 'was not waited for: the hub is stopping'],
  UND_ERR_CLOSED: ['shutting_down', 'was not asked: the hub is stopping'],
}

/** The HubError for what undici, Node or the address guard threw about an exchange with `host`. */
export function upstreamFailure(error: unknown, host: string, beforeSending: boolean): HubError {
  if (error instanceof HubError) return withBeforeSending(error, beforeSending)
  const [hubCode, text] = failures[codeOf(error)] ?? ['upstream_unavailable', 'failed']
  return new HubError(hubCode, `${host} ${text}.`, { cause: error, beforeSending })
}

export function timedOut(host: string, text: string, beforeSending: boolean, cause?: unknown): HubError {
  return new HubError('upstream_timeout', `${host} ${text}.`, { cause, beforeSending })
}

export function tooLarge(host: string, maxBytes: number): HubError {
  return new HubError('upstream_response_too_large', `${host} sent more than the ${maxBytes} bytes that are taken.`)
}

/** The caller's reason where it is a HubError, so that a deadline or a shutdown keeps its own code. */
export function givenUp(host: string, signal: AbortSignal, beforeSending: boolean): HubError {
  const reason: unknown = signal.reason
  if (reason instanceof HubError) return withBeforeSending(reason, beforeSending)
  return timedOut(host, 'had not answered when the call was given up', beforeSending, reason)
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // undici's parser errors have no code of their own in every case.
  if (error.name === 'HTTPParserError') return error.name
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function withBeforeSending(error: HubError, beforeSending: boolean): HubError {
  if (error.beforeSending === beforeSending) return error
  const { code, message, cause, errors, retryAfterSeconds, extra } = error
  return new HubError(code, message, { cause, errors, retryAfterSeconds, extra, beforeSending })
}
