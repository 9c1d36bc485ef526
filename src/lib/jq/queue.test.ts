import { expect, test } from 'vitest'
import { FairQueue } from './queue.ts'

const job = (key: string, group: string, n: number) => ({ key, group, n })

function fill(): FairQueue<ReturnType<typeof job>> {
  const queue = new FairQueue<ReturnType<typeof job>>()
  for (let n = 0; n < 5; n++) queue.add(job('busy', 'p', n))
  for (let n = 0; n < 2; n++) queue.add(job('busy', 'q', n))
  queue.add(job('small', 'p', 0))
  return queue
}
const names = (jobs: ReturnType<typeof job>[]) => jobs.map(({ key, group, n }) => `${key} ${group} ${n}`)

test('keys take turns, and so do the programs of one key', () => {
  const queue = fill()
  expect(names(queue.take(2))).toEqual(['busy p 0', 'busy p 1'])
  expect(names(queue.take(2))).toEqual(['small p 0'])
  expect(names(queue.take(2))).toEqual(['busy q 0', 'busy q 1'])
  expect(names(queue.take(9))).toEqual(['busy p 2', 'busy p 3', 'busy p 4'])
  expect(queue.take(9)).toEqual([])
})

test('a batch has one key and one program only', () => {
  const queue = fill()
  while (queue.size > 0) expect(new Set(queue.take(3).map(({ key, group }) => `${key} ${group}`)).size).toBe(1)
})

test('what is put back comes first in its program, in its order', () => {
  const queue = fill()
  const taken = queue.take(3)
  queue.putBack(taken.slice(1))
  queue.take(1)
  queue.take(2)
  expect(names(queue.take(9))).toEqual(['busy p 1', 'busy p 2', 'busy p 3', 'busy p 4'])
})

test('it counts what waits, in all and of each key', () => {
  const queue = fill()
  expect([queue.size, queue.waiting('busy'), queue.waiting('small'), queue.waiting('none')]).toEqual([8, 7, 1, 0])
  queue.putBack(queue.take(2))
  queue.take(2)
  expect([queue.size, queue.waiting('busy')]).toEqual([7, 7])
  expect(queue.takeAll()).toHaveLength(7)
  expect([queue.size, queue.waiting('busy')]).toEqual([0, 0])
})

test('keys that may not go now are passed over, and keep their turn', () => {
  const queue = fill()
  expect(names(queue.take(9, (key) => key !== 'busy'))).toEqual(['small p 0'])
  expect(queue.take(9, (key) => key !== 'busy')).toEqual([])
  expect(names(queue.take(1))).toEqual(['busy p 0'])
})
