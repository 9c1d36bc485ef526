/** Errors of flows, as the DSL describes them (RFC 9457, with the DSL's own types), and what errors of the hub become in a flow. */
import { HubError, type ErrorCode } from '../errors.ts'

const TYPES = 'https://serverlessworkflow.io/spec/1.0.0/errors/'

export type FaultKind = 'configuration' | 'validation' | 'expression' | 'authentication' | 'authorization' | 'timeout' | 'communication' | 'runtime'

/** The DSL's title and status of each of its types. */
const kinds: Record<FaultKind, { title: string, status: number }> = {
  configuration: { title: 'Configuration Error', status: 400 },
  validation: { title: 'Validation Error', status: 400 },
  expression: { title: 'Expression Error', status: 400 },
  authentication: { title: 'Authentication Error', status: 401 },
  authorization: { title: 'Authorization Error', status: 403 },
  timeout: { title: 'Timeout Error', status: 408 },
  communication: { title: 'Communication Error', status: 500 },
  runtime: { title: 'Runtime Error', status: 500 },
}

/** As a flow sees it, in `catch` and in its record. */
export interface FaultDetail {
  type: string
  status: number
  title: string
  detail?: string
  /** JSON Pointer of the task within the definition. */
  instance?: string
}

export class FlowFault extends Error {
  override readonly name = 'FlowFault'
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly instance: string | undefined

  constructor({ type, status, title, detail, instance }: FaultDetail, options?: { cause?: unknown }) {
    super(detail ?? title, options)
    this.type = type
    this.status = status
    this.title = title
    this.detail = detail
    this.instance = instance
  }

  /** The same, said of a task, unless it says so already. */
  at(instance: string): FlowFault {
    return this.instance === undefined ? new FlowFault({ ...this.toJSON(), instance }, { cause: this.cause }) : this
  }

  toJSON(): FaultDetail {
    const { type, status, title, detail, instance } = this
    return { type, status, title, ...detail !== undefined && { detail }, ...instance !== undefined && { instance } }
  }
}

/** One of the DSL's own types. `status` overrides the type's: an upstream's own, for communication. */
export function fault(kind: FaultKind, detail: string, { status, cause }: { status?: number | undefined, cause?: unknown } = {}): FlowFault {
  const { title, status: usual } = kinds[kind]
  return new FlowFault({ type: TYPES + kind, status: status ?? usual, title, detail }, { cause })
}

const kindOfCode: Partial<Record<ErrorCode, FaultKind>> = {
  invalid_input: 'validation', invalid_document: 'validation', invalid_request: 'validation', malformed_json: 'validation',
  invalid_expression: 'expression', expression_failed: 'expression', expression_timeout: 'expression',
  unauthorized: 'authentication', credential_missing: 'configuration', credential_unreadable: 'configuration',
  forbidden: 'authorization', access_denied: 'authorization', operation_not_allowed: 'authorization', integration_not_active: 'authorization', address_refused: 'authorization',
  not_found: 'configuration', operation_not_found: 'configuration',
  upstream_timeout: 'timeout', reply_timeout: 'timeout',
  upstream_rejected: 'communication', upstream_unavailable: 'communication', upstream_invalid_response: 'communication', upstream_response_too_large: 'communication',
  upstream_too_many_redirects: 'communication', circuit_open: 'communication', quota_exceeded: 'communication', rate_limited: 'communication',
}

/** What an error of the hub is in a flow. What is no HubError is a fault of the hub's own, and says nothing of itself. */
export function toFault(error: unknown): FlowFault {
  if (error instanceof FlowFault) return error
  if (!(error instanceof HubError)) return fault('runtime', 'Something went wrong in the hub.', { cause: error })
  const kind = kindOfCode[error.code] ?? 'runtime'
  const status = kind === 'communication' ? error.upstreamStatus ?? upstreamStatusOf(error) ?? error.status : undefined
  const fields = error.errors?.slice(0, 5).map(({ pointer, detail }) => `${pointer === '' ? 'the value' : pointer} ${detail}`).join('; ')
  return fault(kind, fields === undefined || fields === '' ? error.message : `${error.message} (${fields})`, { status, cause: error })
}

/** The call path tells it in the execution only. */
function upstreamStatusOf({ extra }: HubError): number | undefined {
  const { response } = (extra?.['execution'] ?? {}) as { response?: { statusCode: number | null } | null }
  return response?.statusCode ?? undefined
}
