import { expect, test } from 'vitest'
import { nextAttempt, retryPolicyOf, type RetryPolicySettings } from './retry-policy.ts'
import { defaults, webhookInput } from './settings.ts'

const now = new Date('2026-03-01T12:00:00Z')
const failed = { status: 500, timedOut: false, retryAfter: undefined, now, random: () => 0.5 }

/** As a caller writes it. */
function policyOf(retryPolicy: unknown): RetryPolicySettings {
  return webhookInput.parse({ name: 'n', url: 'https://example.com', events: ['*'], retryPolicy }).retryPolicy!
}

const delays = (retryPolicy: unknown): readonly number[] => retryPolicyOf(policyOf(retryPolicy)).delaysMs

test('three retries by default, the first within seconds, each wait longer than the one before', () => {
  expect(retryPolicyOf(defaults.delivery.retryPolicy).delaysMs).toEqual([2000, 12_000, 72_000])
  expect(delays({})).toEqual([2000, 12_000, 72_000])
})

test('waits grow as the strategy says, up to the longest', () => {
  expect(delays({ maxRetries: 4, initialDelay: 100, multiplier: 10, maxDelay: 5000 })).toEqual([100, 1000, 5000, 5000])
  expect(delays({ maxRetries: 3, backoffStrategy: 'linear', initialDelay: 100 })).toEqual([100, 200, 300])
  expect(delays({ maxRetries: 3, backoffStrategy: 'fixed', initialDelay: 100 })).toEqual([100, 100, 100])
  expect(delays({ maxRetries: 0 })).toEqual([])
})

test('named schedules are those that their names promise, and a list is one of your own', () => {
  const [m, h] = [60_000, 3_600_000]
  expect(delays('svix')).toEqual([5000, 5 * m, 30 * m, 2 * h, 5 * h, 10 * h, 10 * h])
  expect(delays({ schedule: 'standard' })).toEqual([5000, 5 * m, 30 * m, 2 * h, 5 * h, 10 * h, 14 * h, 20 * h, 24 * h])
  expect(delays({ schedule: [0, 1.5, 60] })).toEqual([0, 1500, 60_000])
  expect(delays({ schedule: 'svix', maxRetries: 2 })).toEqual([5000, 5 * m])
})

test('more retries than a schedule has are refused', () => {
  const result = webhookInput.safeParse({ name: 'n', url: 'https://example.com', events: ['*'], retryPolicy: { schedule: [1], maxRetries: 2 } })
  expect(JSON.stringify(result.error?.issues)).toContain('is more than the schedule has')
})

test('after the last retry there is none', () => {
  const policy = retryPolicyOf(policyOf({ maxRetries: 2, backoffStrategy: 'fixed', initialDelay: 100 }))
  expect([1, 2, 3].map((attempt) => nextAttempt(policy, attempt, failed))).toEqual([100, 100, undefined])
})

test('jitter stays within its share, to both sides', () => {
  const policy = { delaysMs: [1000], jitter: 0.2 }
  expect([0, 0.5, 0.999999].map((value) => nextAttempt(policy, 1, { ...failed, random: () => value }))).toEqual([800, 1000, 1200])
  for (let round = 0; round < 1000; round += 1) {
    const wait = nextAttempt(policy, 1, { ...failed, random: Math.random })!
    expect(wait >= 800 && wait <= 1200).toBe(true)
  }
})

test('by the schedule svix a 429 and a timeout wait a minute at least', () => {
  const svix = retryPolicyOf(policyOf('svix'))
  expect(nextAttempt(svix, 1, failed)).toBe(5000)
  expect(nextAttempt(svix, 1, { ...failed, status: 429 })).toBe(60_000)
  expect(nextAttempt(svix, 1, { ...failed, status: undefined, timedOut: true })).toBe(60_000)
  expect(nextAttempt(svix, 2, { ...failed, status: 429 })).toBe(300_000)
  expect(nextAttempt(retryPolicyOf(policyOf({})), 1, { ...failed, status: 429 })).toBe(2000)
})

test('Retry-After puts an attempt off, in seconds or as a date, for up to a day, and never brings it forward', () => {
  const policy = { delaysMs: [1000], jitter: 0 }
  const wait = (retryAfter: string): number | undefined => nextAttempt(policy, 1, { ...failed, retryAfter })
  expect(wait('120')).toBe(120_000)
  expect(wait(' 3 ')).toBe(3000)
  expect(wait('0')).toBe(1000)
  expect(wait('Sun, 01 Mar 2026 12:05:00 GMT')).toBe(300_000)
  expect(wait('Sun, 01 Mar 2026 11:00:00 GMT')).toBe(1000)
  expect(wait('9999999999')).toBe(86_400_000)
  for (const nonsense of ['', 'soon', '-5', '1e3', '12abc']) expect(wait(nonsense), nonsense).toBe(1000)
})
