/** What a call came to, as an agent reads it. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { HubError, type ErrorCode } from '../../errors.ts'
import type { ToolResult } from '../tools/tool.ts'

/** More than this is read in the record: a context is soon full. */
const LONGEST_TEXT = 100_000
const LONGEST_ANSWER = 4000

export function uriOf(kind: 'execution' | 'run', id: string): string {
  return `interchange://${kind}s/${id}`
}

/** Undefined for what is no address of ours. */
export function readUri(uri: string): { kind: 'execution' | 'run', id: string } | undefined {
  const [, kind, id] = /^interchange:\/\/(execution|run)s\/([0-9a-f-]{36})$/i.exec(uri) ?? []
  return id === undefined ? undefined : { kind: kind as 'execution' | 'run', id }
}

export function contentOf({ dataJson, execution, run }: ToolResult): CallToolResult {
  const isCut = dataJson.length > LONGEST_TEXT
  const content: CallToolResult['content'] = [{ type: 'text', text: isCut ? `${dataJson.slice(0, LONGEST_TEXT).toWellFormed()} … (cut: ${dataJson.length} characters in all)` : dataJson }]
  const link = (kind: 'execution' | 'run', id: string, description: string): void => { content.push({ type: 'resource_link', uri: uriOf(kind, id), name: `${kind} ${id}`, description, mimeType: 'application/json' }) }
  if (execution !== undefined && isCut) link('execution', execution, 'The whole answer.')
  if (run !== undefined) link('run', run.id, 'The run with its tasks.')
  return { content, ...execution !== undefined && { _meta: { 'interchange/execution': execution } } }
}

/** A failure is an answer too: with its code, where in the arguments the fault is, and what to do about it. */
export function failureOf(error: HubError): CallToolResult {
  const { code, message, errors, retryAfterSeconds, extra = {} } = error
  const { execution, run } = extra as { execution?: { id?: string, response?: { statusCode?: number | null, data?: unknown } | null }, run?: unknown }
  const failure = {
    error: {
      code, message, ...errors && { errors }, ...retryAfterSeconds !== undefined && { retryAfterSeconds: Math.ceil(retryAfterSeconds) },
      whatToDo: adviceFor(error), ...execution?.id !== undefined && { execution: execution.id }, ...run !== undefined && { run },
      ...execution?.response && { answer: { statusCode: execution.response.statusCode, data: cut(execution.response.data) } },
    },
  }
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(failure) }] }
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
