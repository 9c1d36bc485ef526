/** A failure as an agent reads it: with its code, where in the arguments the fault is, and what to do about it. */
import type { ErrorCode, FieldError, HubError } from '../../errors.ts'

export interface ToolFailure {
  code: ErrorCode
  message: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  whatToDo: string
  execution?: string
  run?: unknown
  /** Of a service that refused. */
  answer?: { statusCode: number | null, data: unknown }
}

const LONGEST_ANSWER = 4000

export function describeFailure(error: HubError): ToolFailure {
  const { code, message, errors, retryAfterSeconds, extra = {} } = error
  const { execution, run } = extra as { execution?: { id?: string, response?: { statusCode?: number | null, data?: unknown } | null }, run?: unknown }
  return {
    code, message, ...errors && { errors }, ...retryAfterSeconds !== undefined && { retryAfterSeconds: Math.ceil(retryAfterSeconds) },
    whatToDo: adviceFor(error), ...execution?.id !== undefined && { execution: execution.id }, ...run !== undefined && { run },
    ...execution?.response && { answer: { statusCode: execution.response.statusCode ?? null, data: cut(execution.response.data) } },
  }
}

function cut(data: unknown): unknown {
  const text = JSON.stringify(data ?? null)
  return text.length > LONGEST_ANSWER ? `${text.slice(0, LONGEST_ANSWER).toWellFormed()} …` : data
}

const advice: Partial<Record<ErrorCode, string>> = {
  invalid_input: 'Correct the arguments at these pointers; describe_tool shows the schema.',
  tool_not_found: 'Find a tool that you may call with search_tools.',
  operation_not_found: 'Find a tool that you may call with search_tools.',
  not_found: 'Use an id that a call of yours answered.',
  upstream_rejected: 'The service refused the request. Read its answer and change the arguments; do not repeat the same call.',
  upstream_unavailable: 'The service failed, perhaps after it did what was asked. Find out whether it did before you call again.',
  upstream_timeout: 'The service took too long, and may have done what was asked. Find out whether it did before you call again.',
  nested_too_deep: 'You call yourself, or were called by what you call: do it without that.',
  flow_failed: 'get_run shows which task failed and why.',
  integration_not_active: 'Somebody switched this integration off: tell the person you work for.',
  access_denied: 'This key may not use the integration: tell the person you work for.',
  operation_not_allowed: 'The integration does not allow this operation: tell the person you work for.',
  credential_missing: "The integration's credential is missing or wrong: tell the person you work for.",
}

function adviceFor({ code, retryAfterSeconds, retryable }: HubError): string {
  if (retryAfterSeconds !== undefined) return `Wait ${Math.max(1, Math.ceil(retryAfterSeconds))} seconds before you call again.`
  return advice[code] ?? (retryable ? 'Try again in a while.' : 'Tell the person you work for.')
}
