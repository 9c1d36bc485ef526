import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { layOut, type Box, type Layout } from './layout.ts'
import { readTasks } from './tasks.ts'

const place = (yaml: string): Layout => layOut(readTasks(parse(yaml)))
const boxOf = ({ tasks }: Layout, name: string): Box => tasks.find(({ task }) => task.name === name)!
const ways = ({ ways: all }: Layout): string[] => all.map(({ from, to, label }) => `${from.split('/').at(-1)} → ${to.split('/').at(-1)}${label === undefined ? '' : ` (${label})`}`)
const apart = (one: Box, other: Box): boolean => one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y

describe('tasks that follow each other', () => {
  const placed = place('do: [{ a: { set: 1 } }, { b: { do: [{ c: { set: 1 } }, { d: { set: 1 } }] } }, { e: { set: 1 } }]')

  test('stand below each other, with ways from the start to the end', () => {
    expect(ways(placed)).toEqual(['start → a', 'a → b', 'c → d', 'b → e', 'e → end'])
    expect(boxOf(placed, 'a').y).toBeLessThan(boxOf(placed, 'b').y)
    expect(boxOf(placed, 'b').y + boxOf(placed, 'b').height).toBeLessThan(boxOf(placed, 'e').y)
  })

  test('lie within what holds them', () => {
    const [outer, inner] = [boxOf(placed, 'b'), boxOf(placed, 'd')]
    expect([inner.x > outer.x, inner.y > outer.y, inner.x + inner.width < outer.x + outer.width, inner.y + inner.height < outer.y + outer.height]).toEqual([true, true, true, true])
  })
})

describe('decisions and jumps', () => {
  const placed = place('do: [{ a: { switch: [{ big: { when: .x, then: d } }, { odd: { then: end } }] } }, { b: { set: 1 } }, { c: { set: 1, then: a } }, { d: { set: 1 } }]')

  test('lead to what they name, by their cases; an end in between stands where it is reached', () => {
    expect(ways(placed).sort()).toEqual(['a → a (odd)', 'a → d (big)', 'b → c', 'c → a', 'd → end', 'start → a'].sort())
    expect(placed.ends.map(({ id, kind }) => `${kind} ${id}`)).toEqual(['start start', 'end end /do/0/a', 'end end'])
  })

  test('keep all tasks apart from each other', () => {
    for (const [at, { task: _one, ...one }] of placed.tasks.entries()) for (const other of placed.tasks.slice(at + 1)) expect(apart(one, other)).toBe(true)
  })

  test('within a list lead on by words at the task, not by ways', () => {
    expect(ways(place('do: [{ a: { do: [{ b: { set: 1, then: exit } }, { c: { set: 1 } }] } }]'))).toEqual(['start → a', 'a → end'])
  })
})

test('branches stand beside each other; of a try, what is tried and what handles', () => {
  const forked = place('do: [{ f: { fork: { branches: [{ a: { set: 1 } }, { b: { set: 1 } }] } } }]')
  expect([boxOf(forked, 'a').y, boxOf(forked, 'a').x < boxOf(forked, 'b').x]).toEqual([boxOf(forked, 'b').y, true])
  const tried = place('do: [{ t: { try: [{ a: { set: 1 } }], catch: { do: [{ b: { set: 1 } }] } } }]')
  expect(tried.lists.map(({ list: { role } }) => role)).toEqual(['try', 'catch'])
  expect(boxOf(tried, 'a').x).toBeLessThan(boxOf(tried, 'b').x)
})

test('what is empty or not said yet has a place too', () => {
  expect(place('do: []').lists).toHaveLength(1)
  expect(place('document: {}').lists).toHaveLength(1)
  expect(place('do: [{ a: }, { b: { do: } }, 1, { c: { for: 1, do: [] } }]').tasks.map(({ task }) => `${task.name} ${task.kind}`)).toEqual(['a undefined', 'b do', 'c for'])
})

test('a way ends at the task that it leads to, also where that stands lower than one beside it', () => {
  const layout = place(`
do:
  - first: { set: { a: 1 } }
  - decide: { switch: [{ yes: { when: .a, then: last } }, { no: { then: end } }] }
  - each: { for: { in: .a }, do: [{ inner: { set: { b: 1 } } }, { other: { set: { b: 2 } } }] }
  - last: { set: { c: 1 } }
`)
  expect(layout.ways.find(({ to }) => to === '/do/1/decide')!.points.at(-1)!.y).toBe(boxOf(layout, 'decide').y)
})
