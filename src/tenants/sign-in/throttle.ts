/**
 * Failed sign-ins, counted in this process (decision 11): so many from an address, of an account from one address, and of an account from
 * everywhere, in a quarter of an hour. The last stands far above the others, lest anybody can lock somebody else out.
 */
import { isIPv6 } from 'node:net'
import { HubError } from '../../errors.ts'
import { boundedCache } from '../../lib/bounded-cache.ts'

const WINDOW_MS = 15 * 60_000
const limits = { address: 30, both: 10, account: 100 } as const

interface Failures { count: number, since: number }

export interface Attempt { address: string, account: string | undefined }

export interface Throttle {
  /** Counts it as failed until `succeeded` says otherwise: many at once must not all get in before the first one failed. Throws HubError `rate_limited`. */
  begin(attempt: Attempt): void
  succeeded(attempt: Attempt): void
}

export function createThrottle(now: () => number = Date.now): Throttle {
  const known = boundedCache<Failures>(50_000)
  const current = (name: string): Failures => {
    const found = known.get(name)
    if (found !== undefined && now() - found.since < WINDOW_MS) return found
    const fresh = { count: 0, since: now() }
    known.set(name, fresh)
    return fresh
  }
  const countersOf = ({ address, account }: Attempt): { failures: Failures, limit: number }[] => {
    const from = networkOf(address)
    const names: [keyof typeof limits, string][] = [['address', from]]
    if (account !== undefined) names.push(['both', `${from} ${account.toLowerCase()}`], ['account', account.toLowerCase()])
    return names.map(([kind, name]) => ({ failures: current(`${kind} ${name}`), limit: limits[kind] }))
  }
  return {
    begin(attempt) {
      const counters = countersOf(attempt)
      const over = counters.find(({ failures, limit }) => failures.count >= limit)
      if (over !== undefined) {
        const retryAfterSeconds = Math.max(1, Math.ceil((over.failures.since + WINDOW_MS - now()) / 1000))
        throw new HubError('rate_limited', 'Too many attempts to sign in failed. Try again later.', { retryAfterSeconds })
      }
      for (const { failures } of counters) failures.count += 1
    },
    succeeded(attempt) {
      for (const { failures } of countersOf(attempt)) failures.count = Math.max(0, failures.count - 1)
    },
  }
}

/** Whoever has an IPv6 address has a whole network of them. */
function networkOf(address: string): string {
  return isIPv6(address) && !address.startsWith('::ffff:') ? expand(address).slice(0, 4).join(':') : address
}

function expand(address: string): string[] {
  const [before = '', after] = address.split('%')[0]!.toLowerCase().split('::')
  const left = before.split(':').filter((group) => group !== '')
  if (after === undefined) return left
  const right = after.split(':').filter((group) => group !== '')
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right]
}
