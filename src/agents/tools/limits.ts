/** How much the key of an agent may call: by its policy, counted in memory like every limit of the hub. */
import { HubError } from '../../errors.ts'
import { boundedCache } from '../../lib/bounded-cache.ts'
import { Quota } from '../../lib/quota.ts'
import { RateLimiter } from '../../lib/rate-limiter.ts'
import type { Audit } from '../../tenants/audit.ts'
import type { Caller } from '../../tenants/caller.ts'

export interface ToolLimits {
  /** Each call of a tool. Throws `rate_limited`. */
  take(caller: Caller): void
  /** Each that does something. Throws `quota_exceeded`. What it answers gives the call back, for one that was not made. */
  takeRun(caller: Caller): Promise<() => void>
}

const KEYS_REMEMBERED = 10_000

export function createToolLimits(audit: Pick<Audit, 'countToolCalls'>): ToolLimits {
  const used = boundedCache<{ limiter: RateLimiter, quota: Quota }>(KEYS_REMEMBERED)
  const usedBy = ({ tenantId, actor }: Caller, perMinute: number): { limiter: RateLimiter, quota: Quota } => {
    const key = `${tenantId}:${actor}`
    let of = used.get(key)
    if (of === undefined) used.set(key, of = { limiter: new RateLimiter(perMinute), quota: new Quota() })
    of.limiter.setLimit(perMinute, Date.now())
    return of
  }
  return {
    take(caller) {
      if (caller.agent === undefined) return
      const { allowed, limit, resetSeconds } = usedBy(caller, caller.agent.callsPerMinute).limiter.take(Date.now())
      if (allowed) return
      const seconds = Math.max(1, resetSeconds)
      throw new HubError('rate_limited', `The limit of this key, ${limit} tool calls a minute, is used up.`, {
        retryAfterSeconds: seconds, usedUp: { name: 'tools', limit, windowSeconds: 60, resetSeconds: seconds },
      })
    },
    async takeRun(caller) {
      const { quota: wanted, callsPerMinute } = caller.agent ?? {}
      if (!wanted || callsPerMinute === undefined) return () => undefined
      const { quota } = usedBy(caller, callsPerMinute)
      const { allowed, limit, resetSeconds, windowSeconds } = await quota.take(wanted, Date.now(), (since) => audit.countToolCalls(caller, since))
      if (allowed) return () => { quota.giveBack() }
      throw new HubError('quota_exceeded', `The quota of this key, ${limit} tool calls a ${wanted.period}, is used up.`, {
        retryAfterSeconds: resetSeconds, usedUp: { name: 'tools-quota', limit, windowSeconds, resetSeconds },
      })
    },
  }
}
