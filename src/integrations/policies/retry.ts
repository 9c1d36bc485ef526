/** When a failed try is repeated, and after how long. */
import { HubError } from '../../errors.ts'
import type { RetryPolicy } from '../settings.ts'

/** Whether another try makes sense and does no harm. `safe` says that the operation may be repeated although the first try may have taken effect. */
export function mayRetry(error: unknown, { safe, policy }: { safe: boolean, policy: RetryPolicy }): boolean {
  if (!(error instanceof HubError)) return false
  if (error.beforeSending) return error.retryable
  // 429: the upstream did not take the request, so that a repeat is harmless.
  if (error.code === 'upstream_rejected') return error.upstreamStatus === 429 || error.upstreamStatus === 408 && safe
  if (!error.retryable) return false
  return safe || policy.retryUnsafe
}

/** The wait before repeat number `retry` (1 for the first), in ms. An upstream's `Retry-After` counts where it is longer. */
export function retryDelay(retry: number, policy: RetryPolicy, { retryAfterSeconds, random = Math.random }: { retryAfterSeconds?: number | undefined, random?: () => number }): number {
  const grown = growth(retry, policy)
  const capped = Math.min(grown, policy.maxDelay)
  const spread = policy.jitter ? capped / 2 + random() * capped / 2 : capped
  return Math.max(spread, (retryAfterSeconds ?? 0) * 1000)
}

function growth(retry: number, { backoffStrategy, initialDelay }: RetryPolicy): number {
  if (backoffStrategy === 'fixed') return initialDelay
  if (backoffStrategy === 'linear') return initialDelay * retry
  return initialDelay * 2 ** Math.min(retry - 1, 30)
}
