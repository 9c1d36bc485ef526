/** Failures, for people. */
import { ApiError, HubUnreachable } from '../client/errors.ts'

export function describeFailure(error: unknown): string {
  if (error instanceof HubUnreachable) return `${error.message} Start one with \`npm start\`, or name another with --url or INTERCHANGE_URL.`
  if (error instanceof ApiError) return describeApiError(error)
  if (error instanceof Error) return error.message
  return String(error)
}

function describeApiError({ code, message, errors, problem, retryAfterSeconds }: ApiError): string {
  const lines = [`${code}: ${message}`]
  for (const { pointer, detail } of errors) lines.push(`  ${pointer || '(the whole body)'}: ${detail}`)
  const execution = problem['execution'] as { id?: string, response?: { statusCode?: number, data?: unknown } | null } | undefined
  if (execution?.response) lines.push(`  upstream: ${execution.response.statusCode} ${JSON.stringify(execution.response.data).slice(0, 500)}`)
  if (execution?.id) lines.push(`  execution: ${execution.id}`)
  if (retryAfterSeconds !== undefined) lines.push(`  again in ${retryAfterSeconds} s`)
  if (code === 'unauthorized') lines.push('  Set the key with --key or INTERCHANGE_API_KEY.')
  return lines.join('\n')
}
