import { expect, test } from 'vitest'
import { HubError } from '../../errors.ts'
import { periodStart, Quota } from '../../lib/quota.ts'
import { RateLimiter } from '../../lib/rate-limiter.ts'
import { circuitBreaker, retryPolicy, usage } from '../settings.ts'
import { checkAccess, checkOperationAllowed } from './access.ts'
import { CircuitBreaker } from './breaker.ts'
import { createAnswerCache } from './cache.ts'
import { mayRetry, retryDelay } from './retry.ts'
import { readUpstreamHold, UpstreamHold } from './upstream-hold.ts'

const policy = retryPolicy.parse({ jitter: false })

test('a limit of 60 a minute allows 60 at once, then one a second', () => {
  const limiter = new RateLimiter(60)
  const decisions = Array.from({ length: 61 }, () => limiter.take(1_000_000))
  expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(60)
  expect(decisions[0]).toMatchObject({ limit: 60, remaining: 59 })
  expect(decisions[60]).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 1 })
  expect(limiter.take(1_001_000).allowed).toBe(true)
  expect(limiter.take(1_001_000).allowed).toBe(false)
})

test('where the limit changes, the calls that were made stay made', () => {
  const limiter = new RateLimiter(2)
  for (let call = 0; call < 2; call += 1) expect(limiter.take(0).allowed).toBe(true)
  limiter.setLimit(60, 0)
  expect(limiter.take(0)).toMatchObject({ allowed: true, limit: 60, remaining: 57 })
  limiter.setLimit(4, 0)
  expect(limiter.take(0)).toMatchObject({ allowed: true, remaining: 0 })
  limiter.setLimit(1, 0)
  expect(limiter.take(59_000).allowed).toBe(false)
  expect(limiter.take(60_000), 'no longer than a minute, however many they were').toMatchObject({ allowed: true })
})

test('a call that is given back may be made again', () => {
  const limiter = new RateLimiter(1)
  limiter.take(0)
  limiter.giveBack()
  expect(limiter.take(0).allowed).toBe(true)
})

