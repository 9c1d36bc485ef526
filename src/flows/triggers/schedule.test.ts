import { expect, test } from 'vitest'
import { nextDue } from './schedule.ts'

const at = (time: string): Date => new Date(`2026-03-29T${time}Z`)

test('an interval keeps in step, however late each time is seen, and makes up for what was missed once', () => {
  const timing = { kind: 'every', ms: 60_000 } as const
  expect(nextDue(timing, at('10:00:00.480'), at('10:00:00'))).toEqual(at('10:01:00'))
  expect(nextDue(timing, at('10:07:30'), at('10:00:00'))).toEqual(at('10:08:00'))
  expect(nextDue(timing, at('10:01:00'), at('10:00:00'))).toEqual(at('10:02:00'))
  expect(nextDue(timing, at('10:00:10'))).toEqual(at('10:01:10'))
})

test('the next poll is so long after the answer of the last', () => {
  expect(nextDue({ kind: 'poll', ms: 1000, poll: { integration: 'x' } }, at('10:00:05'))).toEqual(at('10:00:06'))
})

test('a time of day is that of its time zone, on the day when the clocks change too', () => {
  const timing = { kind: 'cron', expression: '0 8 * * *', timezone: 'Europe/Berlin' } as const
  expect(nextDue(timing, new Date('2026-03-28T08:00:00Z'))).toEqual(at('06:00:00'))
  expect(nextDue({ kind: 'after', ms: 1000 }, at('10:00:00'))).toBeNull()
})
