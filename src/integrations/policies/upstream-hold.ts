/** Holds calls back while the upstream asked for it. */

/** An upstream may ask for an hour; a longer wish is cut to this. */
const LONGEST_HOLD_MS = 3_600_000

export class UpstreamHold {
  #until = 0

  holdFor(ms: number, now: number): void {
    this.#until = Math.max(this.#until, now + Math.min(ms, LONGEST_HOLD_MS))
  }

  /** Seconds left; 0 when calls may go. */
  secondsLeft(now: number): number {
    return Math.max(0, Math.ceil((this.#until - now) / 1000))
  }
}

type Headers = Record<string, string | string[] | undefined>

/**
 * How long the upstream wants no calls, in ms, read from its answer; undefined where it does not say.
 * Knows `Retry-After` (RFC 9110 §10.2.3), `RateLimit` (draft-ietf-httpapi-ratelimit-headers: `"policy";r=0;t=12`),
 * `RateLimit-Remaining/-Reset` and `X-RateLimit-Remaining/-Reset` (seconds from now, or a Unix time in s or ms).
 */
export function readUpstreamHold(status: number, headers: Headers, now: number): number | undefined {
  const retryAfter = readRetryAfter(first(headers['retry-after']), now)
  if (retryAfter !== undefined && (status === 429 || status === 503)) return retryAfter
  const combined = first(headers['ratelimit'])
  if (combined !== undefined) {
    const [, remaining] = /(?:^|;)\s*r=(\d+)/.exec(combined) ?? []
    const [, seconds] = /(?:^|;)\s*t=(\d+)/.exec(combined) ?? []
    if (remaining === '0' && seconds !== undefined) return Number(seconds) * 1000
  }
  for (const prefix of ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-']) {
    if (first(headers[`${prefix}remaining`]) !== '0') continue
    const reset = readReset(first(headers[`${prefix}reset`]), now)
    if (reset !== undefined) return reset
  }
  return undefined
}

export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

function readReset(text: string | undefined, now: number): number | undefined {
  if (text === undefined || !/^\d{1,14}(\.\d+)?$/.test(text)) return readRetryAfter(text, now)
  const value = Number(text)
  // Small numbers are seconds from now, larger ones a moment.
  if (value < 1e8) return value * 1000
  return Math.max(0, (value < 1e11 ? value * 1000 : value) - now)
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
