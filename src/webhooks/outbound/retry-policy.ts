/** When a delivery is tried again. */

/** As it is written in an endpoint's settings, with nothing left out. Times in ms, but for a schedule of one's own. */
export interface RetryPolicySettings {
  maxRetries: number
  backoffStrategy: 'exponential' | 'linear' | 'fixed'
  initialDelay: number
  multiplier: number
  maxDelay: number
  jitter: number
  overloadDelay: number
  /** Waits instead of a strategy: named, or in seconds. */
  schedule?: Schedule | undefined
}

export interface RetryPolicy {
  /** Waits before the 2nd, 3rd, … attempt, in ms. */
  delaysMs: readonly number[]
  /** Share of a wait by which it may be shorter or longer, at random: 0.2 is ± 20 %. */
  jitter: number
  /** Shortest wait after a 429 or a timeout, in ms. */
  overloadDelayMs?: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Waits in ms. */
const schedules = {
  /** https://docs.svix.com/retries; the ± 20 % and the least wait are Svix's too. */
  svix: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR],
  /** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-delivery-and-retries: the first attempt is its "immediately". */
  standard: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
} as const

/** What an endpoint may put a delivery off by its `Retry-After`. */
const LONGEST_RETRY_AFTER_MS = 24 * HOUR

export type Schedule = keyof typeof schedules | number[]

export function retryPolicyOf({ maxRetries, backoffStrategy, initialDelay, multiplier, maxDelay, jitter, overloadDelay, schedule }: RetryPolicySettings): RetryPolicy {
  const delaysMs = schedule === undefined
    ? Array.from({ length: maxRetries }, (_, retry) => Math.min(maxDelay, grown[backoffStrategy](initialDelay, retry, multiplier)))
    : waitsOf(schedule).slice(0, maxRetries)
  return { delaysMs, jitter, overloadDelayMs: overloadDelay }
}

/** `retry` counts from 0. */
const grown: Record<RetryPolicySettings['backoffStrategy'], (initial: number, retry: number, multiplier: number) => number> = {
  exponential: (initial, retry, multiplier) => initial * multiplier ** retry,
  linear: (initial, retry) => initial * (retry + 1),
  fixed: (initial) => initial,
}

/** In ms. */
export function waitsOf(schedule: Schedule): readonly number[] {
  return typeof schedule === 'string' ? schedules[schedule] : schedule.map((seconds) => seconds * SECOND)
}

export interface FailedAttempt {
  /** Undefined where there was no answer. */
  status: number | undefined
  timedOut: boolean
  /** The header as it came. */
  retryAfter: string | undefined
  now: Date
  /** From 0 up to 1; for the jitter. */
  random?: () => number
}

const TOO_MANY_REQUESTS = 429

/** How long to wait for the next attempt, in ms; undefined where there is none. `attempt` counts from 1 and includes the one that failed. */
export function nextAttempt({ delaysMs, jitter, overloadDelayMs = 0 }: RetryPolicy, attempt: number, { status, timedOut, retryAfter, now, random = Math.random }: FailedAttempt): number | undefined {
  const delayMs = delaysMs[attempt - 1]
  if (delayMs === undefined) return undefined
  const spread = Math.round(delayMs * (1 + jitter * (2 * random() - 1)))
  const leastMs = status === TOO_MANY_REQUESTS || timedOut ? overloadDelayMs : 0
  return Math.max(spread, leastMs, retryAfterMs(retryAfter, now))
}

/** RFC 9110 §10.2.3: seconds or a date. What is neither asks for nothing. */
function retryAfterMs(value: string | undefined, now: Date): number {
  const text = value?.trim() ?? ''
  const wanted = /^\d+$/.test(text) ? Number(text) * SECOND : /^[A-Za-z]/.test(text) ? Date.parse(text) - now.getTime() : 0
  return Number.isNaN(wanted) ? 0 : Math.min(Math.max(0, wanted), LONGEST_RETRY_AFTER_MS)
}
