/** The policies that a call passes before anything of it is done, in their order: status, access, upstream's wish, rate, quota, breaker. */
import { HubError } from '../errors.ts'
import { RateLimiter, type RateDecision } from '../lib/rate-limiter.ts'
import type { Caller } from '../tenants/caller.ts'
import type { Loaded } from './loaded.ts'
import { checkAccess, checkOperationAllowed } from './policies/access.ts'

export interface AdmitRequest {
  caller: Caller
  operation: string
  now: number
  countCalls(tenantId: string, integrationId: string, since: Date): Promise<number>
}

export type Admission = { error: HubError } | { rate: RateDecision }

/** Answers the refusal instead of throwing it: a refused call is recorded like any other. */
export async function admit(loaded: Loaded, request: AdmitRequest): Promise<Admission> {
  const { state } = loaded
  const { caller, now } = request
  try {
    checkPermitted(loaded, request)
    const held = state.hold.secondsLeft(now)
    if (held > 0) throw new HubError('rate_limited', 'The upstream asked for no calls for a while.', { retryAfterSeconds: held })
    const rate = takeRate(loaded, caller, now)
    await takeQuota(loaded, request)
    const closedFor = state.breaker.refuse(now)
    if (closedFor === undefined) return { rate }
    giveBack(loaded, caller)
    throw new HubError('circuit_open', 'The upstream failed too often: calls are held back for a while.', { retryAfterSeconds: closedFor })
  } catch (error) {
    if (error instanceof HubError && error.code !== 'database_unavailable') return { error }
    throw error
  }
}

/** What does not depend on what else is going on. */
export function checkPermitted({ row }: Pick<Loaded, 'row'>, { caller, operation }: Pick<AdmitRequest, 'caller' | 'operation'>): void {
  const { status } = row.metadata
  if (status !== 'active') throw new HubError('integration_not_active', `${row.name} is ${status}: set metadata.status to "active" to run it.`)
  checkAccess(row.usage, caller)
  checkOperationAllowed(row.usage, operation)
}

/** For a call that was admitted, or nearly, and then not made: it counts against no limit. */
export function giveBack({ row, state }: Loaded, caller: Caller): void {
  giveBackRate({ row, state }, caller)
  if (!row.usage.usageQuota.unlimited) state.quota.giveBack()
}

function giveBackRate({ row, state }: Pick<Loaded, 'row' | 'state'>, caller: Caller): void {
  state.limiter.giveBack()
  giveBackOwn({ row, state }, caller)
}

function giveBackOwn({ row, state }: Pick<Loaded, 'row' | 'state'>, { actor }: Caller): void {
  if (row.dataHandling.rateLimit.perCaller !== undefined) state.callerLimiters.get(actor)?.giveBack()
}

function takeRate({ row, state }: Loaded, caller: Caller, now: number): RateDecision {
  const { perCaller } = row.dataHandling.rateLimit
  const own = perCaller === undefined || caller.actor === 'system' ? undefined : callerLimiter(state.callerLimiters, caller.actor, { perMinute: perCaller, now }).take(now)
  if (own !== undefined && !own.allowed) throw tooMany(own, 'of this caller')
  const all = state.limiter.take(now)
  if (!all.allowed) {
    giveBackOwn({ row, state }, caller)
    throw tooMany(all, 'of the integration')
  }
  return own !== undefined && own.remaining < all.remaining ? own : all
}

function callerLimiter(limiters: Loaded['state']['callerLimiters'], actor: string, { perMinute, now }: { perMinute: number, now: number }): RateLimiter {
  let limiter = limiters.get(actor)
  if (limiter === undefined) {
    limiter = new RateLimiter(perMinute)
    limiters.set(actor, limiter)
  }
  limiter.setLimit(perMinute, now)
  return limiter
}

function tooMany({ limit, ...decision }: RateDecision, whose: string): HubError {
  const resetSeconds = Math.max(1, decision.resetSeconds)
  return new HubError('rate_limited', `The limit ${whose}, ${limit} calls a minute, is used up.`, {
    retryAfterSeconds: resetSeconds, usedUp: { name: 'default', limit, windowSeconds: 60, resetSeconds },
  })
}

async function takeQuota({ row, state }: Loaded, { caller, now, countCalls }: AdmitRequest): Promise<void> {
  const { usageQuota } = row.usage
  if (usageQuota.unlimited) return
  const { allowed, limit, windowSeconds, resetSeconds } = await state.quota.take(usageQuota, now, (since) => countCalls(row.tenantId, row.id, since))
  if (allowed) return
  giveBackRate({ row, state }, caller)
  throw new HubError('quota_exceeded', `The quota of ${limit} calls a ${usageQuota.period} is used up.`, {
    retryAfterSeconds: resetSeconds, usedUp: { name: 'quota', limit, windowSeconds, resetSeconds },
  })
}
