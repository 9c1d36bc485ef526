/** What an attempt means for its deliveries, and the record of it. */
import type { HeaderMap } from '../../../lib/http/http.ts'
import type { Mask } from '../../../lib/mask.ts'
import { nextAttempt } from '../retry-policy.ts'
import type { Webhook } from '../webhook.ts'
import type { Sent } from './attempt.ts'

export type Verdict =
  | { kind: 'delivered' }
  | { kind: 'retry', waitMs: number }
  /** Given up: `reason` is a code, with what was said where there is more. */
  | { kind: 'exhausted', reason: string }

/** The endpoint says that it is gone for good. */
const GONE = 410

export function isSuccess({ response }: Pick<Sent, 'response'>): boolean {
  return response !== undefined && response.status >= 200 && response.status < 300
}

export function isGone({ response }: Pick<Sent, 'response'>): boolean {
  return response?.status === GONE
}

/** `attempt` counts from 1 and includes the one that was just made. */
export function verdictOn({ retry }: Webhook, attempt: number, sent: Sent): Verdict {
  if (isSuccess(sent)) return { kind: 'delivered' }
  if (isGone(sent)) return { kind: 'exhausted', reason: 'endpoint_gone' }
  const waitMs = nextAttempt(retry, attempt, { status: sent.response?.status, timedOut: sent.error?.code === 'upstream_timeout', retryAfter: retryAfterOf(sent), now: new Date() })
  if (waitMs === undefined) return { kind: 'exhausted', reason: reasonOf(sent) }
  return { kind: 'retry', waitMs }
}

function retryAfterOf({ response }: Sent): string | undefined {
  const value = response?.headers['retry-after']
  return Array.isArray(value) ? value[0] : value
}

export function reasonOf({ response, error }: Sent): string {
  return error?.code ?? `status_${response?.status}`
}

/** One attempt as it is kept and shown. */
export interface AttemptRecord {
  startedAt: string
  durationMs: number
  request: { method: 'POST', url: string, headers: HeaderMap, sizeBytes: number, body?: string }
  response: { status: number, headers: HeaderMap, body: string } | null
  error: { type: string, message: string } | null
}

/** Bodies that are longer are not kept beside their event: each attempt has one. */
const MAX_KEPT_BODY = 16_384

/** As JSON, without the endpoint's secrets. */
export function recordOf({ url }: Webhook, sent: Sent, mask: Mask): string {
  const { body } = sent
  const record: AttemptRecord = {
    startedAt: sent.startedAt.toISOString(), durationMs: sent.durationMs,
    request: { method: 'POST', url, headers: sent.headers, sizeBytes: sent.sizeBytes, ...body !== undefined && body.length <= MAX_KEPT_BODY && { body } },
    response: sent.response ?? null,
    error: sent.error === undefined ? null : { type: sent.error.code, message: sent.error.message },
  }
  return mask.maskJson(JSON.stringify(record))
}

/** The earlier attempts' records, a JSON array or nothing, with one more. */
export function appended(earlier: string | null, record: string): string {
  return earlier === null || earlier === '[]' ? `[${record}]` : `${earlier.slice(0, -1)},${record}]`
}
