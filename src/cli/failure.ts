/** Failures, for people and for programs. */
import { ApiError, HubUnreachable } from '../client/errors.ts'
import { cell } from './output.ts'

/** The command was called wrongly: nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Done, and the answer is no: the command says so by its exit code, and has printed everything. */
export class Negative extends Error {
  override readonly name = 'Negative'
}

/** Adds what to do about a failure to what it is. */
export class Advised extends Error {
  override readonly name = 'Advised'
  readonly advice: string
  constructor(cause: unknown, advice: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.advice = advice
  }
}

const advices: Partial<Record<ApiError['code'], string>> = {
  unauthorized: 'Set the key in INTERCHANGE_API_KEY, or give it with --key. The first owner\'s key was shown when the hub started for the first time.',
  forbidden: 'Use a key that may: an admin makes one with `interchange keys create <name> --role <role>`.',
  circuit_open: 'The service failed too often. `interchange executions list --status failed` shows how.',
  credential_missing: 'Store one with `interchange credentials create`, or connect again with -c name=value.',
  address_refused: 'Outgoing calls to loopback and private addresses are refused unless the hub was started with INTERCHANGE_ALLOW_NETWORKS.',
  integration_not_active: 'Set it active with: interchange integrations set <integration> metadata.status=active',
  database_unavailable: 'The hub has lost its database. Its log says more; it recovers by itself once the database is back.',
  internal: 'This is a fault of the hub. Its log has the reason under the request id.',
  unexpected_answer: 'Something else than a hub answers there. Name the hub with --url or INTERCHANGE_URL.',
}

interface Described { code: string, detail: string, advice: string | undefined, error: ApiError | undefined }

function describe(error: unknown): Described {
  if (error instanceof Advised) return { ...describe(error.cause), advice: error.advice }
  if (error instanceof HubUnreachable) return { code: 'hub_unreachable', detail: error.message, advice: 'Start one with `npm start` or `interchange serve`, or name another with --url or INTERCHANGE_URL.', error: undefined }
  if (error instanceof ApiError) return { code: error.code, detail: error.message, advice: advices[error.code], error }
  const code = error instanceof UsageError ? 'usage' : 'failed'
  return { code, detail: error instanceof Error ? error.message : String(error), advice: undefined, error: undefined }
}

/** Several lines for people. */
export function describeFailure(failure: unknown): string {
  const { code, detail, advice, error } = describe(failure)
  const lines = [error === undefined ? cell(detail, 2000) : `${code}: ${cell(detail, 2000)}`]
  for (const each of error?.errors ?? []) lines.push(`  ${cell(each.pointer) || '(the whole body)'}: ${cell(each.detail, 500)}`)
  const { id, response } = (error?.problem.execution ?? {}) as { id?: string, response?: { statusCode?: number | null, data?: unknown } | null }
  if (response) lines.push(`  the service answered: ${response.statusCode ?? ''} ${cell(JSON.stringify(response.data ?? null), 500)}`)
  if (id !== undefined) lines.push(`  execution: ${cell(id)}`)
  if (error?.retryAfterSeconds !== undefined) lines.push(`  again in ${error.retryAfterSeconds} s`)
  if (advice !== undefined) lines.push(...advice.split('\n').map((line) => `  ${cell(line, 2000)}`))
  return lines.join('\n')
}

/** The hub's own problem where there is one; the same members otherwise. */
export function failureAsJson(failure: unknown): Record<string, unknown> {
  const { code, detail, advice, error } = describe(failure)
  return { code, detail, ...error?.problem, ...advice !== undefined && { advice } }
}