test.each<[name: string, status: number, headers: Record<string, string>, ms: number | undefined]>([
  ['Retry-After in seconds', 429, { 'retry-after': '7' }, 7000],
  ['Retry-After as a date', 503, { 'retry-after': 'Sat, 21 Nov 2026 10:00:09 GMT' }, 9000],
  ['Retry-After of a status that means nothing by it', 200, { 'retry-after': '7' }, undefined],
  ['RateLimit with nothing left', 200, { ratelimit: '"default";r=0;t=12' }, 12_000],
  ['RateLimit with something left', 200, { ratelimit: '"default";r=5;t=12' }, undefined],
  ['X-RateLimit with seconds', 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, 30_000],
  ['X-RateLimit with a Unix time', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795255205' }, 5000],
  ['nonsense', 429, { 'retry-after': 'soon', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'later' }, undefined],
])('an upstream is left alone as long as it asks for: %s', (_name, status, headers, ms) => {
  expect(readUpstreamHold(status, headers, Date.UTC(2026, 10, 21, 10))).toBe(ms)
})

test('no upstream can hold calls back for more than an hour', () => {
  const hold = new UpstreamHold()
  hold.holdFor(1e12, 0)
  expect(hold.secondsLeft(0)).toBe(3600)
})

test('the breaker opens when too many calls fail, lets one through after a while, and closes when that one succeeds', () => {
  const breaker = new CircuitBreaker(circuitBreaker.parse({ minimumCalls: 4, window: 1000, openFor: 500 }))
  for (const now of [0, 10, 20]) breaker.failed(now)
  expect(breaker.state(30)).toBe('closed')
  breaker.failed(30)
  expect(breaker.refuse(40)).toBe(1)
  expect(breaker.state(600)).toBe('half-open')
  expect(breaker.refuse(600)).toBeUndefined()
  expect(breaker.refuse(601), 'only one is let through').toBe(1)
  breaker.failed(610)
  expect(breaker.refuse(700), 'it failed: open again').toBe(1)
  expect(breaker.refuse(1200)).toBeUndefined()
  breaker.succeeded(1210)
  expect(breaker.state(1220)).toBe('closed')
})

test('failures that lie behind the window do not open the breaker', () => {
  const breaker = new CircuitBreaker(circuitBreaker.parse({ minimumCalls: 2, window: 1000 }))
  breaker.failed(0)
  breaker.failed(5000)
  expect(breaker.state(5000)).toBe('closed')
})

test('a trial call that says nothing about the upstream lets the next one try', () => {
  const breaker = new CircuitBreaker(circuitBreaker.parse({ minimumCalls: 1, openFor: 10 }))
  breaker.failed(0)
  expect(breaker.refuse(20)).toBeUndefined()
  breaker.abandoned()
  expect(breaker.refuse(21)).toBeUndefined()
})

const failure = (code: ConstructorParameters<typeof HubError>[0], options = {}): HubError => new HubError(code, 'failed', options)

test.each<[what: string, error: unknown, safe: boolean, retried: boolean]>([
  ['a 5xx of a safe operation', failure('upstream_unavailable', { upstreamStatus: 503 }), true, true],
  ['a 5xx of an unsafe operation', failure('upstream_unavailable', { upstreamStatus: 503 }), false, false],
  ['a refused connection of an unsafe operation', failure('upstream_unavailable', { beforeSending: true }), false, true],
  ['a timeout of an unsafe operation', failure('upstream_timeout'), false, false],
  ['a 429 of an unsafe operation', failure('upstream_rejected', { upstreamStatus: 429 }), false, true],
  ['a 404 of a safe operation', failure('upstream_rejected', { upstreamStatus: 404 }), true, false],
  ['a refused address', failure('address_refused', { beforeSending: true }), true, false],
  ['an answer that is no JSON', failure('upstream_invalid_response'), true, false],
  ["a fault of the connector's", new TypeError('x is not a function'), true, false],
])('repeats do no harm: %s', (_what, error, safe, retried) => {
  expect(mayRetry(error, { safe, policy })).toBe(retried)
})

test('waits grow as the policy says, within its bound, and an upstream may ask for more', () => {
  const waits = (backoffStrategy: 'exponential' | 'linear' | 'fixed'): number[] => [1, 2, 3, 9].map((retry) => retryDelay(retry, { ...policy, backoffStrategy }, {}))
  expect(waits('exponential')).toEqual([200, 400, 800, 10_000])
  expect(waits('linear')).toEqual([200, 400, 600, 1800])
  expect(waits('fixed')).toEqual([200, 200, 200, 200])
  expect(retryDelay(1, policy, { retryAfterSeconds: 3 })).toBe(3000)
  expect(retryDelay(1, { ...policy, jitter: true }, { random: () => 0 })).toBe(100)
})

test('a quota counts what the database has, then by itself, and begins anew with each period', async () => {
  const quota = new Quota()
  const limited = { unlimited: false as const, limit: 3, period: 'hour' as const }
  const hour = Date.UTC(2026, 10, 21, 10)
  const count = async (since: Date): Promise<number> => (since.getTime() === hour ? 1 : 0)
  expect(await quota.take(limited, hour + 1000, count)).toMatchObject({ allowed: true, used: 2, resetSeconds: 3599 })
  expect((await quota.take(limited, hour + 2000, count)).allowed).toBe(true)
  expect((await quota.take(limited, hour + 3000, count)).allowed).toBe(false)
  expect((await quota.take(limited, hour + 3_600_000, count)).allowed).toBe(true)
})

test('periods begin on the hour, the day and the month in UTC', () => {
  const now = Date.UTC(2026, 10, 21, 10, 30)
  expect([periodStart('hour', now), periodStart('day', now), periodStart('month', now)]).toEqual([Date.UTC(2026, 10, 21, 10), Date.UTC(2026, 10, 21), Date.UTC(2026, 10)])
})

test('a cached answer is found by an equal input, whatever the order of its members, and by nobody else', () => {
  const cache = createAnswerCache(1_000_000)
  const answer = { data: 1, statusCode: 200, sizeBytes: 10 }
  cache.keep('tenant:integration:1', 'get', { a: 1, b: [1, 2] }, answer, 60)
  expect(cache.find('tenant:integration:1', 'get', { b: [1, 2], a: 1 })).toBe(answer)
  for (const [key, operation, input] of [['tenant:integration:2', 'get', { a: 1, b: [1, 2] }], ['tenant:integration:1', 'list', { a: 1, b: [1, 2] }], ['tenant:integration:1', 'get', { a: 1, b: [2, 1] }]] as const) {
    expect(cache.find(key, operation, input)).toBeUndefined()
  }
})

test('access is for whom it names, operations are those that the globs match', () => {
  const caller = { tenantId: 't', actor: 'key:k', keyId: '019aa000-0000-7000-8000-000000000001', role: 'developer' as const, scopes: new Set<never>(), requestId: undefined }
  const allows = (accessControl: object): boolean => {
    try {
      checkAccess(usage.parse({ accessControl }), caller)
      return true
    } catch {
      return false
    }
  }
  expect([allows({ allowAll: true }), allows({ roles: ['developer'] }), allows({ keys: [caller.keyId] }), allows({ roles: ['owner'] }), allows({ allowAll: false })]).toEqual([true, true, true, false, false])
  const some = usage.parse({ allowedOperations: ['get*', 'list.*.items'] })
  for (const fine of ['getUser', 'get', 'list.a.b.items']) expect(() => checkOperationAllowed(some, fine)).not.toThrow()
  for (const not of ['forget', 'list.items', 'delete']) expect(() => checkOperationAllowed(some, not)).toThrow(/do not include/)
})
