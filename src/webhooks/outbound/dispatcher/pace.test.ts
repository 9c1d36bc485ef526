import { expect, test } from 'vitest'
import { createPace } from './pace.ts'

/** Rounds of 10 ms, in each of which a sender waited so long. */
function rounds(waits: (number | undefined)[]): number[] {
  let now = 0
  const pace = createPace(() => now)
  return waits.map((tookMs) => {
    now += 10
    if (tookMs !== undefined) pace.note(tookMs)
    return pace.next()
  })
}

test('a drain begins slowly, and goes as fast as it can where nobody waits', () => {
  const pauses = rounds(Array.from({ length: 20 }, () => undefined))
  expect(pauses[0]).toBe(100)
  expect(pauses).toEqual(pauses.toSorted((one, other) => other - one))
  expect(pauses.at(-1)).toBe(0)
})

test('it holds back more and more while senders wait long, and never stands still', () => {
  const [quiet, busy] = [Array.from({ length: 20 }, () => 2), Array.from({ length: 20 }, () => 50)]
  const pauses = rounds([...quiet, ...busy, ...quiet])
  expect(pauses[19]).toBe(0)
  expect(pauses.slice(20, 40)).toEqual(pauses.slice(20, 40).toSorted((one, other) => one - other))
  expect(pauses[39]).toBe(100)
  expect(pauses.at(-1)).toBe(0)
})

test('one who waited long a while ago holds up nothing now', () => {
  let now = 0
  const pace = createPace(() => now)
  while (pace.next() > 0) now += 10
  pace.note(500)
  for (let at = 0; at < 150; at += 1) {
    now += 10
    if (at % 10 === 0) pace.note(1)
  }
  while (pace.next() > 0) now += 10
  now += 10
  expect(pace.next()).toBe(0)
})
